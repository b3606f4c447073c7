"""Durations, moments and numbers in words, as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["duration", "moment", "short"]

_UNITS: Final = (
    (31_557_600, "years"), (86_400, "days"), (3_600, "h"), (60, "min"), (1, "s"), (1e-3, "ms"),
)  # fmt: skip

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def duration(seconds: float) -> str:
    """Return a duration in the largest unit of which it holds two, or one if it is exact.

    Example:
        >>> duration(90), duration(7_200), duration(0.25), duration(86_400), duration(0)
        ('90 s', '2 h', '250 ms', '24 h', '0 s')
    """
    for size, name in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {name}"
    return f"{seconds * 1000:.2g} ms" if seconds else "0 s"


def moment(microseconds: int) -> str:
    """Return a moment, to the second, in UTC; numbers beyond the year 9999 as they are.

    Example:
        >>> moment(1_396_437_466_940_000)
        '2014-04-02 11:17:46 UTC'
    """
    try:
        when = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return f"{microseconds} microseconds"
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"


def short(number: float) -> str:
    """Return a number in three figures.

    Example:
        >>> short(1_469_307), short(26_256), short(950), short(0.25)
        ('1.47M', '26.3k', '950', '0.25')
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            return f"{number / (1e3 if letter == 'k' else size):.3g}{letter}"
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:.3g}"
