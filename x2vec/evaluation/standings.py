"""The leaderboard: models by falling figure, and what tells each from the best one."""

from __future__ import annotations

from dataclasses import dataclass

from x2vec.evaluation.comparison import Comparison
from x2vec.evaluation.measurement import Measurement
from x2vec.evaluation.report import Report

__all__ = ["Standing", "ordered", "said_of", "standings"]


@dataclass(frozen=True)
class Standing:
    """One model of a leaderboard.

    Attributes:
        model: Its name.
        measurement: Its figure in the metric that decides.
        best: How it compares with the best; None for the best itself.
        trial: How it compares with the model on trial; None for that one itself.
    """

    model: str
    measurement: Measurement
    best: Comparison | None
    trial: Comparison | None


def ordered(report: Report, metric: str | None = None) -> list[str]:
    """Return the models by falling figure; equal ones, and those without, in the report's order."""
    metric = _decides(report, metric)
    values = {one.model: one.value for one in report.measurements if one.metric == metric}
    return sorted(report.models, key=lambda model: -values.get(model, float("-inf")))


def standings(report: Report, metric: str | None = None) -> list[Standing]:
    """Compare each model with the best one and with the one on trial, over the same queries.

    Args:
        report: With the ranks of single queries.
        metric: What decides; the first of the main table unless given.

    Returns:
        One standing a model that has the figure, the best first; none where the report holds no
        ranks, as where it was read from JSON alone.
    """
    metric = _decides(report, metric)
    if metric is None or not report.ranks or report.queries is None:
        return []
    has = {one.model for one in report.measurements if one.metric == metric}
    models = [model for model in ordered(report, metric) if model in has & report.ranks.keys()]
    trial = report.models[0]

    def against(model: str, other: str) -> Comparison | None:
        if model == other or other not in models:
            return None
        return report.compare(model, other, metric)

    return [
        Standing(
            model,
            report.measurement(metric, model=model),
            best=against(model, models[0]),
            trial=against(model, trial),
        )
        for model in models
    ]


def said_of(comparison: Comparison | None, same: str, *, is_brief: bool = False) -> str:
    """Say in words how a model compares; ``same`` where it would be with itself.

    Example:
        >>> said_of(Comparison("ease", "slist", "hr@20", 0.01, -0.01, 0.03, n=400), "the best")
        '+0.0100 (-0.0100 to +0.0300), no difference'
        >>> said_of(None, "the best")
        'the best'
    """
    if comparison is None:
        return same
    if is_brief:
        return f"{comparison.difference:+.4f} {comparison.verdict}"
    return (
        f"{comparison.difference:+.4f} ({comparison.low:+.4f} to {comparison.high:+.4f}), "
        f"{comparison.verdict}"
    )


def _decides(report: Report, metric: str | None) -> str | None:
    return metric or next(iter(report.headline), None)
