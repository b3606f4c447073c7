"""Two reports side by side: the same queries, answered by models that were made apart."""

from __future__ import annotations

from x2vec.errors import DataError, UsageError
from x2vec.evaluation.comparison import Comparison, compare_ranks
from x2vec.evaluation.facts import QueryFacts
from x2vec.evaluation.intervals import RESAMPLES
from x2vec.evaluation.report import Report

__all__ = ["compare_reports"]


def compare_reports(
    one: Report,
    other: Report,
    metric: str | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> tuple[Comparison, ...]:
    """Compare the models on trial of two reports, then each further model that both have.

    Args:
        one: A report with the ranks of its queries.
        other: Another, of the same queries.
        metric: Such as ``"ndcg@20"`` or ``"hr@20 tail"``; the first of the main table of ``one``
            unless given.
        resamples: How often queries are drawn.
        seed: Decides which.

    Raises:
        DataError: The reports are of other queries.
        UsageError: One of them holds no ranks, as where it was read from JSON alone.
        ConfigError: One of them has no such metric, or it is none of queries.
    """
    facts = _queries(one, "first")
    if facts.fingerprint != _queries(other, "second").fingerprint:
        raise DataError(
            f"the reports are of other queries: {_of(one)}, and {_of(other)}. Evaluate both jobs "
            "with the same source, [sequences] rules, split, max_queries and seed."
        )
    metric = metric or one.headline[0]
    pairs = dict.fromkeys(
        [
            (one.models[0], other.models[0]),
            *((model, model) for model in one.models if model in other.models),
        ]
    )
    for report, models in ((one, [left for left, _ in pairs]), (other, [r for _, r in pairs])):
        for model in models:
            report.measurement(metric, model=model)  # says what there is where it is not
    return tuple(
        compare_ranks(
            (left, one.ranks[left]),
            (right, other.ranks[right]),
            facts,
            metric,
            resamples=resamples,
            seed=seed,
        )
        for left, right in pairs
    )


def _queries(report: Report, which: str) -> QueryFacts:
    if report.queries is None or not report.ranks:
        raise UsageError(
            f"the {which} report holds figures, but not the ranks of single queries, which a "
            "comparison takes. Load it from the directory that it was saved to."
        )
    return report.queries


def _of(report: Report) -> str:
    job = report.used.get("job")
    return f"{report.n_queries:,} of {job or report.task}"
