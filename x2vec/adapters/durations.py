"""Durations as people write them: a number and a unit, such as ``"30m"``."""

from __future__ import annotations

import re
from typing import Final

from x2vec.errors import ConfigError

__all__ = ["microseconds"]

_UNITS: Final = {
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
}


def microseconds(duration: str, *, name: str = "gap") -> int:
    """Read a duration such as ``"30m"`` as microseconds.

    Args:
        duration: A number and a unit.
        name: What it is the value of, for messages.

    Raises:
        ConfigError: No number with one of the units ms, s, m, h, d, or not above zero.

    Example:
        >>> microseconds("1.5h")
        5400000000
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*", duration)
    if not match:
        raise ConfigError(
            f"{name} is {duration!r}; write a number and a unit: 500ms, 45s, 30m, 2h, 1d"
        )
    length = round(float(match[1]) * _UNITS[match[2]])
    if length <= 0:
        raise ConfigError(f"{name} is {duration!r}; it must be above zero")
    return length
