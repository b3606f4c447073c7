"""Buckets: how good models are on rare targets, and on people of whom little is known.

The figures are made of the ranks of single queries whenever they are shown, so that they cost an
evaluation nothing, and reports that were written before have those of known items too.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.evaluation.figures import Means, bootstrapped
from x2vec.evaluation.intervals import RESAMPLES
from x2vec.evaluation.measurement import Measurement
from x2vec.evaluation.metrics import METRICS, MetricName
from x2vec.evaluation.report import Report
from x2vec.evaluation.standings import ordered

__all__ = ["by_events", "by_known"]

Range = tuple[float, float]

_EVENTS: Final[Mapping[str, Range]] = {
    "0": (0, 0), "1-2": (1, 2), "3-5": (3, 5), "6-20": (6, 20), "more": (21, inf),
}  # fmt: skip
_KNOWN: Final[Mapping[str, Range]] = {
    "0": (0, 0), "1": (1, 1), "2-3": (2, 3), "4-10": (4, 10), "more": (11, inf),
}  # fmt: skip


def by_events(report: Report) -> dict[str, list[Measurement]] | None:
    """Return a figure by how many events training saw of the target.

    It is the first metric of the main table, for 0, 1-2, 3-5, 6-20 and more events, with intervals
    where the report has any.

    Returns:
        For each model, the best first, a measurement a bucket that has targets, called by it; None
        where the report has no ranks or counts, or all targets are in one bucket.
    """
    facts = report.queries
    if facts is None or facts.events is None:
        return None
    return _measured(report, facts.events, _EVENTS)


def by_known(report: Report) -> dict[str, list[Measurement]] | None:
    """Return the same by how many items of its history a query knows: 0, 1, 2-3, 4-10, more."""
    facts = report.queries
    if facts is None:
        return None
    n_targets = 1 if facts.offsets is None else np.diff(facts.offsets)
    return _measured(report, np.repeat(facts.history_length, n_targets), _KNOWN)


def _measured(
    report: Report, of_targets: NDArray[np.integer], buckets: Mapping[str, Range]
) -> dict[str, list[Measurement]] | None:
    """Measure each bucket; ``of_targets`` is what they are told by, (n_targets,)."""
    masks = {
        name: (of_targets >= low) & (of_targets <= high) for name, (low, high) in buckets.items()
    }
    masks = {name: mask for name, mask in masks.items() if mask.any()}
    facts = report.queries
    if facts is None or not report.ranks or not report.headline or len(masks) < 2:
        return None
    asked = MetricName.parse(report.headline[0])
    if asked.metric not in METRICS:
        return None
    has_intervals = any(one.low is not None for one in report.measurements)
    found = {}
    for model in ordered(report):
        among = [report.ranks[model].among(mask) for mask in masks.values()]
        means = Means(
            model=model,
            metrics=tuple(masks),
            values=np.column_stack([METRICS[asked.metric](one, asked.k) for one in among]),
            which=np.arange(len(among)),
            counts=np.column_stack([one.n_targets > 0 for one in among]).astype(np.float64),
            unanswered=np.zeros(len(among)),
        )
        resamples = RESAMPLES if has_intervals else 0
        found[model] = list(bootstrapped(means, facts.sequence, resamples=resamples, seed=1))
    return found
