"""VSTAN: session neighbours with decays over the history, over sessions and inside a neighbour."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.errors import ConfigError
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.neighbours.arrays import LEAST, Weighing
from x2vec.recommendation.neighbours.decays import (
    Decay,
    check_decay,
    check_stretch,
    exponential,
    steps_back,
    weights_by,
)
from x2vec.recommendation.neighbours.index import SessionIndex
from x2vec.recommendation.ranker import check_askable

__all__ = ["VSTAN"]

# By `python -m benchmarks.knn_settings`, whose figures stand in docs/session_knn.md.
K = 1000
SAMPLE = 2000
LAMBDA_HISTORY = None
LAMBDA_INSIDE = 8.0
LAST: Decay = "quadratic"
IDF = 0.1


@dataclass(frozen=True, eq=False)
class VSTAN:
    """Scores an item by the neighbours that hold it near the last common item.

    STAN of Garg et al., "Sequence and Time Aware Neighborhood for Session-based Recommendations",
    SIGIR 2019, with the decay by the last common item and the weighting by idf of V-SKNN, which
    together are VSTAN (Ludewig et al., "Empirical analysis of session-based recommendation
    algorithms", 2021)::

        similarity = sum over common items of exp(-back / lambda_history)
                     / sqrt(|history| * |session|) * exp(-age / lambda_age)
        score = sum over neighbours of similarity * last(back of the last common item)
                * exp(-|place - place of the last common item| / lambda_inside)
                * (1 + idf * log(sessions / sessions with the item))

    Lengths count different items, and an item that repeats stands where it stood last. STAN's age
    is the time between two sessions. A corpus has no times, so here it is the number of sequences
    that follow in the corpus, and the factor is left out unless ``lambda_age`` is given: it means
    something only where that order is that of time. No factor falls below 1e-8.

    Measured on all test prefixes of yoochoose-1_64, P@20 and MRR@20 are 69.03 and 27.95
    (``python -m benchmarks.baselines``).

    Attributes:
        index: The sessions, and how many of them are neighbours.
        lambda_history: Events back at which an event counts 1/e; None for no decay.
        lambda_age: Sequences back at which a session counts 1/e; None for no decay.
        lambda_inside: Events from the common item at which an item of a neighbour counts 1/e; None
            for no decay.
        last: How the weight of a neighbour falls with its last common item, see ``Decay``.
        idf: How much more items count that few sessions hold.
        name: What reports call it.

    Raises:
        ConfigError: A parameter out of bounds.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> clicks = Sequences.from_lists([["a", "b", "c"], ["d", "e"]])
        >>> corpus = Corpus.of(clicks, Vocabulary.of(clicks))
        >>> ranker = VSTAN.fit(corpus, lambda_inside=1, idf=0)
        >>> ranker.scores(Histories.of([[0]], n_items=5)).astype(float).round(2).tolist()
        [[0.58, 0.21, 0.08, 0.0, 0.0]]
    """

    index: SessionIndex
    lambda_history: float | None = LAMBDA_HISTORY
    lambda_age: float | None = None
    lambda_inside: float | None = LAMBDA_INSIDE
    last: Decay = LAST
    idf: float = IDF
    name: str = "vstan"

    def __post_init__(self) -> None:
        check_stretch("lambda_history", self.lambda_history)
        check_stretch("lambda_age", self.lambda_age)
        check_stretch("lambda_inside", self.lambda_inside)
        check_decay("last", self.last)
        if not 0 <= self.idf < np.inf:
            raise ConfigError(f"idf must be a finite number of at least 0, not {self.idf}")

    @classmethod
    def fit(
        cls,
        corpus: Corpus,
        *,
        k: int = K,
        sample: int = SAMPLE,
        lambda_history: float | None = LAMBDA_HISTORY,
        lambda_age: float | None = None,
        lambda_inside: float | None = LAMBDA_INSIDE,
        last: Decay = LAST,
        idf: float = IDF,
        workers: int | None = None,
    ) -> VSTAN:
        """Index the sequences of a corpus.

        Args:
            corpus: The training part. In baskets, whose order means nothing, nothing decays by
                place: ``lambda_history``, ``lambda_inside`` and ``last`` are not looked at.
            k: How many sessions are neighbours.
            sample: Among how many of the last sessions that share an item they are sought.
            lambda_history: See above, as the ones below.
            lambda_age: None unless the sequences of the corpus are in the order of time.
            lambda_inside: Likewise.
            last: Likewise.
            idf: Likewise.
            workers: Threads, as many as there are cores unless given.

        Raises:
            ConfigError: A parameter out of bounds.
        """
        index = SessionIndex.of(corpus, k=k, sample=sample, workers=workers)
        if not corpus.ordered:
            lambda_history, lambda_inside, last = None, None, "same"
        return cls(index, lambda_history, lambda_age, lambda_inside, last, idf)

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return self.index.n_items

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer the queries whose history holds an item of a session."""
        return self.index.answers(histories)

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Score every item, (n_queries, n_items) float32; 0 where no neighbour holds it."""
        check_askable(self, histories)
        ages = np.arange(len(self.index))[::-1]
        roots = np.sqrt(np.maximum(self.index.lengths, 1))
        weighing = Weighing(
            events=exponential(steps_back(histories), self.lambda_history),
            of_last=weights_by(self.last, histories),
            of_session=exponential(ages, self.lambda_age) / roots,
            of_item=1 + self.idf * self.index.rarity,
            by_distance=self._by_distance(),
            by_root=True,
        )
        return self.index.scores(histories, weighing)

    def _by_distance(self) -> NDArray[np.float64]:
        """Return what items count by their distance, as far as it falls or as sessions reach."""
        if self.lambda_inside is None:
            return np.empty(0)
        reach = min(self.index.longest, -log(LEAST) * self.lambda_inside)
        return exponential(np.arange(ceil(reach) + 1), self.lambda_inside)
