"""Axes of a plot: scales with round ticks, and the figure that axes, names and caption make."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, isfinite, log10
from typing import Final

__all__ = [
    "BOTTOM",
    "HEIGHT",
    "LEFT",
    "LINE",
    "RIGHT",
    "TOP",
    "WIDTH",
    "Scale",
    "Ticks",
    "figure",
    "plot",
]

WIDTH: Final = 480
HEIGHT: Final = 270
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 20, 46
"""Room around what is drawn, for the axes."""

LINE: Final = 13
"""From one line of a label to the next."""

_MOST_TICKS: Final = 8

Ticks = Sequence[tuple[float, str]]


class Scale:
    """From values to places on the plot, and the round values between its ends."""

    def __init__(
        self, low: float, high: float, start: float, end: float, *, is_log: bool = False
    ) -> None:
        self._is_log = is_log
        self.low, self.high = low, high if high > low else low + 1
        self._from, self._to = self._of(self.low), self._of(self.high)
        self._start, self._end = start, end

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        share = (self._of(value) - self._from) / (self._to - self._from)
        return self._start + share * (self._end - self._start)

    def _of(self, value: float) -> float:
        return log10(value) if self._is_log else value

    def ticks(self) -> Ticks:
        """Return round values between the ends, with their labels."""
        values = self._powers() if self._is_log else self._round()
        return [(value, _label(value)) for value in values if self.low <= value <= self.high]

    def _powers(self) -> list[float]:
        first, last = floor(self._from), ceil(self._to)
        steps = (1, 2, 5) if last - first <= 2 else (1,)
        every = ceil((last - first + 1) / _MOST_TICKS)
        return [step * 10.0**power for power in range(first, last + 1, every) for step in steps]

    def _round(self) -> list[float]:
        rough = (self.high - self.low) / 4
        power = 10.0 ** floor(log10(rough))
        step = next(s * power for s in (1, 2, 5, 10) if s * power >= rough)
        first = ceil(self.low / step)
        return [step * n for n in range(first, floor(self.high / step) + 1)]


def _label(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size and isfinite(value):
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def plot(
    across: Scale,
    up: Scale,
    drawn: Sequence[str],
    *,
    title: str,
    x: str,
    y: str,
    caption: str,
    ticks: Ticks | None = None,
    right: float = WIDTH - RIGHT,
    height: float = HEIGHT,
    bottom: float = BOTTOM,
) -> str:
    """Put two axes with grid lines around what was drawn.

    Args:
        across: The horizontal scale.
        up: The vertical scale.
        drawn: Elements of SVG.
        title: Any text; also what a screen reader says.
        x: Name and unit of the horizontal axis.
        y: Name of the vertical axis.
        caption: What to see in it.
        ticks: Values and labels of the horizontal axis; round numbers unless given. A label of
            two lines has a line break.
        right: Where the axes end; beyond it is room for labels.
        height: Of the whole.
        bottom: Room under the axes.
    """
    base = height - bottom
    axes = []
    for value, words in up.ticks():
        place = up(value)
        axes.append(
            f'<line class="axis" x1="{LEFT}" x2="{right}" y1="{place:.1f}" y2="{place:.1f}"/>'
            f'<text x="{LEFT - 8}" y="{place + 4:.1f}" text-anchor="end">{escape(words)}</text>'
        )
    for value, words in across.ticks() if ticks is None else ticks:
        for n, words_of_line in enumerate(words.split("\n")):
            axes.append(
                f'<text x="{across(value):.1f}" y="{base + 17 + LINE * n}" text-anchor="middle">'
                f"{escape(words_of_line)}</text>"
            )
    axes.append(f'<line class="axis" x1="{LEFT}" x2="{right}" y1="{base}" y2="{base}"/>')
    names = (
        f'<text x="{(LEFT + right) / 2}" y="{height - 8}" text-anchor="middle">{escape(x)}</text>'
        f'<text transform="translate(13 {(TOP + base) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(y)}</text>'
    )
    return figure([*axes, *drawn, names], title=title, caption=caption, height=height)


def figure(
    drawn: Sequence[str], *, title: str, caption: str, width: float = WIDTH, height: float = HEIGHT
) -> str:
    """Put a title above elements of SVG, and a caption under them."""
    said = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    label = escape(f"{title}. {caption}", quote=True)
    return (
        f'<figure><h3>{escape(title)}</h3><svg viewBox="0 0 {width} {height:g}" role="img" '
        f'aria-label="{label}"><title>{escape(title)}</title>{"".join(drawn)}</svg>{said}</figure>'
    )
