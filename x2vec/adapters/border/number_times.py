"""Times that are bare numbers: a unit since 1970, or positions, settled by the first batch."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from x2vec.adapters.base import Place, TimeUnit
from x2vec.adapters.border.casts import CastFailed, cast_rows, to_int64
from x2vec.adapters.border.time_units import (
    UNIT_NAMES,
    Unit,
    first_not_small,
    infer_unit,
    likely_unit,
    moment,
    to_moments,
)
from x2vec.errors import SourceError

__all__ = ["NumberTimes"]


class NumberTimes:
    """The numbers of a time column over all batches.

    Args:
        unit: Their unit; ``auto`` infers it from the first batch and holds the others to it.
    """

    def __init__(self, unit: TimeUnit) -> None:
        self._unit = unit
        self._positions_inferred = False
        self.notes: list[str] = []

    def read(self, numbers: pa.Array, place: Place) -> pa.Array:
        """Return timestamp[us, UTC], or int64 positions.

        Args:
            numbers: ``(n_rows,)`` of any number type, null where there is no time; not all null.
            place: Where they come from.

        Raises:
            SourceError: The unit is in doubt, a year is outside 1990 to 2100, or a position is
                not whole.
        """
        if not pt.is_integer(numbers.type):
            numbers = numbers.cast(pa.float64())
        if self._unit == "auto":
            bounds = pc.min_max(numbers)
            low, high = bounds["min"].as_py(), bounds["max"].as_py()
            inferred = infer_unit(low, high, place.source)
            self.notes.append(_inference(low, inferred))
            self._unit = inferred
            self._positions_inferred = inferred == "position"
        if self._positions_inferred:
            _check_small(numbers, place)
        if self._unit == "position":
            return _positions(numbers, place)
        remedy = 'It looks like {name}: set time_unit = "{unit}"; all rows need the same unit.'
        return to_moments(numbers, self._unit, place, remedy=remedy)


def _check_small(numbers: pa.Array, place: Place) -> None:
    """Hold later rows to what the first batch was taken for."""
    large = first_not_small(numbers)
    if large is None:
        return
    value = numbers[large].as_py()
    unit = likely_unit(value)
    looks = f", which looks like {UNIT_NAMES[unit]} since 1970" if unit else ""
    raise SourceError(
        f"{place.at(large)}: time is {value}{looks}; the first rows were read as positions, being "
        f'small numbers. Set time_unit = "position" if all are, or "{unit or "s"}" and mend those.'
    )


def _positions(numbers: pa.Array, place: Place) -> pa.Int64Array:
    try:
        return cast_rows(numbers, to_int64)
    except CastFailed as failed:
        raise SourceError(
            f"{place.at(failed.index)}: time is {failed.value.as_py()}; a position is a whole "
            'number below 2^63. If it is a time, set time_unit = "s", "ms", "us" or "ns".'
        ) from failed


def _inference(low: float, unit: Unit | Literal["position"]) -> str:
    if unit == "position":
        return f"time: small numbers, such as {low:.0f}, read as positions"
    name, example = UNIT_NAMES[unit], moment(low, unit)
    return f"time: numbers read as {name} since 1970 ({low:.0f} is {example})"
