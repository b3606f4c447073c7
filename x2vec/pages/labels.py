"""Labels of a plot that keep out of each other's way: how wide text is, and where it has room."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import cos, pi, sin
from typing import Final

__all__ = ["Box", "free_place", "spread", "text_width", "trimmed"]

_SIGN: Final = 6.7
"""Pixels of a sign of 12 pixels in the fonts of the page, on the wide side."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def text_width(text: str) -> float:
    """Return about how many pixels a label takes.

    Example:
        >>> text_width("markov") < text_width("popularity")
        True
    """
    return _SIGN * sum(1.9 if sign > "\u2e7f" else 1.0 for sign in text)


def trimmed(text: str, width: float) -> str:
    """Return a label as SVG text content that takes at most ``width``; escaped.

    What is cut is told by a dot dot dot, and by a title that shows all of it.

    Example:
        >>> trimmed("a & b", 100)
        'a &amp; b'
    """
    if text_width(text) <= width:
        return escape(text)
    short = text
    while short and text_width(short) + _SIGN > width:
        short = short[:-1]
    return f"{escape(short)}…<title>{escape(text)}</title>"


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels on one line apart until each is ``gap`` from the next, and move them little.

    Args:
        places: Where each would stand.
        gap: The least distance.
        low: Where the first may stand.
        high: Where the last may stand; labels that need more room go beyond it.

    Returns:
        Where each stands, in the order given.

    Example:
        >>> spread([5.0, 5.0, 30.0], 10, 0, 100)
        [0.0, 10.0, 30.0]
    """
    order = sorted(range(len(places)), key=lambda one: places[one])
    groups: list[tuple[float, list[int]]] = []  # the middle that labels want, and the labels
    for one in order:
        groups.append((places[one], [one]))
        while len(groups) > 1 and _end(groups[-2], gap) + gap > _start(groups[-1], gap):
            (middle, members), (other, others) = groups[-2:]
            n, m = len(members), len(others)
            groups[-2:] = [((n * middle + m * other) / (n + m), [*members, *others])]
    moved = [0.0] * len(places)
    after = low
    for group in groups:
        for n, one in enumerate(group[1]):
            moved[one] = max(_start(group, gap) + n * gap, after)
            after = moved[one] + gap
    before = max(high, low + gap * (len(places) - 1))
    for one in reversed(order):
        moved[one] = min(moved[one], before)
        before = moved[one] - gap
    return moved


def _start(group: tuple[float, list[int]], gap: float) -> float:
    return group[0] - gap * (len(group[1]) - 1) / 2


def _end(group: tuple[float, list[int]], gap: float) -> float:
    return group[0] + gap * (len(group[1]) - 1) / 2


def free_place(
    point: tuple[float, float],
    size: tuple[float, float],
    taken: Sequence[Box],
    inside: Box,
) -> Box:
    """Return a box for a label near a point that meets no other box; round it, then farther off.

    Args:
        point: What the label belongs to.
        size: Width and height of the label.
        taken: Boxes of points, and of labels that are placed already.
        inside: Where labels may stand.

    Returns:
        The nearest free box; where there is none, that to the right of the point.
    """
    x, y = point
    width, height = size
    for distance in range(8, 240, 6):
        for turn in (0, 8, 4, 12, 2, 14, 6, 10, 1, 15, 3, 13, 5, 11, 7, 9):  # sixteenths
            angle = turn * pi / 8
            across, down = cos(angle), sin(angle)
            middle = (
                x + across * distance + width / 2 * _side(across),
                y + down * distance + height / 2 * _side(down) * (abs(across) < 0.9),
            )
            box = (
                middle[0] - width / 2, middle[1] - height / 2,
                middle[0] + width / 2, middle[1] + height / 2,
            )  # fmt: skip
            if _holds(inside, box) and not any(_meet(box, other) for other in taken):
                return box
    return (x + 8, y - height / 2, x + 8 + width, y + height / 2)


def _side(value: float) -> float:
    return 0.0 if abs(value) < 1e-9 else (1.0 if value > 0 else -1.0)


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
