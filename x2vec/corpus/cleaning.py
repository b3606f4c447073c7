"""Which events a rule keeps: plain functions over codes, offsets and times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.blocks import mask, offsets_at, spans
from x2vec.corpus.mapped import empty
from x2vec.errors import ConfigError

__all__ = ["SequenceRules", "as_rules", "gap_offsets", "is_first", "is_new", "microseconds"]

_UNITS = {
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
}


@dataclass(frozen=True)
class SequenceRules:
    """How raw sequences are cut and cleaned; every rule is optional.

    They apply in this order: gap, repeats, then minimum count, lengths and, once more,
    ``"collapse"``, these again and again until nothing changes, so that all hold in the result. The
    gap is that between the events as they were read.

    Attributes:
        gap: A pause longer than this cuts a sequence in two, such as ``"30m"``, ``"12h"``,
            ``"1d"``; units are ms, s, m, h and d.
        repeats: ``"keep"`` keeps every event, ``"collapse"`` one of a run of equal items,
            ``"unique"`` the first event of each item in a sequence. ``"auto"`` keeps them where
            order means something and is ``"unique"`` in baskets.
        min_count: Items with fewer events than this are removed.
        min_length: Sequences shorter than this are removed.
        max_length: Sequences longer than this are removed.
    """

    gap: str | None = None
    repeats: Literal["auto", "keep", "collapse", "unique"] = "auto"
    min_count: int = 1
    min_length: int = 1
    max_length: int | None = None

    def __post_init__(self) -> None:
        if self.gap is not None:
            microseconds(self.gap)
        if self.repeats not in ("auto", "keep", "collapse", "unique"):
            raise ConfigError(
                f"repeats is {self.repeats!r}; it must be auto, keep, collapse or unique"
            )
        for name in ("min_count", "min_length"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.max_length is not None and self.max_length < self.min_length:
            raise ConfigError(
                f"max_length is {self.max_length}; it must be at least min_length, "
                f"{self.min_length}"
            )


def microseconds(duration: str) -> int:
    """Read a duration such as ``"30m"`` as microseconds.

    Raises:
        ConfigError: No number with one of the units ms, s, m, h, d, or not above zero.

    Example:
        >>> microseconds("1.5h")
        5400000000
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*", duration)
    if not match:
        raise ConfigError(
            f"gap is {duration!r}; write a number and a unit: 500ms, 45s, 30m, 2h, 1d"
        )
    length = round(float(match[1]) * _UNITS[match[2]])
    if length <= 0:
        raise ConfigError(f"gap is {duration!r}; it must be above zero")
    return length


def gap_offsets(
    times: NDArray[np.int64], offsets: NDArray[np.int64], gap: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Cut sequences wherever the pause to the event before is longer than ``gap``.

    Args:
        times: (n_events,) microseconds, ascending inside each sequence.
        offsets: (n_sequences + 1,).
        gap: Microseconds.

    Returns:
        The new offsets, and for each new sequence the old one that it was cut from.
    """

    def starts(times: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
        new = np.zeros(len(times), dtype=bool)
        new[1:] = np.diff(times) > gap
        new[offsets[:-1][np.diff(offsets) > 0]] = True
        return new

    new_offsets = offsets_at(mask(starts, times, offsets))
    origin = empty(len(new_offsets) - 1, np.int32)
    for part in spans(origin, new_offsets[:-1]):
        origin[part] = np.searchsorted(offsets, new_offsets[:-1][part], side="right") - 1
    return new_offsets, origin


def is_new(codes: NDArray[np.int32], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say of each event whether its item differs from the event before in its sequence."""
    new = np.ones(len(codes), dtype=bool)
    new[1:] = codes[1:] != codes[:-1]
    new[offsets[:-1][np.diff(offsets) > 0]] = True
    return new


def is_first(codes: NDArray[np.int32], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say of each event whether it is the first of its item in its sequence."""
    sequence = np.repeat(np.arange(len(offsets) - 1, dtype=np.int64), np.diff(offsets))
    keys = sequence * (int(codes.max(initial=0)) + 1) + codes
    first = np.zeros(len(codes), dtype=bool)
    first[np.unique(keys, return_index=True)[1]] = True
    return first


def as_rules(rules: SequenceRules | None, changes: dict[str, Any]) -> SequenceRules:
    """Return the rules given whole, or those made of the keyword arguments."""
    if rules is not None and changes:
        raise ConfigError("give the rules either whole or as keyword arguments, not both")
    return rules if rules is not None else SequenceRules(**changes)
