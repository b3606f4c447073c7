"""The session softmax: a second model, learnt to name the next item from the session so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from x2vec.training.parameters import check_parameters, falling, rate_bounds

__all__ = ["SessionSoftmax"]

Positions = Literal["decay", "learnt"]

_MOST = {
    "vector_size": 65_536,
    "window": 1_000,
    "negative": 1_000_000,
    "epochs": 1_000_000,
    "batch_size": 65_536,
}


@dataclass(frozen=True)
class SessionSoftmax:
    """One vector for the history, and a softmax over what may come next.

    The query is the mean of the vectors of the last ``window`` events before an event, each worth
    ``decay`` times the one after it; the target is that event's item; the loss is the cross
    entropy of a softmax over the target and a sample of other items that the whole batch shares.
    Their scores are lowered by the logarithm of the chance of being in the sample ("logQ
    correction", Bengio and Senecal 2008), so that the sample stands for the catalogue. With a
    temperature both sides have length 1, as in NISER (Gupta et al. 2019). Every step is a few
    matrix products; rows are moved by Adagrad (Duchi et al. 2011), one rate for each row.

    In a basket, whose order means nothing, the target is any item and the query the mean of up to
    ``window`` of the others, drawn anew in each epoch.

    Attributes:
        vector_size: Numbers in a vector.
        window: Events of the history that make the query.
        decay: What an event of the history weighs against the one after it; 1 is the plain mean.
            Baskets always take the plain mean.
        negative: Items in the sample that a batch shares; the whole catalogue where it is smaller.
        ns_exponent: They are drawn from ``count ** ns_exponent``.
        temperature: What the cosine is multiplied with; None scores by plain dot products.
        tied: Whether query and target share one matrix, so that one vector serves similarity and
            next item.
        square: Whether a square matrix W turns the mean m of the history, ``m + mW``; it starts at
            zero.
        last_square: Whether a second one, V, turns the vector l of its last event,
            ``m + mW + lV``. In baskets nothing is last.
        positions: ``"decay"``, or ``"learnt"``: what each place in the history weighs is learnt
            too, and starts at the decay.
        dropout: Chance of an event of the history to be left out of a query; one always stays.
        epochs: Passes over the corpus.
        alpha: Learning rate at the start; it falls linearly.
        min_alpha: Learning rate at the end.
        batch_size: Targets in a step.

    Raises:
        ConfigError: A value out of bounds; the message names all of them.

    Example:
        >>> SessionSoftmax(vector_size=32, epochs=3).window
        10
    """

    example: ClassVar[str] = "query"
    """What a loss is the mean over."""

    vector_size: int = 128
    window: int = 10
    decay: float = 0.3
    negative: int = 2048
    ns_exponent: float = 0.5
    temperature: float | None = 16.0
    tied: bool = True
    square: bool = True
    last_square: bool = True
    positions: Positions = "learnt"
    dropout: float = 0.25
    epochs: int = 5
    alpha: float = 0.05
    min_alpha: float = 0.01
    batch_size: int = 512

    def __post_init__(self) -> None:
        numbers = ["decay", "ns_exponent", "dropout", "alpha", "min_alpha"]
        numbers += [] if self.temperature is None else ["temperature"]
        check_parameters(self, most=_MOST, numbers=numbers, bounds=self._bounds)

    def _bounds(self) -> dict[str, tuple[bool, str]]:
        heat = self.temperature
        return {
            "decay": (0 < self.decay <= 1, "be above 0 and at most 1"),
            "ns_exponent": (-4 <= self.ns_exponent <= 4, "lie between -4 and 4"),
            "positions": (
                self.positions in get_args(Positions),
                f"be one of {', '.join(get_args(Positions))}",
            ),
            "temperature": (heat is None or 0 < heat <= 1_000, "be above 0 and at most 1,000"),
            "dropout": (0 <= self.dropout < 1, "be at least 0 and below 1"),
            **rate_bounds(self.alpha, self.min_alpha),
        }

    def alpha_at(self, done: float) -> float:
        """Return the learning rate when a share ``done`` of the training is done."""
        return falling(self.alpha, self.min_alpha, done)
