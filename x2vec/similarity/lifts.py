"""Lifts: how surely an item is together with each other one more often than by chance, or less.

A pair that was together ``n`` times where chance has ``e`` has a lift of ``n / e``. Of rare items
that says little: one meeting where 0.01 was expected is a lift of 100. So the count is read as a
Poisson draw whose lift has a gamma prior around a guess, as DuMouchel does (1999, "Bayesian data
mining in large frequency tables"), and what is shown is a bound: the lift is at least, or at most,
that, with 95 % certainty.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.embeddings import Evidence

__all__ = ["lift_at_least", "lift_at_most", "surprise"]

_TRUST: Final = 1.0
"""What the guess weighs, in meetings."""

_Z: Final = 1.645
"""Standard deviations that 95 % lie above, or below."""


def lift_at_least(
    evidence: Evidence, row: int, guess: NDArray[np.float64] | float = 1.0
) -> NDArray[np.float64]:
    """Return what the lift of an item with every item is at least, (n_items,).

    Args:
        evidence: What was counted. A pair that is not kept counts as often as chance has it, or
            less where less is known for sure.
        row: The item.
        guess: The lift expected before counting: of each item, (n_items,), or of all.
    """
    return _quantile(evidence, row, guess, -_Z)


def lift_at_most(
    evidence: Evidence, row: int, guess: NDArray[np.float64] | float = 1.0
) -> NDArray[np.float64]:
    """Return what the lift of an item with every item is at most, (n_items,)."""
    return _quantile(evidence, row, guess, _Z)


def _quantile(
    evidence: Evidence, row: int, guess: NDArray[np.float64] | float, z: float
) -> NDArray[np.float64]:
    """Return the gamma quantile; the cube root is nearly normal (Wilson and Hilferty 1931)."""
    expected = evidence.expected(row, slice(None))
    counts = np.minimum(expected, np.minimum(evidence.at_most[row], evidence.at_most))
    others, kept = evidence.pairs.of(row)
    counts[others] = kept
    shape = counts + _TRUST
    root = np.maximum(1 - 1 / (9 * shape) + z / (3 * np.sqrt(shape)), 0)
    lifts: NDArray[np.float64] = root**3 * shape * guess / (expected * guess + _TRUST)
    return lifts


def surprise(counts: NDArray[np.int64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how surely counts are no accident, below zero where they are less than expected.

    Twice the logarithm of the likelihood ratio of a Poisson count (Dunning 1993, "Accurate methods
    for the statistics of surprise and coincidence").

    Args:
        counts: (n,).
        expected: (n,), above 0 where there is a count.
    """
    ratio = np.where(counts > 0, counts / np.maximum(expected, 1e-300), 1.0)
    told: NDArray[np.float64] = 2 * (counts * np.log(ratio) - counts + expected)
    return np.where(counts > expected, told, -told)
