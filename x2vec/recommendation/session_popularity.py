"""Session popularity: what the history holds most often, then what everybody holds most often."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.ranker import check_askable

__all__ = ["SessionPopularity"]

EXACT = 1 << 24
"""Whole numbers up to this one are exact in float32."""


@dataclass(frozen=True, eq=False)
class SessionPopularity:
    """Scores an item by how often the history holds it; ties, and the rest, by training counts.

    S-POP in Hidasi et al., "Session-based Recommendations with Recurrent Neural Networks", 2016.

    The score is ``n_levels * times in the history + level``: items of one training count share a
    level, 0 for the lowest. That is a whole number which float32 holds exactly, so two items tie
    only where both counts do. For that, an item that stands in a history more than ``2 ** 24 /
    n_levels`` times - 16,000 times where training has 1,000 different counts - counts so often.

    Attributes:
        counts: (n_items,) int64, events in training.
        name: What reports call it.

    Example:
        >>> ranker = SessionPopularity(np.array([5, 3, 3, 1]))
        >>> ranker.scores(Histories.of([[3, 3, 1]], n_items=4)).tolist()
        [[2.0, 4.0, 1.0, 6.0]]
    """

    counts: NDArray[np.int64]
    name: str = "session-popularity"

    @classmethod
    def fit(cls, corpus: Corpus) -> SessionPopularity:
        """Count the events of each item."""
        return cls(corpus.counts())

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return len(self.counts)

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer every query, an empty history by training counts alone."""
        return np.ones(len(histories), dtype=np.bool_)

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Score every item, (n_queries, n_items) float32 of whole numbers."""
        check_askable(self, histories)
        scores = np.empty((len(histories), self.n_items), dtype=np.float32)
        scores[:] = self._levels
        times = histories.weights()
        n_levels = len(np.unique(self.counts))
        most = np.float32(EXACT // max(n_levels, 1) - 1)
        queries = np.repeat(np.arange(len(histories)), np.diff(times.indptr))
        scores[queries, times.indices] += n_levels * np.minimum(times.data, most)
        return scores

    @cached_property
    def _levels(self) -> NDArray[np.float32]:
        """The place of each item's count among the different counts, (n_items,)."""
        return np.unique(self.counts, return_inverse=True)[1].astype(np.float32)
