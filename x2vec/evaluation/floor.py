"""The quality floor: what a model has to measure before anything is published."""

from __future__ import annotations

from dataclasses import dataclass

from x2vec.errors import ConfigError, QualityFloorError
from x2vec.evaluation.report import Report

__all__ = ["Floor"]


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
                "published. Train longer or on more data, or lower the floor."
            )
