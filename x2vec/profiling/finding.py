"""A finding: something suspicious, with its number, an example and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "percent"]


@dataclass(frozen=True)
class Finding:
    """One suspicious thing.

    Attributes:
        name: What kind it is, such as ``"giant_sequence"``; one of each kind at most.
        level: ``"warning"`` where training will likely suffer, ``"note"`` where it may.
        text: What was found, with its number, a sentence.
        number: That number: a share from 0 to 1, a count of events, or days.
        example: One case, with the ids as they are; None where there is none to show.
        advice: What to do, in a sentence or two.
    """

    name: str
    level: Literal["warning", "note"]
    text: str
    number: float
    example: str | None
    advice: str


def percent(share: float) -> str:
    """Return a share in words, in three figures, never as 0 or 100 % where it is not.

    Example:
        >>> percent(0.4567), percent(0.00042), percent(0.99996), percent(1)
        ('45.7 %', '0.042 %', '99.996 %', '100 %')
    """
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    for digits in range(1, 8):
        text = f"{100 * share:.{digits}f}"
        if float(text) not in (0.0, 100.0) and (share > 0.001 or digits > 2):
            return f"{text.rstrip('0').rstrip('.')} %"
    return f"{100 * share:.2g} %"
