"""The report: what each model measured, on how many queries, and what was lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from x2vec._text import closest
from x2vec.errors import ConfigError, UsageError
from x2vec.evaluation.comparison import Comparison, compare_ranks
from x2vec.evaluation.facts import QueryFacts
from x2vec.evaluation.intervals import RESAMPLES
from x2vec.evaluation.measurement import Measurement
from x2vec.evaluation.metrics import METRICS, MetricName
from x2vec.evaluation.ranks import Ranks

if TYPE_CHECKING:
    import pandas as pd

    from x2vec.evaluation.standings import Standing

__all__ = ["Report"]


@dataclass(frozen=True)
class Report:
    """The measurements of one evaluation, and what was used to make them.

    Attributes:
        task: What was asked, such as ``"next item"``.
        measurements: Model after model, each with the same metrics; one that does not exist is
            left out, such as the similarity inside lists of one item.
        n_queries: Queries asked of every model.
        n_items: Items of the catalogue that each target was ranked in.
        unknown_targets: The share of targets that training never saw; each is a miss for all.
        unknown_history: The share of history items that training never saw, and that were left
            out of the histories.
        excluded_targets: The share of targets that left the ranking with their own history;
            each is a miss for all.
        used: Data, split, seed, parameters: plain values that JSON can hold.
        ranks: For each model where it put the targets of every query; not part of ``to_dict``,
            nor of what makes two reports equal.
        queries: Facts of every query; the same holds for them. None where they are not at hand.

    Example:
        >>> report = Report(
        ...     task="next item",
        ...     measurements=(Measurement("popularity", "hr@10", 0.25, 0.21, 0.29, 400, 0.0),),
        ...     n_queries=400,
        ...     n_items=50,
        ...     unknown_targets=0.02,
        ... )
        >>> print(report)
        next item: 400 queries against 50 items, ties count against the model
        model                  hr@10  unanswered
        popularity  0.2500 .210-.290       0.0 %
        beside each figure its 95 % interval
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
    queries: QueryFacts | None = field(default=None, repr=False, compare=False)

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models, the one on trial first."""
        return tuple(dict.fromkeys(one.model for one in self.measurements))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of the metrics, cut-offs included."""
        return tuple(dict.fromkeys(one.metric for one in self.measurements))

    @property
    def headline(self) -> tuple[str, ...]:
        """The metrics of the main table: those of all targets, and coverage, at the largest k.

        Recall is left out where it is the hit rate, with one target a query.
        """
        names = [MetricName.parse(one) for one in self.metrics]
        k = max((one.k for one in names), default=0)
        shown = {*METRICS, "coverage"} - ({"recall"} if self._has_one_target else set())
        return tuple(
            str(one) for one in names if one.k == k and not one.group and one.metric in shown
        )

    @property
    def _has_one_target(self) -> bool:
        return self.queries is None or self.queries.offsets is None

    def measurement(self, metric: str, *, model: str | None = None) -> Measurement:
        """Return one measurement, of the first model unless another is named.

        Raises:
            ConfigError: The report has no such metric or model; the closest is suggested.
        """
        chosen = self.models[0] if model is None else model
        _check_name("metric", metric, self.metrics)
        _check_name("model", chosen, self.models)
        for one in self.measurements:
            if (one.model, one.metric) == (chosen, metric):
                return one
        raise ConfigError(f"{chosen} has no figure for {metric!r}: it answered no such query")

    def value(self, metric: str, *, model: str | None = None) -> float:
        """Return one figure, of the first model unless another is named.

        Raises:
            ConfigError: The report has no such metric or model; the closest is suggested.
        """
        return self.measurement(metric, model=model).value

    def compare(
        self,
        one: str,
        other: str,
        metric: str | None = None,
        *,
        resamples: int = RESAMPLES,
        seed: int = 1,
    ) -> Comparison:
        """Compare two models query by query, by a paired bootstrap.

        Args:
            one: A model of the report.
            other: Another.
            metric: Such as ``"ndcg@20"`` or ``"hr@20 tail"``; the first of the main table unless
                given.
            resamples: How often queries are drawn.
            seed: Decides which.

        Raises:
            ConfigError: The report has no such metric or model, the metric is none of queries, or
                there are no resamples.
            UsageError: The report holds no ranks, as where it was read from JSON alone.
        """
        for model in (one, other):
            _check_name("model", model, self.models)
        metric = metric or self.headline[0]
        _check_name("metric", metric, self.metrics)
        if self.queries is None or not {one, other} <= self.ranks.keys():
            raise UsageError(
                "the report holds figures, but not the ranks of single queries, which a comparison "
                "takes. Load it from the directory that it was saved to."
            )
        return compare_ranks(
            (one, self.ranks[one]),
            (other, self.ranks[other]),
            self.queries,
            metric,
            resamples=resamples,
            seed=seed,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON, without the ranks of single queries."""
        from x2vec.evaluation.saved import to_dict

        return to_dict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Report:
        """Return the report that ``to_dict`` wrote.

        Raises:
            DataError: It is no report, or one of a newer format.
        """
        from x2vec.evaluation.saved import from_dict

        return from_dict(plain)

    def save(self, directory: str | Path) -> Path:
        """Write ``report.json`` and ``queries.parquet``; earlier ones there are replaced.

        Returns:
            The path to ``report.json``.

        Raises:
            StorageError: Writing failed.
        """
        from x2vec.evaluation.saved import save

        return save(self, Path(directory))

    @classmethod
    def load(cls, path: str | Path) -> Report:
        """Read a report, by its directory or the path to its ``report.json``.

        Raises:
            DataError: It is no report, is damaged, or was written in a newer format.
            StorageError: Reading failed.
        """
        from x2vec.evaluation.saved import load

        return load(Path(path))

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Each model beside the best one and the one on trial, by the first metric of the table.

        The best comes first; none without the ranks of single queries.
        """
        from x2vec.evaluation.standings import standings

        return tuple(standings(self))

    def to_markdown(self) -> str:
        """Return the report as Markdown: the leaderboard, its parts, and how it was made."""
        from x2vec.evaluation.markdown import markdown_of

        return markdown_of(self)

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the report as a page with plots that needs nothing but itself; write it, too.

        Args:
            path: The file to write; None writes none.

        Raises:
            StorageError: Writing failed.
        """
        from x2vec.evaluation.page import page_of
        from x2vec.evaluation.written import write_text

        made = page_of(self)
        if path is not None:
            write_text(made, path)
        return made

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a measurement: model, metric, value, low, high, n, unanswered."""
        import pandas as pd

        columns = list(Measurement.__dataclass_fields__)
        return pd.DataFrame([asdict(one) for one in self.measurements], columns=columns)

    def __str__(self) -> str:
        from x2vec.evaluation.text import brief_text_of

        return brief_text_of(self)


def _check_name(kind: str, name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        close = closest(name, names)
        hint = f" Did you mean {close!r}?" if close else ""
        raise ConfigError(f"no {kind} {name!r} in the report; it has {', '.join(names)}.{hint}")
