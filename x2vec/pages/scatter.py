"""Points with their names, on two axes: what one is good at against what another is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from x2vec.pages.axes import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Scale, plot
from x2vec.pages.labels import Box, free_place, text_width, trimmed

__all__ = ["scatter"]

_HEIGHT: Final = 340
_MOST_NAME: Final = 134
_LINE: Final = 13  # pixels of a name from top to bottom


def scatter(
    points: Sequence[tuple[str, float, float]],
    *,
    title: str,
    x: str,
    y: str,
    caption: str = "",
    emphasis: Collection[str] = (),
) -> str:
    """Draw points from 0 on both axes, each with its name where there is room for it.

    Args:
        points: Name, and the values on the horizontal and the vertical axis; at least one.
        title: Any text; also what a screen reader says.
        x: Name of the horizontal axis.
        y: Name of the vertical axis.
        caption: What to see in it.
        emphasis: Names of the points that stand out.

    Example:
        >>> drawn = scatter([("ease", 0.3, 0.5)], title="Coverage", x="hr@20", y="coverage@20")
        >>> drawn.count("<circle")
        1
    """
    right = WIDTH - RIGHT
    across = Scale(0, _top(point[1] for point in points), LEFT, right)
    up = Scale(0, _top(point[2] for point in points), _HEIGHT - BOTTOM, TOP)
    at = {name: (across(a), up(b)) for name, a, b in points}
    taken: list[Box] = [(cx - 5, cy - 5, cx + 5, cy + 5) for cx, cy in at.values()]
    inside = (LEFT + 2.0, TOP - 14.0, right + 12.0, _HEIGHT - BOTTOM - 1.0)
    drawn, names = [], []
    for name, (cx, cy) in at.items():
        look = "strong" if name in emphasis else ""
        width = min(text_width(name), _MOST_NAME)
        box = free_place((cx, cy), (width, _LINE), taken, inside)
        taken.append(box)
        near = (min(max(cx, box[0]), box[2]), min(max(cy, box[1]), box[3]))
        if (near[0] - cx) ** 2 + (near[1] - cy) ** 2 > 13**2:
            drawn.append(
                f'<line class="leader" x1="{cx:.1f}" y1="{cy:.1f}" x2="{near[0]:.1f}" '
                f'y2="{near[1]:.1f}"/>'
            )
        names.append(
            f'<circle class="dot {look}" cx="{cx:.1f}" cy="{cy:.1f}" r="4"/>'
            f'<text class="name {look}" x="{(box[0] + box[2]) / 2:.1f}" y="{box[3] - 3:.1f}" '
            f'text-anchor="middle">{trimmed(name, _MOST_NAME)}</text>'
        )
    return plot(
        across, up, [*drawn, *names], title=title, x=x, y=y, caption=caption, height=_HEIGHT
    )


def _top(values: Iterable[float]) -> float:
    top = max(values, default=0.0)
    return top * 1.08 if top > 0 else 1.0
