"""Plots of one distribution as inline SVG: bars over edges, and a line, on linear or log axes.

Drawn here, for a few kinds of plot are less than a plotting package to install, and take their
colours from the page, in light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from x2vec.pages.axes import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Scale, Ticks, plot

__all__ = ["bars", "line"]


def bars(
    edges: Sequence[float],
    counts: Sequence[float],
    *,
    title: str,
    x: str,
    y: str,
    caption: str = "",
    log_x: bool = False,
    ticks: Ticks | None = None,
    marks: Ticks = (),
) -> str:
    """Draw a histogram.

    Args:
        edges: (n + 1,) ascending, above zero on a log axis.
        counts: (n,) not below zero.
        title: Any text; also what a screen reader says.
        x: Name and unit of the horizontal axis.
        y: Name of the vertical axis.
        caption: What to see in it.
        log_x: Whether the horizontal axis is logarithmic.
        ticks: Values and labels of the horizontal axis; round numbers unless given.
        marks: Values to mark by a dashed line, with a label each.
    """
    across = Scale(edges[0], edges[-1], LEFT, WIDTH - RIGHT, is_log=log_x)
    up = Scale(0, max(counts, default=0) or 1, HEIGHT - BOTTOM, TOP)
    drawn = []
    for start, end, count in zip(edges, edges[1:], counts, strict=False):
        if count:
            left, right, top = across(start), across(end), up(count)
            width = max(right - left - 1, 0.8)
            drawn.append(
                f'<rect class="bar" x="{left:.1f}" y="{min(top, up(0) - 1):.1f}" '
                f'width="{width:.1f}" height="{max(up(0) - top, 1):.1f}"/>'
            )
    for value, words in marks:
        place = across(value)
        anchor = "end" if place > WIDTH * 0.6 else "start"
        shift = -4 if anchor == "end" else 4
        drawn.append(
            f'<line class="mark" x1="{place:.1f}" x2="{place:.1f}" y1="{TOP - 6}" y2="{up(0)}"/>'
            f'<text class="marked" x="{place + shift:.1f}" y="{TOP + 2}" '
            f'text-anchor="{anchor}">{escape(words)}</text>'
        )
    return plot(across, up, drawn, title=title, x=x, y=y, caption=caption, ticks=ticks)


def line(
    xs: Sequence[float],
    ys: Sequence[float],
    *,
    title: str,
    x: str,
    y: str,
    caption: str = "",
) -> str:
    """Draw a line through points above zero, both axes logarithmic; see ``bars``."""
    across = Scale(xs[0], max(xs[-1], xs[0] * 10), LEFT, WIDTH - RIGHT, is_log=True)
    up = Scale(min(ys), max(*ys, min(ys) * 10), HEIGHT - BOTTOM, TOP, is_log=True)
    points = " ".join(f"{across(a):.1f},{up(b):.1f}" for a, b in zip(xs, ys, strict=True))
    drawn = [f'<polyline class="line" points="{points}"/>']
    return plot(across, up, drawn, title=title, x=x, y=y, caption=caption)
