"""Progress as events: long work tells a listener how far it is, and prints nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

__all__ = ["Listener", "Notice", "Progress", "silent"]


@dataclass(frozen=True)
class Progress:
    """How far one stage of the work is.

    Attributes:
        stage: What is going on, such as ``"read"`` or ``"train"``.
        done: Units done so far.
        total: Units in all, or None where nobody knows.
        unit: What is counted, such as ``"events"`` or ``"tokens"``.
        figures: Further numbers worth showing, such as the mean loss.
    """

    stage: str
    done: float
    total: float | None
    unit: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """One sentence that the user should see, such as the unit of time that was inferred."""

    stage: str
    text: str


Listener = Callable[[Progress | Notice], None]


def silent(event: Progress | Notice) -> None:
    """Hear everything and show nothing."""
