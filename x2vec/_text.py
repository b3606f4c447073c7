"""Text for people: what cannot be printed escaped, tables, and "did you mean"."""

from __future__ import annotations

import difflib
import html
from collections.abc import Container, Iterable, Sequence

__all__ = ["aligned", "as_html", "closest", "printable"]


def printable(text: str) -> str:
    r"""Return text that cannot move a terminal's cursor: what is no sign is written as an escape.

    Example:
        >>> print(printable("red\x1b[31m\n"))
        red\x1b[31m\n
    """
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def aligned(rows: Sequence[Sequence[str]], *, right: Container[int] = ()) -> list[str]:
    """Return a line for each row, its columns of one width and no blanks at the end.

    Args:
        rows: Cells, as many in each row; no rows give no lines.
        right: The columns that stand to the right, counted from 0.

    Example:
        >>> print(*aligned([["item", "count"], ["bread", "7"]], right={1}), sep="|")
        item   count|bread      7
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def as_html(head: Sequence[str], rows: Iterable[Sequence[str]], notes: Iterable[str] = ()) -> str:
    """Return a table for a notebook, with notes below it; whatever cells hold is shown as text.

    Example:
        >>> as_html(["item"], [["<b>"]])
        '<table><thead><tr><th>item</th></tr></thead><tbody><tr><td>&lt;b&gt;</td></tr></tbody></table>'
    """
    cells = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    below = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>{below}"


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, or None if none is close.

    Example:
        >>> closest("ndgc", ["hr", "ndcg"])
        'ndcg'
    """
    return next(iter(difflib.get_close_matches(word, list(known), n=1)), None)
