"""ALS: a factorization of who holds what, by implicit; a new history gets factors of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.pairs import for_implicit, incidence
from x2vec.recommendation.ranker import check_askable

__all__ = ["Als"]

CORES = 0
"""How implicit spells "one thread for each core". Each row of factors is solved for by itself, so
threads change nothing."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Als:
    """Scores an item by the product of its factors with those that fit the history best.

    Hu, Koren and Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", 2008: each
    sequence is a user who holds its items, each once, with confidence ``alpha``, and nothing else
    with confidence 1. The factors of a new history are solved for with those of the items fixed
    (equation 4 there), so every history is answered alike, whether training had it or not. The
    order of a history means nothing.

    NDCG@20 on validation parts of yoochoose-100k, Yes.com playlists and Online Retail, by
    ``python -m benchmarks.baseline_settings --data ../data``: .298, .062 and .161 with a
    confidence of 5, .356, .058 and .166 with 20, .383, .054 and .156 with 80, at a regularization
    of 10; .363, .058 and .166 with 20 at 0.1, which is worse in a small catalogue: complements
    planted among forty items are not all found.

    Attributes:
        factors: (n_items, size) float32.
        alpha: The confidence.
        regularization: As in training.
        name: What reports call it.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> baskets = Sequences.from_lists([["a", "b"], ["c", "d"]] * 5, ordered=False)
        >>> ranker = Als.fit(Corpus.of(baskets, Vocabulary.of(baskets)), size=2, seed=1)
        >>> scores = ranker.scores(Histories.of([[0]], n_items=4))
        >>> bool(scores[0, 1] > scores[0, 2:].max())
        True
    """

    factors: NDArray[np.float32]
    alpha: float
    regularization: float
    name: str = "als"

    @classmethod
    def fit(
        cls,
        corpus: Corpus,
        *,
        size: int = 64,
        alpha: float = 20.0,
        regularization: float = 10.0,
        iterations: int = 15,
        seed: int = 0,
    ) -> Als:
        """Factorize.

        Args:
            corpus: The training part.
            size: Factors of an item.
            alpha: The confidence in what a sequence holds.
            regularization: Of all factors.
            iterations: Rounds of sequences and items.
            seed: Of the factors at the start.
        """
        from threadpoolctl import threadpool_limits

        model = _model(
            factors=size,
            alpha=alpha,
            regularization=regularization,
            iterations=iterations,
            random_state=seed,
        )
        with threadpool_limits(1, "blas"):  # implicit's own threads call it
            model.fit(for_implicit(incidence(corpus)), show_progress=False)
        return cls(factors=model.item_factors, alpha=alpha, regularization=regularization)

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return len(self.factors)

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer the queries whose history holds an item with factors other than zero."""
        return histories.hold(self._has_factors)

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Score every item, (n_queries, n_items) float32."""
        from threadpoolctl import threadpool_limits

        check_askable(self, histories)
        held = histories.weights()
        held.data[:] = 1
        with threadpool_limits(1, "blas"):
            users = self._solver.recalculate_user(np.arange(len(histories)), for_implicit(held))
        return np.asarray(users, dtype=np.float32) @ self.factors.T

    @cached_property
    def _solver(self) -> Any:
        """The model of implicit with these factors."""
        model = _model(
            factors=self.factors.shape[1],
            alpha=self.alpha,
            regularization=self.regularization,
        )
        model.item_factors = self.factors
        return model

    @cached_property
    def _has_factors(self) -> NDArray[np.bool_]:
        return np.asarray(self.factors.any(axis=1))


def _model(**parameters: Any) -> Any:
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):  # it warns of more, once; loaded above, so it is limited
        return AlternatingLeastSquares(num_threads=CORES, **parameters)
