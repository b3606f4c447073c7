"""The query form: how a history becomes a question to two matrices of an embedding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from x2vec.adapters.durations import microseconds
from x2vec.errors import ConfigError
from x2vec.training import Elsa, Model, SessionSoftmax

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
        weights: What each of the last items weighs, the latest first, in place of ``decay`` and
            ``last``; a training that learns positions gives them.
        idf: Whether an item of the history weighs, besides, by how rare it is:
            ``log(1 + all counts / its count)``.
        half_life: A time such as ``"30d"``, as ``gap`` is written: an event that is so much older
            than the latest one of its history weighs half as much. Histories need times then. It
            makes no difference how long ago the latest one was: that would divide the weights of
            all of them alike, and a query is a mean.
        weighted: Whether an event weighs, besides, as its source says, such as by its rating; one
            of weight 0 is as if it were not there. Histories need event weights then.

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
    weights: tuple[float, ...] | None = None
    idf: bool = False
    half_life: str | None = None
    weighted: bool = False

    def __post_init__(self) -> None:
        if self.weights is not None:
            object.__setattr__(self, "weights", tuple(self.weights))
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
        problems += [
            f"{name} must be True or False, not {value!r}"
            for name, value in (("idf", self.idf), ("weighted", self.weighted))
            if not isinstance(value, bool)
        ]
        problems += self._wrong_weights()
        try:
            _ = self.half_life_microseconds
        except ConfigError as error:
            problems.append(str(error))
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
            >>> QueryForm.of(SessionSoftmax(decay=0.5, window=9)).decay
            0.5
        """
        if isinstance(model, SessionSoftmax):
            return (
                cls(prior=0.0, decay=model.decay, last=model.window) if ordered else cls(prior=0.0)
            )
        if isinstance(model, Elsa):
            return cls(scoring="in-in")
        return cls()

    def with_learnt(self, model: Model, fades: NDArray[np.float32] | None) -> QueryForm:
        """Return the form with the weights that a training has learnt, if it has.

        Args:
            model: What was learnt; a form with another decay or reach than its own stays as it is.
            fades: (window,) what an item weighs so many places before the last one, or None.
        """
        own = QueryForm.of(model)
        if fades is None or (self.decay, self.last, self.weights) != (own.decay, own.last, None):
            return self
        weights = tuple(round(float(one), 6) for one in fades / fades.max())
        return replace(self, decay=1.0, last=None, weights=weights)

    def prior_of(self, ns_exponent: float) -> float:
        """Return the prior as a number, for a model with this exponent of its noise."""
        if self.scoring == "in-in":
            return 0.0
        return ns_exponent if self.prior is None else self.prior

    @property
    def half_life_microseconds(self) -> int | None:
        """The half-life in microseconds; None where age does not count.

        Raises:
            ConfigError: It is no duration; making a form asks.
        """
        if self.half_life is None:
            return None
        return microseconds(str(self.half_life), name="half_life")

    def _wrong_weights(self) -> list[str]:
        weights = self.weights
        if weights is None:
            return []
        numbers = [one for one in weights if isinstance(one, int | float) and 0 <= one < inf]
        if len(numbers) < len(weights) or not any(numbers[:1]):  # a history may be of one item
            return [f"weights must be numbers from 0 on, the first above, not {list(weights)}"]
        if self.decay != 1 or self.last is not None:
            return ["weights take the place of decay and last; leave these out"]
        return []

    def __str__(self) -> str:
        words: list[str] = [self.scoring]
        if self.weights is not None:
            words.append(f"weights of the last {len(self.weights)} items")
        elif self.last is not None:
            words.append("last item" if self.last == 1 else f"last {self.last} items")
        if self.last != 1 and self.weights is None:
            words.append("mean" if self.decay == 1 else f"decay {self.decay:g}")
        if self.half_life is not None:
            words.append(f"half-life {self.half_life}")
        words += [word for word, is_so in (("weighted", self.weighted), ("idf", self.idf)) if is_so]
        if self.scoring == "in-out":
            prior = "ns_exponent" if self.prior is None else f"{self.prior:g}"
            words.append(f"prior {prior}")
        return ", ".join(words)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
