"""Lines of several series over the same steps, each with its name at its end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from x2vec.pages.axes import BOTTOM, LEFT, LINE, TOP, WIDTH, Scale, plot
from x2vec.pages.labels import spread, text_width, trimmed

__all__ = ["series"]

_LINE: Final = 14  # pixels from one name to the next
_MOST_NAME: Final = 134
_N_COLOURS: Final = 7
"""So many colours has the page beside the one of what stands out, told apart by those who see few
of them too; further series are dashed in the same."""


def series(
    lines: Mapping[str, Sequence[float | None]],
    *,
    steps: Sequence[str],
    title: str,
    x: str,
    y: str,
    caption: str = "",
    emphasis: Collection[str] = (),
) -> str:
    """Draw a line a series, from 0 up.

    Args:
        lines: From the name of a series to its value at each step; None where it has none. At
            least one.
        steps: What to write under each step, from left to right; a line break makes two lines.
        title: Any text; also what a screen reader says.
        x: Name of the horizontal axis.
        y: Name of the vertical axis.
        caption: What to see in it.
        emphasis: Names of the series that stand out.

    Example:
        >>> drawn = series({"ease": [0.1, None, 0.3]}, steps=["1", "2", "3"], title="By length",
        ...     x="items known", y="hr@20")
        >>> drawn.count("<circle"), drawn.count("<polyline")
        (2, 1)
    """
    ends = {name: _last(values) for name, values in lines.items()}
    known = [name for name, end in ends.items() if end is not None]
    bottom = BOTTOM + LINE * max((step.count("\n") for step in steps), default=0)
    height = max(300, TOP + bottom + _LINE * (len(known) + 1))
    right = WIDTH - 24 - min(max([text_width(name) for name in known], default=0), _MOST_NAME)
    top = max([value for line in lines.values() for value in line if value is not None], default=0)
    up = Scale(0, top * 1.05 if top > 0 else 1, height - bottom, TOP)
    across = Scale(-0.25, len(steps) - 0.75, LEFT, right)
    order = sorted(lines, key=lambda name: name in emphasis)  # what stands out is drawn last
    colour = {name: n for n, name in enumerate(lines)}
    drawn = [
        _line(lines[name], across, up, _look(colour[name], name in emphasis)) for name in order
    ]
    places = {name: up(end[1]) for name, end in ends.items() if end is not None}
    moved = spread([*places.values()], _LINE, TOP, height - bottom)
    for (name, place), label in zip(places.items(), moved, strict=True):
        end = ends[name]
        assert end is not None
        look = _look(colour[name], name in emphasis)
        drawn.append(
            f'<polyline class="leader" points="{across(end[0]) + 5:.1f},{place:.1f} '
            f'{right + 4:.1f},{place:.1f} {right + 14:.1f},{label:.1f}"/>'
            f'<text class="named {look}" x="{right + 18:.1f}" y="{label + 4:.1f}">'
            f"{trimmed(name, _MOST_NAME)}</text>"
        )
    ticks = [*enumerate(steps)]
    return plot(
        across, up, drawn, title=title, x=x, y=y, caption=caption, ticks=ticks, right=right,
        height=height, bottom=bottom,
    )  # fmt: skip


def _last(values: Sequence[float | None]) -> tuple[int, float] | None:
    """Return the last step that has a value, and the value."""
    found = [(n, value) for n, value in enumerate(values) if value is not None]
    return found[-1] if found else None


def _look(number: int, is_strong: bool) -> str:
    """Return the classes of a series: its colour, its dashes, whether it stands out."""
    dashed = " dashed" if number // _N_COLOURS % 2 else ""
    return f"c{number % _N_COLOURS}{dashed}{' strong' if is_strong else ''}"


def _line(values: Sequence[float | None], across: Scale, up: Scale, look: str) -> str:
    """Draw a point for each value, and lines through those that follow each other."""
    runs: list[list[str]] = [[]]
    points = []
    for n, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        x, y = f"{across(n):.1f}", f"{up(value):.1f}"
        runs[-1].append(f"{x},{y}")
        points.append(f'<circle class="point {look}" cx="{x}" cy="{y}" r="2.6"/>')
    drawn = [
        f'<polyline class="series {look}" points="{" ".join(run)}"/>'
        for run in runs
        if len(run) > 1
    ]
    return "".join([*drawn, *points])
