"""The rules by which sequences are cut and cleaned, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from x2vec.adapters.durations import microseconds
from x2vec.errors import ConfigError

__all__ = ["SequenceRules", "as_rules"]


@dataclass(frozen=True)
class SequenceRules:
    """How raw sequences are cut and cleaned; every rule is optional.

    They apply in this order: gap, ends, minimum dwell time, repeats, then minimum count, lengths
    and, once more, ``"collapse"``, these again and again until nothing changes, so that all hold in
    the result. Gap and dwell time are those between the events as they were read.

    Attributes:
        gap: A pause longer than this cuts a sequence in two, such as ``"30m"``, ``"12h"``,
            ``"1d"``; units are ms, s, m, h and d.
        ends: Kinds of events that end a sequence, such as ``["purchase"]``: it is cut after each
            of them, and what follows is another sequence. The event itself stays: of repeats of
            its item it is the one that is kept.
        min_dwell: Events that last shorter than this are removed, such as ``"2s"``. How long an
            event lasts is the time to the next event of its sequence, after cutting and before
            anything is removed; the last one of a sequence has no such time, and stays.
        repeats: ``"keep"`` keeps every event, ``"collapse"`` one of a run of equal items,
            ``"unique"`` the first event of each item in a sequence. ``"auto"`` keeps them where
            order means something and is ``"unique"`` in baskets.
        min_count: Items with fewer events than this are removed.
        min_length: Sequences shorter than this are removed.
        max_length: Sequences longer than this are removed.
    """

    gap: str | None = None
    ends: tuple[str, ...] = ()
    min_dwell: str | None = None
    repeats: Literal["auto", "keep", "collapse", "unique"] = "auto"
    min_count: int = 1
    min_length: int = 1
    max_length: int | None = None

    def __post_init__(self) -> None:
        for name in ("gap", "min_dwell"):
            if getattr(self, name) is not None:
                microseconds(getattr(self, name), name=name)
        object.__setattr__(self, "ends", _names("ends", self.ends))
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


def _names(name: str, given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        raise ConfigError(f'{name} is {given!r}; it must be a list: ["{given}"]')
    return tuple(given)


def as_rules(rules: SequenceRules | None, changes: dict[str, Any]) -> SequenceRules:
    """Return the rules given whole, or those made of the keyword arguments."""
    if rules is not None and changes:
        raise ConfigError("give the rules either whole or as keyword arguments, not both")
    return rules if rules is not None else SequenceRules(**changes)
