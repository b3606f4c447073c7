"""The hybrid: what several rankers say of an item, each on its scale, weighed and added up."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import ConfigError
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.hybrid.scale import PLAIN, Scale
from x2vec.recommendation.ranker import Ranker, check_askable

__all__ = ["Hybrid", "Part"]


@dataclass(frozen=True, eq=False)
class Part:
    """A ranker as a part of a hybrid.

    Attributes:
        ranker: What it is.
        weight: What its opinions are multiplied with, above 0.
        scale: What makes opinions of its scores.

    Raises:
        ConfigError: The weight is out of bounds.
    """

    ranker: Ranker
    weight: float = 1.0
    scale: Scale = PLAIN

    def __post_init__(self) -> None:
        if not 0 < self.weight < np.inf:
            raise ConfigError(f"{self.ranker.name}: weight must be above 0, not {self.weight}")


@dataclass(frozen=True, eq=False)
class Hybrid:
    """Scores an item by the weighted sum of what its parts say: a log-linear pool.

    ``score = sum over parts of weight * opinion + repeat [the history holds the item]
    + last [it is the last item of the history]``. A part that does not answer a query adds nothing.
    Weights are learnt by ``learn_mixture``.

    Attributes:
        parts: At least one, fitted to one vocabulary.
        repeat: What is added to the items of the history, where people come back to an item;
            below 0 where they don't.
        last: What is added to its last item, beside that.
        name: What reports call it.

    Raises:
        ConfigError: There are no parts, or those of several vocabularies; a bonus is not finite.

    Example:
        >>> from x2vec.recommendation.popularity import Popularity
        >>> counts = Popularity(np.array([3, 1, 0]))
        >>> hybrid = Hybrid((Part(counts, weight=2.0),), last=-4.0)
        >>> hybrid.scores(Histories.of([[2], [1, 0]], n_items=3)).tolist()
        [[6.0, 2.0, -4.0], [2.0, 2.0, 0.0]]
    """

    parts: tuple[Part, ...]
    repeat: float = 0.0
    last: float = 0.0
    name: str = "hybrid"

    def __post_init__(self) -> None:
        sizes = {part.ranker.n_items for part in self.parts}
        if len(sizes) != 1:
            found = "none" if not sizes else f"those of vocabularies of {sorted(sizes)} items"
            raise ConfigError(f"{self.name}: parts must be fitted to one vocabulary; found {found}")
        if not (isfinite(self.repeat) and isfinite(self.last)):
            raise ConfigError(
                f"repeat and last must be finite numbers, not {self.repeat} and {self.last}"
            )

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return self.parts[0].ranker.n_items

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer the queries that a part answers."""
        answered = np.zeros(len(histories), dtype=np.bool_)
        for part in self.parts:
            answered |= part.ranker.answers(histories)
        return answered

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Score every item, (n_queries, n_items) float32."""
        check_askable(self, histories)
        scores = np.zeros((len(histories), self.n_items), dtype=np.float32)
        for part in self.parts:
            answered = part.ranker.answers(histories)
            opinions = part.scale.of(part.ranker.scores(histories.take(answered)))
            scores[answered] += np.float32(part.weight) * opinions
        for bonus, held in ((self.repeat, histories), (self.last, histories.tail(1))):
            if bonus:
                scores[held.distinct()] += np.float32(bonus)
        return scores
