"""Session-kNN: what stood in the sessions most like this one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.neighbours.arrays import Weighing
from x2vec.recommendation.neighbours.index import SessionIndex
from x2vec.recommendation.ranker import check_askable

__all__ = ["SessionKNN"]

# By `python -m benchmarks.knn_settings`, whose figures stand in docs/session_knn.md.
K = 200
SAMPLE = 2000


@dataclass(frozen=True, eq=False)
class SessionKNN:
    """Scores an item by the similarities of the neighbours that hold it.

    SKNN of Jannach and Ludewig, "When Recurrent Neural Networks meet the Neighborhood for
    Session-Based Recommendation", RecSys 2017: a session is the set of its items, its similarity
    to a history the cosine ``|both| / sqrt(|history| * |session|)``.

    Measured on all test prefixes of yoochoose-1_64, P@20 and MRR@20 are 63.20 and 24.89
    (``python -m benchmarks.baselines``).

    Attributes:
        index: The sessions, and how many of them are neighbours.
        name: What reports call it.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> clicks = Sequences.from_lists([["a", "b"], ["a", "c"], ["a", "c", "d", "e"]])
        >>> ranker = SessionKNN.fit(Corpus.of(clicks, Vocabulary.of(clicks)), k=2)
        >>> ranker.scores(Histories.of([[1]], n_items=5)).astype(float).round(2).tolist()
        [[1.21, 1.21, 0.0, 0.5, 0.5]]
    """

    index: SessionIndex
    name: str = "session-knn"

    @classmethod
    def fit(
        cls, corpus: Corpus, *, k: int = K, sample: int = SAMPLE, workers: int | None = None
    ) -> SessionKNN:
        """Index the sequences of a corpus.

        Args:
            corpus: The training part. Baskets do as well: order has no part in it.
            k: How many sessions are neighbours.
            sample: Among how many of the last sessions that share an item they are sought.
            workers: Threads, as many as there are cores unless given.

        Raises:
            ConfigError: A number below 1.
        """
        return cls(SessionIndex.of(corpus, k=k, sample=sample, workers=workers))

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
        ones = np.ones(len(histories.rows))
        weighing = Weighing(
            events=ones,
            of_last=ones,
            of_session=1 / np.sqrt(np.maximum(self.index.lengths, 1)),
            of_item=np.ones(self.n_items),
            by_distance=np.empty(0),
            by_root=True,
        )
        return self.index.scores(histories, weighing)
