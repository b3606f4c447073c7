"""Metrics of ranks: one function each, from where the targets stand to what each query earns.

A target without a rank - not answered, not in the vocabulary - earns nothing. Who takes the mean
has to divide by all queries, not by those with a rank.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import ConfigError
from x2vec.evaluation.ranks import Ranks

__all__ = [
    "METRICS",
    "MetricName",
    "discounted_gains",
    "hits",
    "recalls",
    "reciprocal_ranks",
]

Gains = NDArray[np.float64]


def hits(ranks: Ranks, k: int) -> Gains:
    """Return 1 for each query with a target among the first ``k``, else 0; the mean is HR@k.

    Returns:
        (n_queries,) float64.

    Example:
        >>> hits(Ranks.of([[1], [3], [None, 2]]), 2).tolist()
        [1.0, 0.0, 1.0]
    """
    return (_sums(ranks, k) > 0).astype(np.float64)


def recalls(ranks: Ranks, k: int) -> Gains:
    """Return the share of each query's targets among the first ``k``; the mean is recall@k.

    With one target a query it is the hit rate. A query without targets has 0.

    Returns:
        (n_queries,) float64.

    Example:
        >>> recalls(Ranks.of([[1], [3], [None, 2]]), 2).tolist()
        [1.0, 0.0, 0.5]
    """
    return _sums(ranks, k) / np.maximum(ranks.n_targets, 1)


def reciprocal_ranks(ranks: Ranks, k: int) -> Gains:
    """Return ``1 / rank`` of each query's first target, 0 beyond ``k``; the mean is MRR@k.

    Returns:
        (n_queries,) float64.

    Example:
        >>> reciprocal_ranks(Ranks.of([[1], [9], [8, 4]]), 5).tolist()
        [1.0, 0.0, 0.25]
    """
    gains = np.zeros(len(ranks))
    found = ranks.ranks <= k
    np.maximum.at(gains, ranks.owners[found], 1 / ranks.ranks[found])
    return gains


def discounted_gains(ranks: Ranks, k: int) -> Gains:
    """Return what ``1 / log2(1 + rank)`` of the targets among the first ``k`` sums to, as a share.

    It is a share of the best sum that so many targets could have, all of them first. The mean is
    NDCG@k (Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002).
    A query without targets has 0.

    Returns:
        (n_queries,) float64.

    Example:
        >>> discounted_gains(Ranks.of([[1], [3], [9], [1, 2]]), 5).tolist()
        [1.0, 0.5, 0.0, 1.0]
    """
    most = max(1, min(k, int(ranks.n_targets.max(initial=0))))
    ideal = np.cumsum(1 / np.log2(np.arange(2.0, most + 2)))
    gains = _sums(ranks, k, lambda found: 1 / np.log2(1.0 + found))
    best: Gains = ideal[np.clip(ranks.n_targets, 1, most) - 1]
    return gains / best


def _sums(
    ranks: Ranks, k: int, gain: Callable[[NDArray[np.int64]], Gains] | None = None
) -> NDArray[np.float64]:
    """Return what the targets among the first ``k`` earn together, or their number."""
    found = ranks.ranks <= k
    weights = None if gain is None else gain(ranks.ranks[found])
    sums = np.bincount(ranks.owners[found], weights=weights, minlength=len(ranks))
    return sums.astype(np.float64, copy=False)


METRICS: Mapping[str, Callable[[Ranks, int], Gains]] = MappingProxyType(
    {"hr": hits, "recall": recalls, "mrr": reciprocal_ranks, "ndcg": discounted_gains}
)
"""From the name that reports use to the function."""


class MetricName(NamedTuple):
    """The name of a figure, taken apart.

    Attributes:
        metric: Such as ``"ndcg"``.
        k: The cut-off.
        group: Which targets count, such as ``"tail"``; empty for all.

    Example:
        >>> MetricName.parse("ndcg@20 tail")
        MetricName(metric='ndcg', k=20, group='tail')
        >>> str(MetricName("hr", 10))
        'hr@10'
    """

    metric: str
    k: int
    group: str = ""

    @classmethod
    def parse(cls, name: str) -> MetricName:
        """Take a name apart.

        Raises:
            ConfigError: It is none.
        """
        metric, at, rest = name.partition("@")
        k, _, group = rest.partition(" ")
        if not at or not k.isdecimal():
            raise ConfigError(f"{name!r} is no metric; expected one such as 'ndcg@20'")
        return cls(metric, int(k), group)

    def __str__(self) -> str:
        return f"{self.metric}@{self.k} {self.group}".rstrip()
