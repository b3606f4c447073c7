"""BPR: factors that put what a sequence holds before what it does not, by implicit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.pairs import for_implicit, incidence
from x2vec.recommendation.ranker import check_askable

__all__ = ["Bpr"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Bpr:
    """Scores an item by the product of its factors with the sum of those of the history.

    Rendle et al., "BPR: Bayesian Personalized Ranking from Implicit Feedback", 2009. Sequences are
    users, who have factors of their own in training. A history that is new has none, so the sum
    of its items' factors stands for them; an item's bias is added to its score.

    NDCG@20 on validation parts of yoochoose-100k, Yes.com playlists and Online Retail, by
    ``python -m benchmarks.baseline_settings --data ../data``, at a learning rate of 0.1: .334,
    .047 and .111 with a regularization of 0.001, .356, .032 and .105 with 0.01, .178, .015 and .027
    with 0.1; at a rate of 0.02 and 0.001, .155, .040 and .122.

    Attributes:
        factors: (n_items, size) float32.
        biases: (n_items,) float32.
        decay: What an item of the history weighs against the one after it; 1 is the plain sum.
        name: What reports call it.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> baskets = Sequences.from_lists([["a", "b"], ["c", "d"]] * 50, ordered=False)
        >>> ranker = Bpr.fit(Corpus.of(baskets, Vocabulary.of(baskets)), size=4, seed=1)
        >>> scores = ranker.scores(Histories.of([[0]], n_items=4))
        >>> bool(scores[0, 1] > scores[0, 2:].max())
        True
    """

    factors: NDArray[np.float32]
    biases: NDArray[np.float32]
    decay: float = 1.0
    name: str = "bpr"

    @classmethod
    def fit(
        cls,
        corpus: Corpus,
        *,
        size: int = 64,
        alpha: float = 0.1,
        regularization: float = 0.001,
        iterations: int = 30,
        seed: int = 0,
    ) -> Bpr:
        """Factorize, in one thread: more would draw and write in an order that no seed decides.

        Args:
            corpus: The training part.
            size: Factors of an item.
            alpha: The learning rate.
            regularization: Of all factors.
            iterations: Passes over the events.
            seed: Of all draws.
        """
        from implicit.cpu.bpr import BayesianPersonalizedRanking
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, "blas"):
            model = BayesianPersonalizedRanking(
                factors=size,
                learning_rate=alpha,
                regularization=regularization,
                iterations=iterations,
                num_threads=1,
                random_state=seed,
            )
            model.fit(for_implicit(incidence(corpus)), show_progress=False)
        factors, biases = model.item_factors[:, :-1], model.item_factors[:, -1]
        return cls(factors=np.ascontiguousarray(factors), biases=biases.copy())

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return len(self.factors)

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer the queries whose history holds an item with factors other than zero."""
        return histories.hold(self._has_factors)

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Score every item, (n_queries, n_items) float32."""
        check_askable(self, histories)
        users = histories.weights(decay=self.decay) @ self.factors
        scores: NDArray[np.float32] = users @ self.factors.T
        scores += self.biases
        return scores

    @cached_property
    def _has_factors(self) -> NDArray[np.bool_]:
        return np.asarray(self.factors.any(axis=1))
