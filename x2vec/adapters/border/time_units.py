"""Numbers that count a unit since 1970: which unit, inferred only where there is no doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from x2vec.adapters.base import Place
from x2vec.errors import SourceError

__all__ = [
    "PER_SECOND",
    "UNIT_NAMES",
    "Unit",
    "first_not_small",
    "infer_unit",
    "likely_unit",
    "moment",
    "to_moments",
]

Unit = Literal["s", "ms", "us", "ns"]

PER_SECOND: Final[dict[Unit, int]] = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
UNIT_NAMES: Final[dict[Unit, str]] = {
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "ns": "nanoseconds",
}

_FIRST: Final = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
_END: Final = int(datetime(2101, 1, 1, tzinfo=UTC).timestamp())
_YEAR_MICROSECONDS: Final = 31_556_952 * 10**6
_DATES_AS_NUMBERS: Final = (19900101, 21001231)


def infer_unit(low: float, high: float, where: str) -> Unit | Literal["position"]:
    """Return the unit in which numbers from ``low`` to ``high`` lie in the years 1990 to 2100.

    The ranges of the four units do not overlap, so at most one fits. Numbers from zero up to the
    seconds of 1990 can only be positions.

    >>> infer_unit(1396828883, 1396828999, "events.csv")
    's'
    >>> infer_unit(0, 17, "events.csv")
    'position'

    Raises:
        SourceError: No unit fits all the numbers, or they look like dates such as 20140407.
    """
    first, last = _DATES_AS_NUMBERS
    if first <= low <= high <= last and _is_date(low) and _is_date(high):
        raise SourceError(
            f"{where}: time holds numbers such as {low:.0f}, which look like dates. Write them as "
            '2014-04-07, or set time_unit = "position" to use only their order.'
        )
    unit = likely_unit(low)
    if unit is not None and unit == likely_unit(high):
        return unit
    if 0 <= low <= high < _FIRST:
        return "position"
    raise SourceError(
        f"{where}: time holds numbers from {low:.0f} to {high:.0f}; no single unit puts all of "
        'them into the years 1990 to 2100. Set time_unit = "s", "ms", "us", "ns" or "position".'
    )


def first_not_small(numbers: pa.Array) -> int | None:
    """Return the index of the first number that is not from 0 up to the seconds of 1990.

    >>> first_not_small(pa.array([0, None, 1396828883])), first_not_small(pa.array([17]))
    (2, None)
    """
    return _first_outside(numbers, 0, _FIRST)


def likely_unit(value: float) -> Unit | None:
    """Return the one unit in which a number lies in the years 1990 to 2100, if there is one.

    >>> likely_unit(1396828883000)
    'ms'
    """
    for unit, per_second in PER_SECOND.items():
        if _FIRST * per_second <= value < _END * per_second:
            return unit
    return None


def to_moments(numbers: pa.Array, unit: Unit, place: Place, *, remedy: str) -> pa.Array:
    """Convert numbers to timestamp[us, UTC], refusing years outside 1990 to 2100.

    Args:
        numbers: ``(n_rows,)`` int64, uint64 or float64, null where there is no time.
        unit: What they count. Nanoseconds are cut to microseconds, fractions are rounded.
        place: Where they come from.
        remedy: What to do where the numbers look like another unit, with ``{unit}`` for its
            short name and ``{name}`` for its long one; empty where the unit cannot be wrong.

    Raises:
        SourceError: A year outside 1990 to 2100; names the row and the likely unit.
    """
    low, end = _FIRST * PER_SECOND[unit], _END * PER_SECOND[unit]
    index = _first_outside(numbers, low, end)
    if index is not None:
        raise _wrong_year(numbers[index].as_py(), unit, place.at(index), remedy)
    return _in_microseconds(numbers, unit).cast(pa.timestamp("us", "UTC"))


def moment(value: float, unit: Unit) -> str:
    """Write what a number of some unit since 1970 is: a date and time, or a year far from ours.

    >>> moment(1396828883, "s"), moment(1396828883, "ms"), moment(10**12, "s")
    ('2014-04-07 00:01:23', '1970-01-17 04:00:28', 'the year 33658')
    """
    microseconds = round(value * (10**6 / PER_SECOND[unit]))
    try:
        when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    except OverflowError:
        return f"the year {1970 + microseconds // _YEAR_MICROSECONDS}"
    return f"{when:%Y-%m-%d %H:%M:%S}"


def _first_outside(numbers: pa.Array, low: int, end: int) -> int | None:
    bounds = pc.min_max(numbers)
    least, most = bounds["min"].as_py(), bounds["max"].as_py()
    if least is None or low <= least <= most < end:
        return None
    inside = pc.and_(pc.greater_equal(numbers, low), pc.less(numbers, end))
    return int(np.flatnonzero(~inside.fill_null(True).to_numpy(zero_copy_only=False))[0])


def _in_microseconds(numbers: pa.Array, unit: Unit) -> pa.Int64Array:
    per_second = PER_SECOND[unit]
    if pt.is_floating(numbers.type):
        return pc.round(pc.multiply(numbers, 10**6 / per_second)).cast(pa.int64())
    whole = numbers.cast(pa.int64())
    if per_second > 10**6:
        return pc.divide(whole, per_second // 10**6)
    return pc.multiply(whole, 10**6 // per_second)


def _wrong_year(value: float, unit: Unit, where: str, remedy: str) -> SourceError:
    if abs(value) == float("inf"):
        return SourceError(f"{where}: time is infinite. Mend or remove the row.")
    likely = likely_unit(value)
    if likely is not None and remedy:
        advice = remedy.format(unit=likely, name=UNIT_NAMES[likely])
    else:
        advice = "Mend or remove the row, or leave time out."
    return SourceError(
        f"{where}: time is {value}, as {UNIT_NAMES[unit]} since 1970 {moment(value, unit)}; "
        f"expected the years 1990 to 2100. {advice}"
    )


def _is_date(value: float) -> bool:
    return 1 <= value // 100 % 100 <= 12 and 1 <= value % 100 <= 31
