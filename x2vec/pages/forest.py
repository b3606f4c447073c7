"""A forest plot: one figure a row as a dot, with its interval as a line; a leaderboard to look at.

The dots tell the order, and the lines which of the differences are more than chance.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape
from typing import Final

from x2vec.pages.axes import WIDTH, Scale, figure
from x2vec.pages.labels import text_width, trimmed

__all__ = ["forest"]

_ROW: Final = 21
_TOP: Final = 8
_MOST_NAME: Final = 168  # pixels of a name; the rest of it is a title
_FIGURE: Final = 62  # pixels for the figure at the end of a row


def forest(
    rows: Sequence[tuple[str, float, float, float]],
    *,
    title: str,
    x: str,
    caption: str = "",
    emphasis: Collection[str] = (),
) -> str:
    """Draw dots with intervals, a row each, the first row on top.

    Args:
        rows: Name, value, low end and high end; at least one.
        title: Any text; also what a screen reader says.
        x: Name of the horizontal axis.
        caption: What to see in it.
        emphasis: Names of the rows that stand out.

    Example:
        >>> drawn = forest([("ease", 0.3, 0.28, 0.32)], title="Leaderboard", x="hr@20")
        >>> drawn.count("<circle")
        1
    """
    left = min(max(text_width(row[0]) for row in rows), _MOST_NAME) + 14
    right = WIDTH - _FIGURE
    base = _TOP + _ROW * len(rows)
    across = Scale(*_ends(rows), left, right)
    drawn = []
    for value, words in across.ticks():
        place = across(value)
        drawn.append(
            f'<line class="axis" x1="{place:.1f}" x2="{place:.1f}" y1="{_TOP}" y2="{base}"/>'
            f'<text x="{place:.1f}" y="{base + 16}" text-anchor="middle">{escape(words)}</text>'
        )
    for n, (name, value, low, high) in enumerate(rows):
        y = _TOP + _ROW * (n + 0.5)
        strong = " strong" if name in emphasis else ""
        drawn.append(
            f'<text class="name{strong}" x="{left - 10:.1f}" y="{y + 4:.1f}" text-anchor="end">'
            f"{trimmed(name, left - 14)}</text>"
            f'<line class="interval{strong}" x1="{across(low):.1f}" x2="{across(high):.1f}" '
            f'y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<circle class="dot{strong}" cx="{across(value):.1f}" cy="{y:.1f}" r="4"/>'
            f'<text class="value{strong}" x="{WIDTH - 4}" y="{y + 4:.1f}" text-anchor="end">'
            f"{value:.4f}</text>"
        )
    drawn.append(
        f'<text x="{(left + right) / 2:.1f}" y="{base + 34}" text-anchor="middle">'
        f"{escape(x)}</text>"
    )
    return figure(drawn, title=title, caption=caption, height=base + 40)


def _ends(rows: Sequence[tuple[str, float, float, float]]) -> tuple[float, float]:
    """Return the ends of the axis: from 0, unless all rows are far from it."""
    low = min(min(row[1:]) for row in rows)
    high = max(max(row[1:]) for row in rows)
    if 0 <= low < 0.6 * high or low == high:
        return (0.0, high * 1.04) if high > 0 else (0.0, 1.0)
    room = 0.06 * (high - low)
    return low - room, high + room
