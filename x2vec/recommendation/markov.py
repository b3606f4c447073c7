"""A Markov chain: what came right after the last item; what an ordered model must beat."""

from __future__ import annotations

from dataclasses import dataclass

from x2vec.corpus import Corpus
from x2vec.recommendation.pairs import pairs_ahead
from x2vec.recommendation.rules import Rules, check_ordered, shares

__all__ = ["Markov"]


@dataclass(frozen=True, eq=False)
class Markov(Rules):
    """Scores an item by how often it came right after the last item of the history.

    MC in Ludewig and Jannach, "Evaluation of Session-based Recommendation Algorithms", 2018:
    the share of the transitions from the last item that lead to each other one.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> from x2vec.recommendation import Histories
        >>> clicks = Sequences.from_lists([["a", "b"], ["a", "b"], ["a", "a", "b"]])
        >>> ranker = Markov.fit(Corpus.of(clicks, Vocabulary.of(clicks)))
        >>> ranker.scores(Histories.of([[1, 0]], n_items=2)).tolist()
        [[0.25, 0.75]]
    """

    last: int | None = 1
    name: str = "markov"

    @classmethod
    def fit(cls, corpus: Corpus) -> Markov:
        """Count transitions.

        Raises:
            DataError: The sequences are baskets, or have too many different pairs for memory.
        """
        check_ordered(corpus, name="markov", instead="association-rules")
        return cls(shares(pairs_ahead(corpus, [1.0])))
