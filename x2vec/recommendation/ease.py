"""EASE: the linear model that has a closed form, an item predicted from all others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.errors import ConfigError
from x2vec.recommendation.gram import (
    add_product,
    add_to_diagonal,
    check_room,
    factorize,
    inverse_of,
)
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.pairs import incidence
from x2vec.recommendation.ranker import check_askable

__all__ = ["Ease"]


@dataclass(frozen=True, eq=False)
class Ease:
    """Scores an item by the sum of its weights from the items of the history, each counted once.

    Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", 2019, equation 8: of the table X
    of sequences by items, holding ones, ``P = (X.T @ X + regularization * I) ** -1``, and the
    weights are ``-P_ij / P_jj``, with zeros on the diagonal. The order of a history means nothing.

    NDCG@20 on validation parts of yoochoose-100k, Yes.com playlists and Online Retail, by
    ``python -m benchmarks.baseline_settings --data ../data``: .213, .052 and .235 with a
    regularization of 30, .214, .060 and .234 with 100, .214, .065 and .226 with 300, .211, .067
    and .211 with 1,000.

    Attributes:
        weights: (n_items, n_items) float32, dense; from the row to the column.
        name: What reports call it.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> baskets = Sequences.from_lists([["a", "b"], ["a", "b"], ["c"]], ordered=False)
        >>> corpus = Corpus.of(baskets, Vocabulary.of(baskets))
        >>> ranker = Ease.fit(corpus, regularization=1.0)
        >>> ranker.scores(Histories.of([[0]], n_items=3)).round(3)  # b from a: 2 / (2 + 1)
        array([[0.   , 0.667, 0.   ]], dtype=float32)
    """

    weights: NDArray[np.float32]
    name: str = "ease"

    @classmethod
    def fit(cls, corpus: Corpus, *, regularization: float = 300.0) -> Ease:
        """Solve for the weights.

        Args:
            corpus: The training part.
            regularization: What is added to the number of sequences that hold an item.

        Raises:
            ConfigError: ``regularization`` is not above 0.
            DataError: So many items that the table of weights takes too much memory.
        """
        if not regularization > 0:
            raise ConfigError(f"regularization must be above 0, not {regularization}")
        check_room(corpus.n_items, tables=1, name="ease")
        holds = incidence(corpus)
        weights = np.zeros((corpus.n_items, corpus.n_items), dtype=np.float32)
        add_product(weights, holds, holds)
        add_to_diagonal(weights, regularization)
        weights = inverse_of(factorize(weights))
        diagonal = np.arange(corpus.n_items)
        weights /= -weights[diagonal, diagonal]
        weights[diagonal, diagonal] = 0
        return cls(weights)

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return len(self.weights)

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer the queries whose history holds an item with a weight other than zero."""
        return histories.hold(self._leads_on)

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Score every item, (n_queries, n_items) float32."""
        check_askable(self, histories)
        held = histories.weights()
        held.data[:] = 1
        scores: NDArray[np.float32] = held @ self.weights
        return scores

    @cached_property
    def _leads_on(self) -> NDArray[np.bool_]:
        return np.asarray(self.weights.any(axis=1))
