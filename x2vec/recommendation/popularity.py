"""Popularity: the same list for everyone, by training counts; the least that a model must beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.ranker import check_askable

__all__ = ["Popularity"]


@dataclass(frozen=True, eq=False)
class Popularity:
    """Scores an item by the number of its training events, whatever the history.

    Attributes:
        counts: (n_items,) int64.
        name: What reports call it.

    Example:
        >>> ranker = Popularity(np.array([5, 3, 1]))
        >>> ranker.scores(Histories.of([[2]], n_items=3)).tolist()
        [[5.0, 3.0, 1.0]]
    """

    counts: NDArray[np.int64]
    name: str = "popularity"

    @classmethod
    def fit(cls, corpus: Corpus) -> Popularity:
        """Count the events of each item."""
        return cls(corpus.counts())

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return len(self.counts)

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer every query, an empty history too."""
        return np.ones(len(histories), dtype=np.bool_)

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Return the counts once a query, (n_queries, n_items) float32, as a read-only view."""
        check_askable(self, histories)
        shape = (len(histories), self.n_items)
        return np.broadcast_to(self.counts.astype(np.float32), shape)
