"""The quality floor: what a model has to measure before anything is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from x2vec.errors import ConfigError, QualityFloorError
from x2vec.evaluation.facts import GROUPS
from x2vec.evaluation.metrics import METRICS, MetricName
from x2vec.evaluation.report import Report

__all__ = ["Floor", "check_metric"]

_LISTS: Final = ("coverage", "gini", "popularity", "similarity")
"""The metrics of lists; a floor under some of them means little, but it is a figure."""


@dataclass(frozen=True)
class Floor:
    """The least that one metric must reach.

    Attributes:
        metric: The metric and its cut-off, such as ``"ndcg@20"``.
        minimum: From 0 to 1; a model that measures exactly this passes.
        model: Whose figure counts; the first of the report, the one on trial, unless given.

    Raises:
        ConfigError: ``minimum`` is out of bounds.

    Example:
        >>> Floor("ndcg@20", minimum=0.05)
        Floor(metric='ndcg@20', minimum=0.05, model=None)
    """

    metric: str
    minimum: float
    model: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.minimum <= 1:  # NaN is refused too
            raise ConfigError(f"minimum must lie between 0 and 1, not {self.minimum}")

    def check(self, report: Report) -> None:
        """Hold a report against the floor.

        Raises:
            QualityFloorError: The model measured less.
            ConfigError: The report has no such metric or model.
        """
        measured = report.value(self.metric, model=self.model)
        if measured < self.minimum:
            raise QualityFloorError(
                f"{self.model or report.models[0]}: measured {self.metric} = {measured:.6g} on "
                f"{report.n_queries:,} queries, below the floor of {self.minimum}; nothing may be "
                "published. Train longer or on more data, or lower the floor.",
                report=report,
            )


def check_metric(name: str, ks: Sequence[int]) -> None:
    """Refuse the name of a figure that an evaluation at these cut-offs does not give.

    Raises:
        ConfigError: There is none of that name; those that there are stand in the message.

    Example:
        >>> check_metric("ndcg@20 tail", [10, 20])
        >>> check_metric("hr@5", [20])
        Traceback (most recent call last):
        x2vec.errors.ConfigError: no metric 'hr@5'; with k = [20] there are hr@20, recall@20,
        mrr@20, ndcg@20, coverage@20, gini@20, popularity@20, similarity@20; those of ranks also
        for some targets, as in 'hr@20 tail': new, head, middle, tail
    """
    plain = [str(MetricName(metric, k)) for metric in (*METRICS, *_LISTS) for k in ks]
    ranked = {str(MetricName(metric, k)) for metric in METRICS for k in ks}
    metric, _, group = name.partition(" ")
    if name in plain or (metric in ranked and group in GROUPS):
        return
    example = MetricName(next(iter(METRICS)), max(ks), GROUPS[-1])
    raise ConfigError(
        f"no metric {name!r}; with k = {list(ks)} there are {', '.join(plain)}; those of ranks "
        f"also for some targets, as in {str(example)!r}: {', '.join(GROUPS)}"
    )
