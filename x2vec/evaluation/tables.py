"""The tables of a report, as rows of text, for a terminal, for Markdown and for a page alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from x2vec.evaluation.buckets import by_events, by_known
from x2vec.evaluation.measurement import Measurement
from x2vec.evaluation.metrics import METRICS, MetricName
from x2vec.evaluation.report import Report
from x2vec.evaluation.standings import ordered, said_of

__all__ = [
    "Table",
    "how_it_was_made",
    "leaderboard",
    "lists",
    "losses",
    "main_row",
    "rare",
    "short",
    "targets",
    "verdicts",
]


class Table(NamedTuple):
    """A table.

    Attributes:
        head: The names of its columns.
        rows: As many cells in each.
        right: The columns that hold numbers.
        note: What is to be said of it.
    """

    head: list[str]
    rows: list[list[str]]
    right: Sequence[int] = ()
    note: str = ""


def leaderboard(report: Report) -> Table:
    """Return the metrics of the main table with their intervals, the best model first."""
    rows = [main_row(report, model) for model in ordered(report)]
    note = f"On trial is {report.models[0]}." if report.models else ""
    if any(one.low is not None for one in report.measurements):
        note += " Beside each figure stands its 95 % interval."
    return _table(["model", *report.headline, "unanswered"], rows, note)


def main_row(report: Report, model: str) -> list[str]:
    """Return a model's row of the main table: its name, its figures, what it did not answer."""
    unanswered = [
        one.unanswered
        for one in report.measurements
        if one.model == model and not MetricName.parse(one.metric).group
    ]
    share = 100 * max(unanswered, default=0.0)
    return [*_figures(report, model, report.headline), f"{share:.1f} %"]


def verdicts(report: Report, *, is_brief: bool = False) -> Table | None:
    """Return how each model compares with the best and with that on trial; None without ranks.

    Args:
        report: With the ranks of single queries.
        is_brief: Whether differences come without their intervals.
    """
    found = report.standings
    if not found:
        return None
    metric, best, trial = found[0].measurement.metric, found[0].model, report.models[0]
    say = partial(said_of, is_brief=is_brief)
    rows = [[one.model, say(one.best, "the best")] for one in found]
    head = ["model", f"against {best}"]
    if trial != best and trial in {one.model for one in found}:
        head.append(f"against {trial}")
        rows = [[*row, say(one.trial, "on trial")] for row, one in zip(rows, found, strict=True)]
    of_what = "judged by" if is_brief else "with 95 % intervals of"
    return Table(
        head,
        rows,
        note=f"Differences in {metric} on the same queries, {of_what} a paired bootstrap; "
        '"no difference" where the 95 % interval holds 0.',
    )


def targets(report: Report) -> Table | None:
    """Return the first metric of the main table by kind of target; None where it is not split."""
    groups = _of_kind(report, lambda name: bool(name.group))
    if not groups:
        return None
    counts = {one.metric: one.n for one in report.measurements}
    head = ["model", *(f"{name} ({counts[name]:,})" for name in groups)]
    rows = [_figures(report, model, groups) for model in ordered(report)]
    note = (
        "New: targets that their history does not hold. Head, middle, tail: the items that have "
        "the first, second and last third of the training events. In brackets: queries."
    )
    return _table(head, rows, note)


def rare(report: Report) -> Table | None:
    """Return the first metric by the events of the target; None where nobody knows them."""
    return _bucketed(
        report,
        by_events(report),
        "by how many events training saw of the target. 0: it has no vector",
    )


def short(report: Report) -> Table | None:
    """Return the first metric by the length of the history; None where all are of one bucket."""
    return _bucketed(report, by_known(report), "by how many items of the history are known")


def _bucketed(
    report: Report, found: Mapping[str, Sequence[Measurement]] | None, what: str
) -> Table | None:
    if not found:
        return None
    buckets = next(iter(found.values()))
    head = ["model", *(f"{one.metric} ({one.n:,})" for one in buckets)]
    rows = [[model, *map(str, figures)] for model, figures in found.items()]
    return _table(head, rows, f"{report.headline[0]}, {what}. In brackets: queries.")


def lists(report: Report) -> Table | None:
    """Return what the recommended lists are like; None where nobody looked at them."""
    names = _of_kind(report, lambda name: name.metric not in METRICS)
    if not names:
        return None
    rows = [_figures(report, model, names) for model in ordered(report)]
    note = (
        "Coverage: the share of the catalogue that is ever shown. Gini: 0 where all items are "
        "shown alike, near 1 where few are. Popularity: the mean rank by training events of the "
        "items shown, 1 for the most popular. Similarity: the mean cosine of two items of a list, "
        "by the sequences that they share."
    )
    return _table(["model", *names], rows, note)


def losses(report: Report) -> list[str]:
    """Return what was lost on the way, a sentence each."""
    return [
        f"{100 * share:.1f} % of the {words}."
        for share, words in (
            (report.unknown_targets, "targets are not in the vocabulary: misses for every model"),
            (report.excluded_targets, "targets stand in their own history: misses for every model"),
            (report.unknown_history, "history items are not in the vocabulary and were left out"),
        )
        if share
    ]


def how_it_was_made(report: Report) -> Table:
    """Return data, split, seed, settings and versions, but for the command."""
    rows: list[list[str]] = []
    for key, value in report.used.items():
        if key != "command":
            rows += _rows(key, value)
    return Table(["what", "value"], rows)


def _rows(key: str, value: Any) -> list[list[str]]:
    if isinstance(value, Mapping) and key == "versions":
        return [[key, ", ".join(f"{name} {version}" for name, version in value.items())]]
    if isinstance(value, Mapping):
        return [row for inner, one in value.items() for row in _settings(key, inner, one)]
    return [[key, _word(value)]]


def _settings(key: str, inner: str, value: Any) -> list[list[str]]:
    """Return a row for a value, or one for a whole section."""
    if not isinstance(value, Mapping):
        return [[inner if key == "data" else f"{key}: {inner}", _word(value)]]
    said = (f"{name} = {_word(one)}" for name, one in value.items() if one is not None)
    return [[f"[{inner}]", ", ".join(said)]]


def _word(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _of_kind(report: Report, is_asked: Any) -> list[str]:
    """Return the metrics of a kind at the largest cut-off; of groups, those of one metric."""
    if not report.headline:
        return []
    first = MetricName.parse(report.headline[0])
    names = [MetricName.parse(one) for one in report.metrics]
    return [
        str(one)
        for one in names
        if is_asked(one) and one.k == first.k and (not one.group or one.metric == first.metric)
    ]


def _figures(report: Report, model: str, metrics: Sequence[str]) -> list[str]:
    found = {one.metric: str(one) for one in report.measurements if one.model == model}
    return [model, *(found.get(metric, "-") for metric in metrics)]


def _table(head: list[str], rows: list[list[str]], note: str) -> Table:
    return Table(head, rows, right=range(1, len(head)), note=note)
