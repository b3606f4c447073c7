"""A report as one page of HTML that needs nothing but itself, with plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.evaluation.metrics import METRICS, MetricName
from x2vec.evaluation.report import Report
from x2vec.evaluation.standings import ordered
from x2vec.evaluation.tables import (
    Table,
    how_it_was_made,
    leaderboard,
    lists,
    losses,
    rare,
    short,
    targets,
    verdicts,
)
from x2vec.evaluation.text import heading
from x2vec.pages import (
    block,
    code,
    figures,
    forest,
    page,
    paragraph,
    scatter,
    section,
    series,
    table,
)

__all__ = ["page_of"]

_STEPS: Final = 5  # lengths of histories are cut into so many parts, at most
_LEAST: Final = 0.02  # share of the queries in each of them
_LINES: Final = 8  # in one plot: more of them are a tangle
_GROUPS: Final = ("head", "middle", "tail")


def page_of(report: Report) -> str:
    """Return the whole page."""
    made = report.used.get("job")
    title = f"Leaderboard: {made}" if made else f"Leaderboard: {report.task}"
    return page(title, heading(report), [*_parts(report)])


def _parts(report: Report) -> list[str]:
    command = report.used.get("command")
    lost = losses(report)
    parts = [
        figures(_large(report)),
        section(
            "Leaderboard", block(*_forests(report), *_coverage(report)), _shown(leaderboard(report))
        ),
        _section("Is the difference real?", verdicts(report)),
    ]
    if plots := _plots(report):
        parts.append(section("Where it is good", block(*plots)))
    parts += [
        _section("By target", targets(report)),
        _section("Rare targets", rare(report)),
        _section("Short histories", short(report)),
        _section("What the lists are like", lists(report)),
        section("What was lost", *map(paragraph, lost)) if lost else "",
        section(
            "How it was made",
            code(str(command)) if command else "",
            _shown(how_it_was_made(report)),
        ),
    ]
    return [part for part in parts if part]


def _large(report: Report) -> list[tuple[str, str]]:
    large = [
        (f"{report.n_queries:,}", "queries"),
        (f"{report.n_items:,}", "items in the catalogue"),
        (f"{len(report.models)}", "models"),
    ]
    if report.headline:
        metric, best = report.headline[0], ordered(report)[0]
        found = {one.model: one.value for one in report.measurements if one.metric == metric}
        if best in found:
            large.append((f"{found[best]:.4f}", f"{metric} of {best}, the best"))
        if report.models[0] in found and report.models[0] != best:
            trial = report.models[0]
            large.append((f"{found[trial]:.4f}", f"{metric} of {trial}, on trial"))
    return large


def _section(title: str, shown: Table | None) -> str:
    return "" if shown is None or not shown.rows else section(title, _shown(shown))


def _shown(shown: Table) -> str:
    drawn = table(shown.head, shown.rows, right=shown.right)
    return drawn + (paragraph(shown.note, is_soft=True) if shown.note else "")


def _forests(report: Report) -> list[str]:
    """Draw the leaderboard in each metric of ranks."""
    drawn = []
    for metric in report.headline:
        if MetricName.parse(metric).metric not in METRICS:
            continue
        found = {one.model: one for one in report.measurements if one.metric == metric}
        rows = [
            (
                model,
                found[model].value,
                _or(found[model].low, found[model].value),
                _or(found[model].high, found[model].value),
            )
            for model in ordered(report, metric)
            if model in found
        ]
        if rows:
            drawn.append(forest(rows, title=metric, x=metric, emphasis=report.models[:1]))
    return drawn


def _or(end: float | None, value: float) -> float:
    return value if end is None else end


def _plots(report: Report) -> list[str]:
    plots: list[str] = []
    if not report.headline:
        return plots
    metric = report.headline[0]
    trial = report.models[:1]
    few = (
        f" Only {_LINES} models: the best, and the one on trial."
        if len(report.models) > _LINES
        else ""
    )
    by_group = _by_group(report, metric)
    if by_group is not None:
        plots.append(
            series(
                by_group[1], steps=by_group[0], title=f"{metric} by popularity of the target",
                x="third of the training events, and queries", y=metric, emphasis=trial,
                caption="Head: the most popular items, which have a third of the events." + few,
            )
        )  # fmt: skip
    by_length = _by_length(report, metric)
    if by_length is not None:
        plots.append(
            series(
                by_length[1], steps=by_length[0], title=f"{metric} by length of the history",
                x="items known, and queries", y=metric, emphasis=trial, caption=few.strip(),
            )
        )  # fmt: skip
    return plots


def _coverage(report: Report) -> list[str]:
    """Draw what is found against how much of the catalogue is shown, where both are known."""
    if not report.headline:
        return []
    metric = report.headline[0]
    coverage = f"coverage@{MetricName.parse(metric).k}"
    covered = {one.model: one.value for one in report.measurements if one.metric == coverage}
    reached = {one.model: one.value for one in report.measurements if one.metric == metric}
    points = [(model, reached[model], covered[model]) for model in reached if model in covered]
    if not points:
        return []
    return [
        scatter(
            points, title="Coverage against accuracy", x=metric, y=coverage,
            emphasis=report.models[:1],
            caption="To the right: finds more. Up: shows more of the catalogue.",
        )
    ]  # fmt: skip


Lines = Mapping[str, Sequence[float | None]]


def _by_group(report: Report, metric: str) -> tuple[list[str], Lines] | None:
    """Return the thirds that have queries, and what each model measures on them."""
    counts = {one.metric: one.n for one in report.measurements}
    groups = [group for group in _GROUPS if counts.get(f"{metric} {group}")]
    if len(groups) < 2:
        return None
    steps = [f"{group}\n{counts[f'{metric} {group}']:,}" for group in groups]
    found = {(one.model, one.metric): one.value for one in report.measurements}
    lines = {
        model: [found.get((model, f"{metric} {group}")) for group in groups]
        for model in _few(report, metric)
    }
    return steps, lines


def _by_length(report: Report, metric: str) -> tuple[list[str], Lines] | None:
    """Cut the queries by how much they know, into parts of about the same size."""
    name = MetricName.parse(metric)
    if report.queries is None or name.metric not in METRICS or not report.ranks:
        return None
    part = _parts_of(report.queries.history_length)
    parts = np.unique(part)
    if len(parts) < 2:
        return None
    steps = [_step(report.queries.history_length[part == one]) for one in parts]
    lines = {}
    for model in _few(report, metric):
        gains = METRICS[name.metric](report.ranks[model], name.k)
        lines[model] = [float(gains[part == one].mean()) for one in parts]
    return steps, lines


def _few(report: Report, metric: str) -> list[str]:
    """Return the best models, and the one on trial if it is none of them, in the report's order."""
    best = {*ordered(report, metric)[: _LINES - 1], report.models[0]}
    best |= {*ordered(report, metric)[:_LINES]} if len(best) < _LINES else set()
    return [model for model in report.models if model in best]


def _parts_of(lengths: NDArray[np.int32]) -> NDArray[np.int64]:
    """Cut lengths into parts of about the same size; what is much smaller joins its neighbour."""
    starts = np.unique(np.quantile(lengths, np.arange(_STEPS) / _STEPS, method="lower"))
    part = np.searchsorted(starts, lengths, side="right") - 1
    counts = np.bincount(part, minlength=len(starts))
    small = np.flatnonzero(counts < _LEAST * len(lengths))
    kept = np.delete(starts, np.where(small > 0, small, 1)) if len(starts) > 1 else starts
    kept[0] = starts[0]
    return np.searchsorted(kept, lengths, side="right") - 1


def _step(lengths: NDArray[np.int32]) -> str:
    low, high = int(lengths.min()), int(lengths.max())
    return f"{low if low == high else f'{low}-{high}'}\n{len(lengths):,}"
