"""V-SKNN: session neighbours for whom the last events of a history weigh most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.errors import ConfigError
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.neighbours.arrays import Weighing
from x2vec.recommendation.neighbours.decays import Decay, check_decay, weights_by
from x2vec.recommendation.neighbours.index import SessionIndex
from x2vec.recommendation.ranker import check_askable

__all__ = ["VSKNN"]

# By `python -m benchmarks.knn_settings`, whose figures stand in docs/session_knn.md.
K = 1000
SAMPLE = 2000
SIMILARITY: Decay = "linear"
LAST: Decay = "quadratic"
IDF = 0.1


@dataclass(frozen=True, eq=False)
class VSKNN:
    """Scores an item by the decayed similarities of the neighbours that hold it.

    V-SKNN of Ludewig and Jannach, "Evaluation of session-based recommendation algorithms", User
    Modeling and User-Adapted Interaction 28, 2018, with the weighting by idf of Ludewig et al.,
    "Empirical analysis of session-based recommendation algorithms", 2021. The similarity is the
    sum of the weights of the events whose items a session holds, an item counting where it stood
    last; it is not divided by lengths. A neighbour whose last common item is far back in the
    history counts less by ``last``.

    Measured on all test prefixes of yoochoose-1_64, P@20 and MRR@20 are 68.35 and 28.15
    (``python -m benchmarks.baselines``).

    Attributes:
        index: The sessions, and how many of them are neighbours.
        similarity: How the weight of events falls in similarities, see ``Decay``.
        last: How the weight of a neighbour falls with its last common item.
        idf: An item's score is multiplied by ``1 + idf * log(sessions / sessions with it)``.
        name: What reports call it.

    Raises:
        ConfigError: A decay that does not exist, or an ``idf`` that is no finite number from 0 on.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> clicks = Sequences.from_lists([["a", "b"], ["a", "c"], ["a", "c", "d", "e"]])
        >>> corpus = Corpus.of(clicks, Vocabulary.of(clicks))
        >>> ranker = VSKNN.fit(corpus, last="inverse", idf=0)
        >>> ranker.scores(Histories.of([[1, 2]], n_items=5)).tolist()
        [[1.5, 0.5, 1.0, 0.25, 0.25]]
    """

    index: SessionIndex
    similarity: Decay = SIMILARITY
    last: Decay = LAST
    idf: float = IDF
    name: str = "vsknn"

    def __post_init__(self) -> None:
        check_decay("similarity", self.similarity)
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
        similarity: Decay | None = None,
        last: Decay | None = None,
        idf: float = IDF,
        workers: int | None = None,
    ) -> VSKNN:
        """Index the sequences of a corpus.

        Args:
            corpus: The training part.
            k: How many sessions are neighbours.
            sample: Among how many of the last sessions that share an item they are sought.
            similarity: For ordered sequences; in baskets every item weighs the same.
            last: Likewise.
            idf: How much more items count that few sessions hold.
            workers: Threads, as many as there are cores unless given.

        Raises:
            ConfigError: A decay for baskets, whose order means nothing; a parameter out of bounds.
        """
        if not corpus.ordered:
            for name, decay in (("similarity", similarity), ("last", last)):
                if decay not in (None, "same"):
                    raise ConfigError(
                        f"{name} = {decay!r}, but the order inside a basket means nothing. Leave "
                        f"{name} out, or read the source as ordered events."
                    )
            similarity = last = "same"
        index = SessionIndex.of(corpus, k=k, sample=sample, workers=workers)
        return cls(index, similarity or SIMILARITY, last or LAST, idf)

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
        weighing = Weighing(
            events=weights_by(self.similarity, histories),
            of_last=weights_by(self.last, histories),
            of_session=np.ones(len(self.index)),
            of_item=1 + self.idf * self.index.rarity,
            by_distance=np.empty(0),
            by_root=False,
        )
        return self.index.scores(histories, weighing)
