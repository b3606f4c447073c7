"""The query form: how a history becomes a question to two matrices of an embedding."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal, get_args

from x2vec.errors import ConfigError
from x2vec.training import Model, SessionSoftmax

__all__ = ["QueryForm", "Scoring"]

Scoring = Literal["in-in", "in-out"]


@dataclass(frozen=True)
class QueryForm:
    """How a history is asked; costs nothing to change once a model is trained.

    Attributes:
        scoring: ``"in-out"`` multiplies with the context vectors, which finds what comes together;
            ``"in-in"`` takes the cosine to the vectors, which finds what is alike.
        prior: What the logarithm of an item's count is multiplied with before it is added, in-out
            alone; None for the model's ``ns_exponent``, which adds its noise back (see
            ``EmbeddingRanker``).
        decay: What an item of the history weighs against the one after it, above 0 and at most 1.
        last: So many items at the end of the history count; None for all.

    Raises:
        ConfigError: A value out of bounds; the message names all of them.

    Example:
        >>> QueryForm(decay=0.8).prior_of(ns_exponent=0.75), QueryForm("in-in").prior_of(0.75)
        (0.75, 0.0)
    """

    scoring: Scoring = "in-out"
    prior: float | None = None
    decay: float = 1.0
    last: int | None = None

    def __post_init__(self) -> None:
        problems: list[str] = []
        if self.scoring not in get_args(Scoring):
            problems.append(f"scoring must be 'in-in' or 'in-out', not {self.scoring!r}")
        if not 0 < self.decay <= 1:
            problems.append(f"decay must be above 0 and at most 1, not {self.decay}")
        if self.prior is not None and not isfinite(self.prior):
            problems.append(f"prior must be a finite number, not {self.prior}")
        if self.prior and self.scoring == "in-in":
            problems.append("a prior belongs to in-out scoring; a cosine holds no popularity")
        if self.last is not None and not _is_count(self.last):
            problems.append(f"last must be a whole number from 1 on, not {self.last!r}")
        if problems:
            raise ConfigError("\n".join(problems))

    @classmethod
    def of(cls, model: Model, *, ordered: bool = True) -> QueryForm:
        """Return the form that a model is trained for.

        Args:
            model: The model.
            ordered: Whether the order of a history means something; of a basket all items count
                alike.

        Example:
            >>> from x2vec.training import SessionSoftmax
            >>> QueryForm.of(SessionSoftmax(decay=0.5, window=9))
            QueryForm(scoring='in-out', prior=0.0, decay=0.5, last=9)
        """
        if isinstance(model, SessionSoftmax):
            return (
                cls(prior=0.0, decay=model.decay, last=model.window) if ordered else cls(prior=0.0)
            )
        return cls()

    def prior_of(self, ns_exponent: float) -> float:
        """Return the prior as a number, for a model with this exponent of its noise."""
        if self.scoring == "in-in":
            return 0.0
        return ns_exponent if self.prior is None else self.prior

    def __str__(self) -> str:
        words: list[str] = [self.scoring]
        if self.last is not None:
            words.append("last item" if self.last == 1 else f"last {self.last} items")
        if self.last != 1:
            words.append("mean" if self.decay == 1 else f"decay {self.decay:g}")
        if self.scoring == "in-out":
            prior = "ns_exponent" if self.prior is None else f"{self.prior:g}"
            words.append(f"prior {prior}")
        return ", ".join(words)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
