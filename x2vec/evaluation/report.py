"""The report: what each model measured, on how many queries, and what was lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from x2vec._text import aligned, closest
from x2vec.errors import ConfigError
from x2vec.evaluation.ranks import Ranks

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Measurement", "Report"]


@dataclass(frozen=True)
class Measurement:
    """One figure of one model.

    Attributes:
        model: The model's name.
        metric: The metric and its cut-off, such as ``"ndcg@20"``.
        value: The mean over all queries, misses included.
        n: How many queries that were.
        unanswered: The share of them that the model had no answer to; each is a miss.
    """

    model: str
    metric: str
    value: float
    n: int
    unanswered: float


@dataclass(frozen=True)
class Report:
    """The measurements of one evaluation, and what was used to make them.

    Attributes:
        task: What was asked, such as ``"next item"``.
        measurements: Model after model, each with the same metrics.
        n_queries: Queries asked of every model.
        n_items: Items of the catalogue that each target was ranked in.
        unknown_targets: The share of targets that training never saw; each is a miss for all.
        unknown_history: The share of history items that training never saw, and that were left
            out of the histories.
        excluded_targets: The share of targets that left the ranking with their own history;
            each is a miss for all.
        used: Data, split, seed, parameters: plain values that JSON can hold.
        ranks: For each model where it put the target of every query; not part of ``to_dict``,
            nor of what makes two reports equal.

    Example:
        >>> report = Report(
        ...     task="next item",
        ...     measurements=(Measurement("popularity", "hr@10", 0.25, 400, 0.0),),
        ...     n_queries=400,
        ...     n_items=50,
        ...     unknown_targets=0.02,
        ... )
        >>> print(report)
        next item: 400 queries against 50 items, ties count against the model
        model        hr@10  unanswered
        popularity  0.2500       0.0 %
        2.0 % of the targets are not in the vocabulary: misses for every model
    """

    task: str
    measurements: tuple[Measurement, ...]
    n_queries: int
    n_items: int
    unknown_targets: float = 0.0
    unknown_history: float = 0.0
    excluded_targets: float = 0.0
    used: Mapping[str, Any] = field(default_factory=dict)
    ranks: Mapping[str, Ranks] = field(default_factory=dict, repr=False, compare=False)

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models, the one on trial first."""
        return tuple(dict.fromkeys(one.model for one in self.measurements))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of the metrics, cut-offs included."""
        return tuple(dict.fromkeys(one.metric for one in self.measurements))

    def value(self, metric: str, *, model: str | None = None) -> float:
        """Return one figure, of the first model unless another is named.

        Raises:
            ConfigError: The report has no such metric or model; the closest is suggested.
        """
        chosen = self.models[0] if model is None else model
        _check_name("metric", metric, self.metrics)
        _check_name("model", chosen, self.models)
        return next(
            one.value for one in self.measurements if (one.model, one.metric) == (chosen, metric)
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON, without the ranks of single queries."""
        plain = asdict(replace(self, ranks={}))
        del plain["ranks"]
        return {**plain, "measurements": list(plain["measurements"])}

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a measurement: model, metric, value, n, unanswered."""
        import pandas as pd

        columns = list(Measurement.__dataclass_fields__)
        return pd.DataFrame([asdict(one) for one in self.measurements], columns=columns)

    def __str__(self) -> str:
        rows = [["model", *self.metrics, "unanswered"], *map(self._row, self.models)]
        lines = [
            f"{self.task}: {self.n_queries:,} queries against {self.n_items:,} items, "
            "ties count against the model",
            *aligned(rows, right=range(1, len(rows[0]))),
        ]
        for share, words in (
            (self.unknown_targets, "targets are not in the vocabulary: misses for every model"),
            (self.excluded_targets, "targets stand in their own history: misses for every model"),
            (self.unknown_history, "history items are not in the vocabulary and were left out"),
        ):
            if share:
                lines.append(f"{100 * share:.1f} % of the {words}")
        return "\n".join(lines)

    def _row(self, model: str) -> list[str]:
        figures = {one.metric: one.value for one in self.measurements if one.model == model}
        unanswered = next(one.unanswered for one in self.measurements if one.model == model)
        return [
            model,
            *(f"{figures[metric]:.4f}" for metric in self.metrics),
            f"{100 * unanswered:.1f} %",
        ]


def _check_name(kind: str, name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        close = closest(name, names)
        hint = f" Did you mean {close!r}?" if close else ""
        raise ConfigError(f"no {kind} {name!r} in the report; it has {', '.join(names)}.{hint}")
