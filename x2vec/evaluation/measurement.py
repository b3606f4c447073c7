"""A measurement: one figure of one model, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Measurement"]

_LARGE = 10
"""From here on a figure is no share but a rank, and four decimals of it are noise."""


@dataclass(frozen=True)
class Measurement:
    """One figure of one model.

    Attributes:
        model: The model's name.
        metric: The metric, its cut-off, and the group of targets if not all count:
            ``"ndcg@20"``, ``"ndcg@20 tail"``.
        value: The mean over the queries, misses included; of the metrics of lists, such as
            ``"coverage@20"``, what the lists of all answered queries have.
        low: Lower end of its 95 % interval; None where nobody asked for intervals, or where the
            queries come from fewer than six sequences, which say too little.
        high: Its upper end.
        n: How many queries that were.
        unanswered: The share of the queries that the model had no answer to; each is a miss.
    """

    model: str
    metric: str
    value: float
    low: float | None
    high: float | None
    n: int
    unanswered: float

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.4f}"
        if self.value >= _LARGE:
            return f"{self.value:,.1f} {self.low:,.1f}-{self.high:,.1f}"
        low, high = (f"{end:.3f}".removeprefix("0") for end in (self.low, self.high))
        return f"{self.value:.4f} {low}-{high}"
