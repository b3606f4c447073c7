"""The section ``[cold_start]``: what of the item table makes vectors of items without events."""

from __future__ import annotations

from dataclasses import dataclass, fields

from x2vec.coldstart import ColdStart

__all__ = ["Inference"]


@dataclass(frozen=True, kw_only=True)
class Inference(ColdStart):
    """How a run infers vectors; the fields of ``ColdStart``, and this.

    Attributes:
        infer: Whether the items of the item table that training gives no vector are published with
            an inferred one; else the version only keeps how to infer them.
        blend: Whether the items of few events are published with a vector between the trained and
            the inferred one.

    Example:
        >>> Inference(text="title").settings == ColdStart(text="title")
        True
    """

    infer: bool = True
    blend: bool = False

    @property
    def settings(self) -> ColdStart:
        """The cold start alone."""
        return ColdStart(**{one.name: getattr(self, one.name) for one in fields(ColdStart)})
