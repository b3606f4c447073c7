"""Plots as inline SVG: bars over edges, and a line, on linear or log axes, with names and units.

Drawn here, for two kinds of plot are less than a plotting package to install, and take their
colours from the page, in light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, isfinite, log10
from typing import Final

__all__ = ["bars", "line"]

_WIDTH: Final = 480
_HEIGHT: Final = 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 20, 46
_MOST_TICKS: Final = 8

Ticks = Sequence[tuple[float, str]]


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
    across = _Scale(edges[0], edges[-1], _LEFT, _WIDTH - _RIGHT, is_log=log_x)
    up = _Scale(0, max(*counts, 1), _HEIGHT - _BOTTOM, _TOP)
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
        anchor = "end" if place > _WIDTH * 0.6 else "start"
        shift = -4 if anchor == "end" else 4
        drawn.append(
            f'<line class="mark" x1="{place:.1f}" x2="{place:.1f}" y1="{_TOP - 6}" y2="{up(0)}"/>'
            f'<text class="marked" x="{place + shift:.1f}" y="{_TOP + 2}" '
            f'text-anchor="{anchor}">{escape(words)}</text>'
        )
    return _figure(across, up, drawn, title, x, y, caption, ticks)


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
    across = _Scale(xs[0], max(xs[-1], xs[0] * 10), _LEFT, _WIDTH - _RIGHT, is_log=True)
    up = _Scale(min(ys), max(*ys, min(ys) * 10), _HEIGHT - _BOTTOM, _TOP, is_log=True)
    points = " ".join(f"{across(a):.1f},{up(b):.1f}" for a, b in zip(xs, ys, strict=True))
    drawn = [f'<polyline class="line" points="{points}"/>']
    return _figure(across, up, drawn, title, x, y, caption, None)


class _Scale:
    """From values to places on the plot, and the round values between its ends."""

    def __init__(
        self, low: float, high: float, start: float, end: float, *, is_log: bool = False
    ) -> None:
        self._is_log = is_log
        self.low, self.high = low, high if high > low else low + 1
        self._from, self._to = self._of(self.low), self._of(self.high)
        self._start, self._end = start, end

    def __call__(self, value: float) -> float:
        share = (self._of(value) - self._from) / (self._to - self._from)
        return self._start + share * (self._end - self._start)

    def _of(self, value: float) -> float:
        return log10(value) if self._is_log else value

    def ticks(self) -> Ticks:
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


def _figure(
    across: _Scale,
    up: _Scale,
    drawn: Sequence[str],
    title: str,
    x: str,
    y: str,
    caption: str,
    ticks: Ticks | None,
) -> str:
    """Put axes around what was drawn."""
    base, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    axes = []
    for value, words in up.ticks():
        place = up(value)
        axes.append(
            f'<line class="axis" x1="{_LEFT}" x2="{right}" y1="{place:.1f}" y2="{place:.1f}"/>'
            f'<text x="{_LEFT - 8}" y="{place + 4:.1f}" text-anchor="end">{escape(words)}</text>'
        )
    for value, words in across.ticks() if ticks is None else ticks:
        axes.append(
            f'<text x="{across(value):.1f}" y="{base + 17}" text-anchor="middle">'
            f"{escape(words)}</text>"
        )
    axes.append(f'<line class="axis" x1="{_LEFT}" x2="{right}" y1="{base}" y2="{base}"/>')
    names = (
        f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(x)}</text>'
        f'<text transform="translate(13 {(_TOP + base) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(y)}</text>'
    )
    said = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    label = escape(f"{title}. {caption}", quote=True)
    return (
        f'<figure><h3>{escape(title)}</h3><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{label}"><title>{escape(title)}</title>'
        f"{''.join(axes)}{''.join(drawn)}{names}</svg>{said}</figure>"
    )
