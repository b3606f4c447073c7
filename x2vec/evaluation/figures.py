"""Figures: from ranks and lists to measurements, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.evaluation.facts import QueryFacts
from x2vec.evaluation.intervals import (
    ends,
    jackknife_interval,
    resampled_ratios,
    sums_by_sequence,
)
from x2vec.evaluation.lists import ListTotals, coverage, gini
from x2vec.evaluation.metrics import METRICS, MetricName
from x2vec.evaluation.ranks import Ranks
from x2vec.evaluation.report import Measurement

__all__ = ["Means", "bootstrapped", "list_figures", "means_of_lists", "means_of_ranks"]

_COLUMN_BYTES = 256 * 2**20


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


def means_of_lists(model: str, lists: ListTotals, answered: NDArray[np.bool_]) -> Means:
    """Return popularity and similarity of lists; the queries that count are those with a list."""
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
    n_queries = len(answered)
    return Means(
        model,
        tuple(names),
        np.column_stack([np.empty((n_queries, 0)), *values]),
        np.arange(len(names)),
        np.column_stack([np.empty((n_queries, 0)), *counts]),
        np.full(len(names), 1 - answered.mean()),
    )


def bootstrapped(
    models: Sequence[Means], sequence: NDArray[np.integer], *, resamples: int, seed: int
) -> Iterator[Measurement]:
    """Give the measurements of models with intervals, the same sequences drawn for all.

    Args:
        models: Of the same queries.
        sequence: (n_queries,) which of them are drawn together.
        resamples: How often to draw; with 0 there are no intervals.
        seed: Decides what is drawn.
    """
    batch: list[Means] = []
    size = 0
    for one in models:
        needed = one.values.nbytes + one.counts.nbytes
        if batch and size + needed > _COLUMN_BYTES:
            yield from _measured(batch, sequence, resamples, seed)
            batch, size = [], 0
        batch.append(one)
        size += needed
    yield from _measured(batch, sequence, resamples, seed)


def _measured(
    batch: Sequence[Means], sequence: NDArray[np.integer], resamples: int, seed: int
) -> Iterator[Measurement]:
    values = np.hstack([one.values for one in batch])
    counts = np.hstack([one.counts for one in batch])
    starts = np.cumsum([0, *(one.counts.shape[1] for one in batch)])
    which = np.concatenate([one.which + at for one, at in zip(batch, starts[:-1], strict=True)])
    n = counts.sum(axis=0)
    figures = values.sum(axis=0) / n[which]
    limits: NDArray[np.float64] | None = None
    if resamples:
        both = sums_by_sequence(np.hstack([values, counts]), sequence)
        n_columns = values.shape[1]
        ratios = resampled_ratios(
            both[:, :n_columns], both[:, n_columns:], which=which, resamples=resamples, seed=seed
        )
        limits = ends(ratios)
    unanswered = np.concatenate([one.unanswered for one in batch])
    column = 0
    for one in batch:
        for metric in one.metrics:
            at = which[column]
            yield Measurement(
                model=one.model,
                metric=metric,
                value=float(figures[column]),
                low=None if limits is None else float(limits[0, column]),
                high=None if limits is None else float(limits[1, column]),
                n=int(n[at]),
                unanswered=float(unanswered[at]),
            )
            column += 1


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
