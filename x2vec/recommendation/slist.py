"""SLIST: the linear model of sessions in closed form, from what came before to what came next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.corpus.blocks import offsets_of
from x2vec.errors import ConfigError
from x2vec.recommendation.gram import add_product, add_to_diagonal, check_room, factorize, solve
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.pairs import incidence, runs
from x2vec.recommendation.ranker import check_askable
from x2vec.recommendation.rules import check_ordered

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Slist"]

LEAST_WEIGHT = 1e-3
"""Events whose weight has decayed below this are left out of a past or a future."""


EVENTS_AT_ONCE = 1 << 17
"""Events whose sequences are cut at a time: some 200 MB at a spread of 4."""


@dataclass(frozen=True, eq=False)
class Slist:
    """Scores an item by the sum of its weights from the items of the history, the last weigh most.

    Choi et al., "Session-aware Linear Item-Item Models for Session-based Recommendation", 2021.
    Two linear models share one table B of weights, by ridge regression:

    - SLIS, ``share`` of the loss: a session, as the set X of its items, predicts itself, X = X B.
    - SLIT, the rest: at each cut of a session, the past S predicts the future T, T = S B, where
      events weigh ``exp(-steps from the cut / spread)``.

    So ``B = (share X'X + (1 - share) S'S + regularization I) ** -1 (share X'X + (1 - share) S'T)``.
    The paper weighs sessions by their age too, which a corpus does not know, and may bound the
    diagonal, which is not done here: on click sessions an item often follows itself.

    NDCG@20 on validation parts of yoochoose-100k and Yes.com playlists, by ``python -m
    benchmarks.baseline_settings --data ../data``: with both spreads at 1 .419 and .049, at 2
    .411 and .055, at 4 .396 and .063. Who has sessions alone takes 1.

    Attributes:
        weights: (n_items, n_items) float32, dense; from the row to the column.
        spread: Over how many steps the weight of a history's items falls to 1/e.
        name: What reports call it.

    Raises:
        ConfigError: ``spread`` is not above 0.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> clicks = Sequences.from_lists([["a", "b", "c"]] * 3)
        >>> corpus = Corpus.of(clicks, Vocabulary.of(clicks))
        >>> ranker = Slist.fit(corpus, share=0, regularization=0.1)
        >>> ranker.scores(Histories.of([[0]], n_items=3)).argmax()  # b comes after a
        np.int64(1)
    """

    weights: NDArray[np.float32]
    spread: float = 4.0
    name: str = "slist"

    def __post_init__(self) -> None:
        if not self.spread > 0:
            raise ConfigError(f"spread must be above 0, not {self.spread}")

    @classmethod
    def fit(
        cls,
        corpus: Corpus,
        *,
        share: float = 0.2,
        regularization: float = 30.0,
        train_spread: float = 4.0,
        spread: float = 4.0,
    ) -> Slist:
        """Solve for the weights.

        Args:
            corpus: The training part, ordered.
            share: What SLIS counts, 0 to 1; the paper's alpha.
            regularization: The paper's lambda.
            train_spread: The paper's delta for positions in training.
            spread: The paper's delta for positions of a history that is asked.

        Raises:
            ConfigError: A parameter out of bounds.
            DataError: The sequences are baskets, or so many items that two tables of items by
                items take too much memory.
        """
        if not 0 <= share <= 1:
            raise ConfigError(f"share must lie in 0 .. 1, not {share}")
        if not regularization > 0:
            raise ConfigError(f"regularization must be above 0, not {regularization}")
        if not train_spread > 0:
            raise ConfigError(f"train_spread must be above 0, not {train_spread}")
        check_ordered(corpus, name="slist", instead="ease")
        check_room(corpus.n_items, tables=2, name="slist")
        gram = np.zeros((corpus.n_items, corpus.n_items), dtype=np.float32)
        right = np.zeros_like(gram)
        for start, end in runs(corpus.offsets, EVENTS_AT_ONCE):
            past, future = _cuts(corpus, start, end, train_spread)
            add_product(gram, past, past, weight=1 - share)
            add_product(right, future, past, weight=1 - share)  # LAPACK reads its transpose
        whole = incidence(corpus)
        add_product(gram, whole, whole, weight=share)
        add_product(right, whole, whole, weight=share)
        add_to_diagonal(gram, regularization)
        weights = solve(factorize(gram), right.T)
        return cls(np.ascontiguousarray(weights), spread=spread)

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
        decayed = histories.weights(decay=float(np.exp(-1 / self.spread)))
        scores: NDArray[np.float32] = decayed @ self.weights
        return scores

    @cached_property
    def _leads_on(self) -> NDArray[np.bool_]:
        return np.asarray(self.weights.any(axis=1))


def _cuts(corpus: Corpus, start: int, end: int, spread: float) -> tuple[csr_array, csr_array]:
    """Cut sequences ``start`` to ``end`` between any two events; weigh the pasts and the futures.

    Returns:
        Two tables (n_cuts, n_items) float32, sparse. An item that stands on one side of a cut
        more than once has the weight of its event nearest to the cut.
    """
    offsets = corpus.offsets[start : end + 1]
    sequence = np.repeat(np.arange(end - start), np.maximum(np.diff(offsets) - 1, 0))
    firsts, ends = offsets[:-1][sequence], offsets[1:][sequence]
    before = offsets_of(np.maximum(np.diff(offsets) - 1, 0))
    cuts = firsts + 1 + np.arange(len(sequence)) - before[:-1][sequence]  # the first of the future
    reach = 1 + int(spread * -log(LEAST_WEIGHT))
    past = _side(corpus, cuts - 1, -1, np.minimum(cuts - firsts, reach), spread)
    future = _side(corpus, cuts, 1, np.minimum(ends - cuts, reach), spread)
    return past, future


def _side(
    corpus: Corpus,
    nearest: NDArray[np.int64],
    direction: int,
    lengths: NDArray[np.int64],
    spread: float,
) -> csr_array:
    """Weigh so many events from the nearest to a cut on, (n_cuts, n_items) float32, sparse."""
    from scipy.sparse import csr_array

    offsets = offsets_of(lengths)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    steps = np.arange(offsets[-1]) - offsets[:-1][owner]
    rows = corpus.rows[nearest[owner] + direction * steps].astype(np.int64)
    _, first = np.unique(owner * corpus.n_items + rows, return_index=True)  # the nearest of an item
    values = np.exp(-steps[first] / spread).astype(np.float32)
    shape = (len(lengths), corpus.n_items)
    return csr_array((values, (owner[first], rows[first])), shape=shape)
