"""Figures: from ranks and lists to measurements, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.evaluation.facts import QueryFacts
from x2vec.evaluation.intervals import (
    FEWEST,
    ends,
    jackknife_interval,
    resampled_ratios,
    sums_by_sequence,
)
from x2vec.evaluation.lists import ListTotals, coverage, gini
from x2vec.evaluation.measurement import Measurement
from x2vec.evaluation.metrics import METRICS, MetricName
from x2vec.evaluation.ranks import Ranks

__all__ = ["Means", "bootstrapped", "list_figures", "means_of_ranks", "with_lists"]


@dataclass(frozen=True, eq=False)
class Means:
    """Figures of one model that are means over queries.

    Attributes:
        model: The model's name.
        metrics: (n_columns,) names.
        values: (n_queries, n_columns) what each query earns, 0 where it does not count.
        which: (n_columns,) the column of ``counts`` that says which queries count.
        counts: (n_queries, n_denominators) 1 where a query counts, else 0.
        unanswered: (n_denominators,) the share of the queries that the model did not answer.
    """

    model: str
    metrics: tuple[str, ...]
    values: NDArray[np.float64]
    which: NDArray[np.int64]
    counts: NDArray[np.float64]
    unanswered: NDArray[np.float64]


def means_of_ranks(
    model: str,
    ranks: Ranks,
    facts: QueryFacts,
    ks: Sequence[int],
    answered: NDArray[np.bool_],
) -> Means:
    """Return every metric of ranks, of all targets and of each group that has targets."""
    names: list[str] = []
    values: list[NDArray[np.float64]] = []
    counts: list[NDArray[np.float64]] = []
    which: list[int] = []
    unanswered: list[float] = []
    for group in ("", *facts.groups):
        among = ranks if not group else ranks.among(facts.targets(group))
        is_counted = among.n_targets > 0
        if not is_counted.any():
            continue
        for metric, gains in METRICS.items():
            for k in ks:
                names.append(str(MetricName(metric, k, group)))
                values.append(gains(among, k))
                which.append(len(counts))
        counts.append(is_counted.astype(np.float64))
        unanswered.append(float(1 - answered[is_counted].mean()))
    return Means(
        model,
        tuple(names),
        np.column_stack(values),
        np.array(which),
        np.column_stack(counts),
        np.array(unanswered),
    )


def with_lists(means: Means, lists: ListTotals, answered: NDArray[np.bool_]) -> Means:
    """Add popularity and similarity of lists; the queries that count are those with a list."""
    names, values, counts = [], [], []
    for metric, of_lists in (("popularity", lists.popularity), ("similarity", lists.similarity)):
        if of_lists is None:
            continue
        for k, column in zip(lists.ks, of_lists.T, strict=True):
            has = ~np.isnan(column)
            if has.any():
                names.append(str(MetricName(metric, k)))
                values.append(np.where(has, column, 0.0))
                counts.append(has.astype(np.float64))
    n_before = means.counts.shape[1]
    return Means(
        means.model,
        (*means.metrics, *names),
        np.column_stack([means.values, *values]),
        np.append(means.which, n_before + np.arange(len(names))),
        np.column_stack([means.counts, *counts]),
        np.append(means.unanswered, np.full(len(names), 1 - answered.mean())),
    )


def bootstrapped(
    means: Means, sequence: NDArray[np.integer], *, resamples: int, seed: int
) -> Iterator[Measurement]:
    """Give measurements with intervals; one seed draws the same sequences for every model.

    Args:
        means: What each query earns.
        sequence: (n_queries,) which of them are drawn together; a figure of fewer than six of
            these has no interval.
        resamples: How often to draw; with 0 there are no intervals.
        seed: Decides what is drawn.
    """
    n = means.counts.sum(axis=0)
    figures = means.values.sum(axis=0) / n[means.which]
    limits: NDArray[np.float64] | None = None
    enough = np.zeros(len(n), dtype=np.bool_)
    if resamples:
        counts = sums_by_sequence(means.counts, sequence)
        enough = (counts > 0).sum(axis=0) >= FEWEST
        ratios = resampled_ratios(
            sums_by_sequence(means.values, sequence),
            counts,
            which=means.which,
            resamples=resamples,
            seed=seed,
        )
        limits = ends(ratios)
    for column, metric in enumerate(means.metrics):
        at = means.which[column]
        yield Measurement(
            model=means.model,
            metric=metric,
            value=float(figures[column]),
            low=float(limits[0, column]) if limits is not None and enough[at] else None,
            high=float(limits[1, column]) if limits is not None and enough[at] else None,
            n=int(n[at]),
            unanswered=float(means.unanswered[at]),
        )


def list_figures(
    model: str, lists: ListTotals, answered: NDArray[np.bool_], *, intervals: bool
) -> Iterator[Measurement]:
    """Give coverage and Gini at each cut-off, with intervals by the jackknife."""
    for name, metric in _OF_ALL.items():
        for k, shown in zip(lists.ks, lists.shown, strict=True):
            together = shown.sum(axis=0)
            value = metric(together)
            if value is None:
                continue
            without = [metric(together - one) for one in shown] if intervals else []
            left = np.array([one for one in without if one is not None])
            low, high = jackknife_interval(value, left) or (None, None)
            yield Measurement(
                model=model,
                metric=str(MetricName(name, k)),
                value=value,
                low=low,
                high=high,
                n=int(answered.sum()),
                unanswered=float(1 - answered.mean()),
            )


_OF_ALL: Mapping[str, Callable[[NDArray[np.integer]], float | None]] = {
    "coverage": coverage,
    "gini": gini,
}
