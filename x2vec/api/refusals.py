"""What the verbs refuse, each in the same words."""

from __future__ import annotations

from typing import Any

from x2vec.corpus import Sequences
from x2vec.errors import UsageError
from x2vec.jobs import Training

__all__ = ["CUT_OFF", "refuse_beside_job", "refuse_others"]

CUT_OFF = 20
"""Of an evaluation, unless given."""


def refuse_others(verb: str, sequences: object) -> None:
    """Refuse anything but sequences, and say how to make them."""
    if not isinstance(sequences, Sequences):
        raise UsageError(
            f"{verb}: got {type(sequences).__name__}; expected Sequences. Make them of lists by "
            "Sequences.from_lists(lists), or of a source by read."
        )


def refuse_beside_job(verb: str, **given: Any) -> None:
    """Refuse what a job says itself, rather than pass it over in silence."""
    usual = {"k": CUT_OFF, **{name: getattr(Training, name) for name in given if name != "k"}}
    if said := [name for name in given if given[name] != usual[name]]:
        raise UsageError(
            f"{verb}: a job says {said[0]} itself; leave {said[0]} out, or set it there"
        )
