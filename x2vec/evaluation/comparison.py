"""Comparison of two models: the same queries, drawn for both alike, and a verdict in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from x2vec.errors import ConfigError
from x2vec.evaluation.facts import QueryFacts
from x2vec.evaluation.intervals import FEWEST, RESAMPLES, interval
from x2vec.evaluation.metrics import METRICS, MetricName
from x2vec.evaluation.ranks import Ranks

__all__ = ["Comparison", "compare_ranks"]

Verdict = Literal["better", "worse", "no difference"]


@dataclass(frozen=True)
class Comparison:
    """By how much one model is better than another on the same queries.

    Attributes:
        one: A model.
        other: What it is compared with.
        metric: What is compared, such as ``"ndcg@20"``.
        difference: The figure of one less that of the other.
        low: Lower end of the 95 % interval of the difference, by a paired bootstrap; of fewer
            than six sequences nothing is known, and it is -1 to 1.
        high: Its upper end.
        n: How many queries both were asked.

    Example:
        >>> print(Comparison("ease", "popularity", "hr@20", 0.125, 0.1, 0.15, n=400))
        ease against popularity: hr@20 +0.1250 (+0.1000 to +0.1500), better
        >>> Comparison("ease", "slist", "hr@20", 0.01, -0.01, 0.03, n=400).verdict
        'no difference'
    """

    one: str
    other: str
    metric: str
    difference: float
    low: float
    high: float
    n: int

    @property
    def verdict(self) -> Verdict:
        """``"better"`` or ``"worse"`` where the whole interval lies on one side of 0."""
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "no difference"

    @property
    def text(self) -> str:
        """All of it in a line."""
        return (
            f"{self.one} against {self.other}: {self.metric} {self.difference:+.4f} "
            f"({self.low:+.4f} to {self.high:+.4f}), {self.verdict}"
        )

    def __str__(self) -> str:
        return self.text


def compare_ranks(
    one: tuple[str, Ranks],
    other: tuple[str, Ranks],
    facts: QueryFacts,
    metric: str,
    *,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Comparison:
    """Compare where two models put the targets of the same queries.

    Args:
        one: The name and the ranks of a model.
        other: The same of another.
        facts: Of the queries.
        metric: Such as ``"ndcg@20"`` or ``"hr@20 tail"``.
        resamples: How often queries are drawn.
        seed: Decides which.

    Raises:
        ConfigError: The metric is no mean over queries, no query counts for it, or there are no
            resamples.
    """
    if isinstance(resamples, bool) or not isinstance(resamples, int) or resamples < 1:
        raise ConfigError(f"resamples is {resamples!r}; it must be a whole number from 1 on")
    name = MetricName.parse(metric)
    if name.metric not in METRICS:
        raise ConfigError(
            f"{metric!r} cannot be compared query by query; "
            f"there are {', '.join(METRICS)}, as in 'ndcg@20'"
        )
    targets = facts.targets(name.group)
    left, right = one[1].among(targets), other[1].among(targets)
    counts = (left.n_targets > 0).astype(np.float64)
    if not counts.any():
        raise ConfigError(f"no query has a target for {metric!r}")
    gains = METRICS[name.metric]
    difference = gains(left, name.k) - gains(right, name.k)
    low, high = -1.0, 1.0
    if len(np.unique(facts.sequence[counts > 0])) >= FEWEST:
        low, high = interval(difference, counts, facts.sequence, resamples=resamples, seed=seed)
    n = int(counts.sum())
    return Comparison(one[0], other[0], metric, float(difference.sum() / n), low, high, n)
