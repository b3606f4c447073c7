"""A report as text for a terminal."""

from __future__ import annotations

import textwrap

from x2vec._text import aligned, printable
from x2vec.evaluation.report import Report
from x2vec.evaluation.tables import Table, leaderboard, losses, main_row, verdicts

__all__ = ["brief_text_of", "heading", "text_of"]

_WIDTH = 100


def text_of(report: Report) -> str:
    """Return the leaderboard, what tells its models apart, and what was lost on the way."""
    compared = verdicts(report, is_brief=True)
    parts = [heading(report), _said(leaderboard(report))]
    if compared is not None:
        parts.append("\n" + _said(compared))
    if lost := losses(report):
        parts.append("\n" + "\n".join(lost))
    return "\n".join(parts)


def brief_text_of(report: Report) -> str:
    """Return the main table alone, models in the report's order: what ``print`` shows."""
    rows = [["model", *report.headline, "unanswered"]]
    rows += [main_row(report, model) for model in report.models]
    lines = [heading(report), *aligned(rows, right=range(1, len(rows[0])))]
    if any(one.low is not None for one in report.measurements):
        lines.append("beside each figure its 95 % interval")
    return "\n".join([*lines, *(one.removesuffix(".") for one in losses(report))])


def heading(report: Report) -> str:
    """Say what was asked.

    Example:
        >>> heading(Report(task="next item", measurements=(), n_queries=400, n_items=50))
        'next item: 400 queries against 50 items, ties count against the model'
    """
    return (
        f"{report.task}: {report.n_queries:,} queries against {report.n_items:,} items, "
        "ties count against the model"
    )


def _said(table: Table) -> str:
    cells = [[printable(cell) for cell in row] for row in [table.head, *table.rows]]
    note = textwrap.wrap(printable(table.note), _WIDTH)
    return "\n".join([*aligned(cells, right=table.right), *note])
