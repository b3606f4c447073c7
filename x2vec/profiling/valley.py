"""The pause that parts sessions: the valley between short and long pauses, if there is one."""

from __future__ import annotations

from typing import Final

import numpy as np

from x2vec.profiling.histogram import Histogram

__all__ = ["valley"]

_FEWEST: Final = 200
"""Pauses: with fewer, a valley may be chance."""

_LEAST_SIDE: Final = 0.02
"""Share of the pauses that must lie on each side of a cut."""

_DEEP: Final = 0.5
"""A valley is as low as this beside the lower of its two hills."""

_CHANCE: Final = 3.0
"""In square roots of the hill: chance digs no such valley. Of 1,200 draws with one hill or none
(normal and uniform logarithms, exponential, Pareto; 250 to 20,000 pauses) none has one so deep."""

_REACH: Final = (60.0, 4 * 86_400.0)
"""Seconds: pauses below a minute are inside any session, those of days are between any two."""

_KERNEL: Final = np.array([1, 4, 6, 4, 1]) / 16
"""Smooths over five bins, half a power of ten."""


def valley(pauses: Histogram) -> float | None:
    """Return the pause, in seconds, in the middle of the deepest valley; None without one.

    Sessions of one person are near each other in time, and far from the next: on a log scale the
    pauses have two hills (Halfaker et al. 2015, "User Session Identification Based on Strong
    Regularities in Inter-activity Time"). A valley counts if both sides hold some pauses and it is
    at most half as high as either hill.
    """
    total = pauses.total
    if total < _FEWEST:
        return None
    counts = np.convolve(pauses.counts, _KERNEL, mode="same")
    edges = np.asarray(pauses.edges)
    centres = np.sqrt(edges[:-1] * edges[1:])
    left, right = np.maximum.accumulate(counts), np.maximum.accumulate(counts[::-1])[::-1]
    below = np.cumsum(pauses.counts) / total
    hill = np.minimum(left, right)
    fits = (centres >= _REACH[0]) & (centres <= _REACH[1])
    fits &= hill - counts >= _CHANCE * np.sqrt(hill)
    fits &= (below >= _LEAST_SIDE) & (below <= 1 - _LEAST_SIDE) & (counts <= _DEEP * hill)
    if not fits.any():
        return None
    depth = np.where(fits, hill - counts, -np.inf)
    deepest = np.flatnonzero(depth >= depth.max() - 1e-3 * hill[fits].max())
    return float(np.exp(np.log(centres[deepest]).mean()))
