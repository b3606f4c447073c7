"""Association rules of two items: what stands in one sequence with the last item."""

from __future__ import annotations

from dataclasses import dataclass

from x2vec.corpus import Corpus
from x2vec.recommendation.pairs import pairs_in_baskets, pairs_in_sequences
from x2vec.recommendation.rules import Rules, shares

__all__ = ["AssociationRules"]


@dataclass(frozen=True, eq=False)
class AssociationRules(Rules):
    """Scores an item by the share of pairs with the history's items that are pairs with it.

    AR in Ludewig and Jannach, "Evaluation of Session-based Recommendation Algorithms", 2018:
    all pairs of two events in a session count, in both directions, and the last item
    of the history asks. A basket has no last item, so there each item of the history asks, and
    an item counts once a basket.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> from x2vec.recommendation import Histories
        >>> baskets = Sequences.from_lists([["a", "b"], ["a", "c"], ["a", "b"]], ordered=False)
        >>> ranker = AssociationRules.fit(Corpus.of(baskets, Vocabulary.of(baskets)))
        >>> ranker.scores(Histories.of([[0]], n_items=3)).round(3)
        array([[0.   , 0.667, 0.333]], dtype=float32)
    """

    name: str = "association-rules"

    @classmethod
    def fit(cls, corpus: Corpus) -> AssociationRules:
        """Count pairs.

        Raises:
            DataError: There are too many different pairs for memory.
        """
        if corpus.ordered:
            return cls(shares(pairs_in_sequences(corpus)), last=1)
        return cls(shares(pairs_in_baskets(corpus)))
