"""Two reports side by side: the same queries, answered by models that were made apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from x2vec.errors import ConfigError, DataError, UsageError
from x2vec.evaluation.comparison import Comparison, compare_ranks
from x2vec.evaluation.facts import QueryFacts
from x2vec.evaluation.intervals import RESAMPLES
from x2vec.evaluation.metrics import MetricName
from x2vec.evaluation.report import Report

__all__ = ["compare_reports"]


def compare_reports(
    one: Report,
    other: Report,
    metric: str | None = None,
    *,
    labels: tuple[str, str] = ("first", "second"),
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> tuple[Comparison, ...]:
    """Compare the models on trial of two reports, then each further model that both have.

    Args:
        one: A report with the ranks of its queries.
        other: Another, of the same queries.
        metric: Such as ``"ndcg@20"`` or ``"hr@20 tail"``; the first of the main table of ``one``
            unless given.
        labels: What tells models of one name apart, as in ``"popularity [first]"``.
        resamples: How often queries are drawn.
        seed: Decides which.

    Raises:
        DataError: The reports are of other queries, or rank by other rules.
        UsageError: One of them holds no ranks, as where it was read from JSON alone.
        ConfigError: One of them has no such metric, or it is none of queries, or the two put a
            target into other groups, as after training on other data; or both labels are one.
    """
    if labels[0] == labels[1]:
        raise ConfigError(f"both reports are called {labels[0]!r}; give each a label of its own")
    facts = _shared_queries(one, other)
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
    _check_group(metric, facts, other)
    found = (
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
    return tuple(
        replace(each, one=f"{each.one} [{labels[0]}]", other=f"{each.other} [{labels[1]}]")
        if each.one == each.other
        else each
        for each in found
    )


def _shared_queries(one: Report, other: Report) -> QueryFacts:
    """Return the facts of the queries, once it is sure that both reports are of the same ones."""
    facts, others = _queries(one, "first"), _queries(other, "second")
    if not facts.fingerprint or facts.fingerprint != others.fingerprint:
        raise DataError(
            f"the reports are of other queries: {_of(one)}, and {_of(other)}. Evaluate both jobs "
            "with the same source, [sequences] rules, split, max_queries and seed."
        )
    rules = [report.used.get("exclude_history") for report in (one, other)]
    if rules[0] != rules[1]:
        raise DataError(
            "the reports rank by other rules: in one of them the items of the history leave the "
            "ranking, in the other they stay. Evaluate both in the same way."
        )
    return facts


def _queries(report: Report, which: str) -> QueryFacts:
    if report.queries is None or not set(report.models) <= report.ranks.keys():
        raise UsageError(
            f"the {which} report holds figures, but not the ranks of single queries, which a "
            "comparison takes. Load it from the directory that it was saved to."
        )
    return report.queries


def _check_group(metric: str, facts: QueryFacts, other: Report) -> None:
    group = MetricName.parse(metric).group
    assert other.queries is not None
    if not np.array_equal(facts.targets(group), other.queries.targets(group)):
        raise ConfigError(
            f"{metric!r} is about other targets in each of the reports, whose models learnt from "
            f"other data. Compare {metric.removesuffix(f' {group}')!r}, of all targets."
        )


def _of(report: Report) -> str:
    job = report.used.get("job")
    return f"{report.n_queries:,} of {job or report.task}"
