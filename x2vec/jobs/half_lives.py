"""Half-lives worth trying: those between a thousandth of how long histories last, and all of it."""

from __future__ import annotations

from typing import Final

import numpy as np

from x2vec.adapters.durations import microseconds
from x2vec.recommendation import Histories

__all__ = ["half_lives"]

_LADDER: Final = ("10s", "1m", "10m", "1h", "6h", "1d", "7d", "30d", "180d")

_LONG: Final = 0.9
"""The share of the histories that are shorter than a long one."""


def half_lives(histories: Histories) -> tuple[str, ...]:
    """Return the half-lives that may tell the events of histories apart, as a query form says them.

    Args:
        histories: What is asked.

    Returns:
        The shortest first; none without times, or where the events of a history are of one moment.

    Example:
        >>> day = 86_400_000_000
        >>> rows, times = np.zeros(2, np.int32), np.array([0, 3 * day])
        >>> half_lives(Histories(rows, np.array([0, 2]), 1, times))
        ('10m', '1h', '6h', '1d')
    """
    if histories.times is None or not len(histories.rows):
        return ()
    filled = histories.lengths > 0
    starts = histories.offsets[:-1][filled]
    lasted = np.maximum.reduceat(histories.times, starts)
    lasted -= np.minimum.reduceat(histories.times, starts)
    long = np.quantile(lasted, _LONG)
    return tuple(one for one in _LADDER if long / 1000 <= microseconds(one) <= long)
