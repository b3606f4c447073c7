"""Intervals: how far a figure would move if other queries had been asked.

Means over queries are resampled (Efron, "Bootstrap Methods: Another Look at the Jackknife", 1979):
whole sequences are drawn with replacement, as many as there are, and an interval holds the middle
95 % of the means so found. The queries of one sequence stay together, for they are no independent
observations. The same seed draws the same sequences for every model, so the differences of two
models are paired.

What the lists of all queries have together, such as how much of the catalogue they cover, is no
mean. A resample holds each query about 1.6 times or not at all, so its lists cover less than the
lists asked did, and its interval may not even hold the figure. For these a twentieth of the
sequences is left out in turn, and the interval follows from how much the figure then changes: the
delete-group jackknife (Kott, "Delete-a-Group Jackknife", 2001), whose variance errs on the large
side for any figure that does not depend on the order of the queries (Efron and Stein, 1981).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import ConfigError

__all__ = [
    "FEWEST",
    "GROUPS",
    "LEVEL",
    "RESAMPLES",
    "check_resamples",
    "ends",
    "interval",
    "jackknife_groups",
    "jackknife_interval",
    "resampled_ratios",
    "sums_by_sequence",
]

LEVEL: Final = 0.95
RESAMPLES: Final = 1_000
"""The ends of an interval then move by about a thirtieth of its width from seed to seed."""

FEWEST: Final = 6
"""Sequences below which no resample says anything at 95 %: five that lie on one side of the truth
by chance, as they do two times in 2^5, are drawn on that side only."""

GROUPS: Final = 20
"""Groups of the jackknife: 19 degrees of freedom widen an interval by a fifteenth."""

_DRAWS_AT_ONCE: Final = 1 << 20


def interval(
    numerators: NDArray[np.float64],
    denominators: NDArray[np.float64],
    sequence: NDArray[np.integer],
    *,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> tuple[float, float]:
    """Return the 95 % interval of ``sum(numerators) / sum(denominators)`` over queries.

    Args:
        numerators: (n_queries,) what each query earns.
        denominators: (n_queries,) 1 for each query that counts, else 0.
        sequence: (n_queries,) which queries are drawn together.
        resamples: How often.
        seed: Decides what is drawn.

    Raises:
        ConfigError: ``resamples`` is below 1.

    Example:
        >>> interval(np.ones(5), np.ones(5), np.arange(5))
        (1.0, 1.0)
    """
    check_resamples(resamples)
    both = sums_by_sequence(np.column_stack([numerators, denominators]), sequence)
    ratios = resampled_ratios(both[:, :1], both[:, 1:], resamples=resamples, seed=seed)
    low, high = ends(ratios)[:, 0]
    return float(low), float(high)


def check_resamples(resamples: int) -> None:
    """Refuse to draw less than once.

    Raises:
        ConfigError: ``resamples`` is below 1.
    """
    if resamples < 1:
        raise ConfigError(f"resamples must be at least 1, not {resamples}")


def sums_by_sequence(
    values: NDArray[np.float64], sequence: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Add the rows of ``values`` that belong to one sequence, (n_sequences, n_columns).

    Sequences stand by their number; those without a query have no row.

    Example:
        >>> sums_by_sequence(np.array([[1.0], [2.0], [4.0]]), np.array([7, 3, 7])).tolist()
        [[2.0], [5.0]]
    """
    names, places = np.unique(sequence, return_inverse=True)
    if len(names) == len(sequence):
        return values[np.argsort(sequence, kind="stable")]
    columns = [np.bincount(places, weights=one, minlength=len(names)) for one in values.T]
    return np.column_stack(columns) if columns else np.empty((len(names), 0))


def resampled_ratios(
    numerators: NDArray[np.float64],
    denominators: NDArray[np.float64],
    *,
    which: NDArray[np.integer] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> NDArray[np.float64]:
    """Draw sequences with replacement, and return the ratios of what they sum to.

    How often each sequence is drawn makes a matrix, which is multiplied with the sums of the
    sequences, some resamples at a time: so memory stays bounded.

    Args:
        numerators: (n_sequences, n_columns).
        denominators: (n_sequences, n_denominators).
        which: (n_columns,) the denominator of each column; the one of its place unless given.
        resamples: How often to draw.
        seed: The same seed and number of sequences draw the same sequences.

    Returns:
        (resamples, n_columns) float64; NaN where a resample holds nothing that counts.
    """
    n_sequences, n_columns = numerators.shape
    both = np.ascontiguousarray(np.hstack([numerators, denominators]).T)
    below = n_columns + (np.arange(n_columns) if which is None else which)
    draws = np.random.default_rng(seed)
    at_once = max(1, _DRAWS_AT_ONCE // max(n_sequences, 1))
    ratios = np.empty((resamples, n_columns))
    for start in range(0, resamples, at_once):
        n = min(at_once, resamples - start)
        times = np.empty((n, n_sequences))
        for one in times:
            one[:] = np.bincount(draws.integers(0, n_sequences, n_sequences), minlength=n_sequences)
        sums = both @ times.T  # the long side contiguous in both, which BLAS is quickest with
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios[start : start + n] = (sums[:n_columns] / sums[below]).T
    return ratios


def ends(ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return between which values the middle 95 % of resamples lie, (2, n_columns).

    A resample that holds no query of a small group says nothing about it, and is left out.
    """
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    bad = np.isnan(ratios).any(axis=0)
    found = np.quantile(ratios, tails, axis=0)
    if bad.any():
        found[:, bad] = np.nanquantile(ratios[:, bad], tails, axis=0)
    return found


def jackknife_interval(
    value: float, left_out: NDArray[np.float64], *, least: float = 0.0, most: float = 1.0
) -> tuple[float, float] | None:
    """Return the 95 % interval of a figure from what it is without each group of sequences.

    Args:
        value: The figure with all of them.
        left_out: (n_groups,) the figure without each.
        least: What it cannot fall below.
        most: What it cannot exceed.

    Returns:
        Low and high, by Student's t with one degree of freedom less than there are groups; None
        where there are fewer than two groups.
    """
    from scipy.special import stdtrit

    n = len(left_out)
    if n < 2:
        return None
    variance = (n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum())
    reach = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * variance**0.5
    return max(least, value - reach), min(most, value + reach)


def jackknife_groups(
    sequence: NDArray[np.integer], *, n_groups: int = GROUPS, seed: int = 1
) -> NDArray[np.int64]:
    """Deal the sequences out to groups of about one size, at random; (n_queries,) from 0.

    There are as many groups as sequences where these are fewer.
    """
    names, places = np.unique(sequence, return_inverse=True)
    group = np.arange(len(names)) % max(1, min(n_groups, len(names)))
    return np.random.default_rng(seed).permutation(group)[places]
