"""The section ``[cold_start]``: what of the item table makes vectors of items without events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from x2vec._text import closest
from x2vec.coldstart import ColdStart
from x2vec.errors import ConfigError

__all__ = ["Inference"]


@dataclass(frozen=True, kw_only=True)
class Inference(ColdStart):
    """How a run infers vectors; the fields of ``ColdStart``, and this.

    Attributes:
        infer: Whether the items of the item table that training gives no vector are published with
            an inferred one; else the version only keeps how to infer them.

    Example:
        >>> Inference(text="title").settings == ColdStart(text="title")
        True
    """

    infer: bool = True

    @property
    def settings(self) -> ColdStart:
        """The cold start alone."""
        return ColdStart(**{one.name: getattr(self, one.name) for one in fields(ColdStart)})

    def refuse_dropped(self, kept: Sequence[str]) -> None:
        """Refuse to look at columns that the store would not keep.

        Raises:
            ConfigError: There are some; what a version infers from has to be in it.
        """
        dropped = [name for name in self if name not in kept]
        if dropped:
            close = closest(dropped[0], kept)
            hint = f"did you mean {close!r}?" if close else "Add it there."
            raise ConfigError(
                f"[cold_start] {self.kind_of(dropped[0])} names the column {dropped[0]!r}, which "
                f"columns of [items] does not keep; {hint}"
            )
