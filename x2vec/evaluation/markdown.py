"""A report as Markdown, for an issue, a pull request or a page of documentation."""

from __future__ import annotations

import re

from x2vec._text import printable
from x2vec.evaluation.report import Report
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

__all__ = ["markdown_of", "table_of"]


def markdown_of(report: Report) -> str:
    r"""Return the report as Markdown; names are shown as they are, whatever signs they hold.

    Example:
        >>> from x2vec.evaluation import Measurement
        >>> found = Measurement("a|b", "hr@10", 0.25, 0.21, 0.29, 400, 0.0)
        >>> report = Report(task="next item", measurements=(found,), n_queries=400, n_items=50)
        >>> print(markdown_of(report).splitlines()[6])
        | a\|b | 0.2500 .210-.290 | 0.0 % |
    """
    command = report.used.get("command")
    parts = [
        f"# Leaderboard: {_escaped(report.task)}",
        _escaped(heading(report)) + ".",
        table_of(leaderboard(report)),
        "\n".join(f"- {_escaped(one)}" for one in losses(report)),
        _section("Is the difference real?", verdicts(report)),
        _section("By target", targets(report)),
        _section("Rare targets", rare(report)),
        _section("Short histories", short(report)),
        _section("What the lists are like", lists(report)),
        _section("How it was made", how_it_was_made(report)),
        _code(str(command)) if command else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(title: str, table: Table | None) -> str:
    return "" if table is None or not table.rows else f"## {title}\n\n{table_of(table)}"


def table_of(table: Table) -> str:
    """Return one table as Markdown, with its note below."""
    rule = ["--:" if n in table.right else "---" for n in range(len(table.head))]
    cells = [[_escaped(cell) for cell in row] for row in table.rows]
    rows = [[_escaped(cell) for cell in table.head], rule, *cells]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{lines}\n\n{_escaped(table.note)}" if table.note else lines


def _code(text: str) -> str:
    """Return text in a fence that nothing inside it can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}sh\n{printable(text)}\n{fence}"


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\|`*_\[\]#~])", r"\\\1", text)
