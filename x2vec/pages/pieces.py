"""Pieces of a page: sections, figures, cards, tables, code. All text given is escaped."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from html import escape
from typing import Final

__all__ = ["block", "cards", "code", "figures", "paragraph", "section", "table"]

_NUMBER: Final = ' class="number"'


def section(title: str, *parts: str) -> str:
    """Return a section: a title, and HTML under it."""
    return f"<section>\n<h2>{escape(title)}</h2>\n" + "\n".join(parts) + "\n</section>"


def block(*parts: str) -> str:
    """Return HTML side by side where there is room, such as plots."""
    return '<div class="grid">\n' + "\n".join(parts) + "\n</div>"


def figures(named: Iterable[tuple[str, str]]) -> str:
    """Return numbers in large type, each with what it is: pairs of value and words."""
    boxes = (
        f'<div class="figure"><b>{escape(value)}</b><span class="soft">{escape(words)}</span></div>'
        for value, words in named
    )
    return '<div class="figures">\n' + "\n".join(boxes) + "\n</div>"


def cards(of: Iterable[tuple[str, str, Sequence[str]]]) -> str:
    """Return messages under each other: level (warning, note or good), title, and paragraphs."""
    return "\n".join(
        f'<div class="card {escape(level)}"><span class="level">{escape(level)}</span>'
        f"<h3>{escape(title)}</h3>" + "".join(f"<p>{escape(one)}</p>" for one in said) + "</div>"
        for level, title, said in of
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Container[int] = ()) -> str:
    """Return a table, in which the columns of ``right``, from 0, hold numbers."""
    lines = [_row("th", head, right), *(_row("td", row, right) for row in rows)]
    return '<div class="box"><table>\n' + "\n".join(lines) + "\n</table></div>"


def code(text: str) -> str:
    """Return text as it is, in a type of one width."""
    return f"<pre><code>{escape(text)}</code></pre>"


def paragraph(text: str, *, is_soft: bool = False) -> str:
    """Return a paragraph; a soft one is a remark."""
    look = ' class="soft"' if is_soft else ""
    return f"<p{look}>{escape(text)}</p>"


def _row(tag: str, cells: Sequence[str], right: Container[int]) -> str:
    inside = (
        f"<{tag}{_NUMBER if place in right else ''}>{escape(cell)}</{tag}>"
        for place, cell in enumerate(cells)
    )
    return f"<tr>{''.join(inside)}</tr>"
