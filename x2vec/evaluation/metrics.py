"""Metrics of next item: one function each, from the rank of the target to what it earns.

There is one right item a query, so recall is the hit rate, and the ideal NDCG is 1. A query whose
target has no rank - not answered, not in the vocabulary - earns nothing; who takes the mean has to
divide by all queries, not by those with a rank.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

__all__ = ["METRICS", "discounted_gains", "hits", "reciprocal_ranks"]

Ranks = NDArray[np.int64]
Gains = NDArray[np.float64]


def hits(ranks: Ranks, k: int) -> Gains:
    """Return 1 for each target among the first ``k``, else 0; the mean is HR@k.

    Example:
        >>> hits(np.array([1, 3]), 2).tolist()
        [1.0, 0.0]
    """
    return (ranks <= k).astype(np.float64)


def reciprocal_ranks(ranks: Ranks, k: int) -> Gains:
    """Return ``1 / rank`` for each target among the first ``k``, else 0; the mean is MRR@k.

    Example:
        >>> reciprocal_ranks(np.array([1, 4, 9]), 5).tolist()
        [1.0, 0.25, 0.0]
    """
    return np.where(ranks <= k, 1 / ranks, 0.0)


def discounted_gains(ranks: Ranks, k: int) -> Gains:
    """Return ``1 / log2(1 + rank)`` for each target among the first ``k``; the mean is NDCG@k.

    Example:
        >>> discounted_gains(np.array([1, 3, 9]), 5).tolist()
        [1.0, 0.5, 0.0]
    """
    return np.where(ranks <= k, 1 / np.log2(1.0 + ranks), 0.0)


METRICS: Mapping[str, Callable[[Ranks, int], Gains]] = MappingProxyType(
    {"hr": hits, "ndcg": discounted_gains, "mrr": reciprocal_ranks}
)
"""From the name that reports use to the function."""
