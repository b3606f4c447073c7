"""Item-KNN: the items whose sequences are most like those of the last item, by implicit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from x2vec.corpus import Corpus
from x2vec.errors import ConfigError
from x2vec.recommendation.pairs import events, for_implicit, incidence
from x2vec.recommendation.rules import Rules

__all__ = ["ItemKnn"]


@dataclass(frozen=True, eq=False)
class ItemKnn(Rules):
    """Scores an item by its similarity to the last item, if it is among that item's nearest.

    Item-KNN in Hidasi et al., "Session-based Recommendations with Recurrent Neural Networks",
    2016: how often two items share a session, over the root of the product of how often each
    occurs. Both occurrences are first raised by ``shrink``, so that a similarity of rare items,
    which two sessions can make, stays low. The code published with the paper takes a ``shrink``
    of 20 and the 100 nearest, so these are the defaults, and ``python -m benchmarks.baselines``
    shows that the published figures come out. In baskets, which have no last item, all
    items of the history ask.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> from x2vec.recommendation import Histories
        >>> clicks = Sequences.from_lists([["a", "b"], ["a", "b"], ["a", "c"], ["a"]])
        >>> ranker = ItemKnn.fit(Corpus.of(clicks, Vocabulary.of(clicks)), shrink=0)
        >>> ranker.scores(Histories.of([[0]], n_items=3)).round(3)  # 2 / sqrt(4 * 2), 1 / sqrt(4)
        array([[0.   , 0.707, 0.5  ]], dtype=float32)
    """

    name: str = "item-knn"

    @classmethod
    def fit(cls, corpus: Corpus, *, k: int = 100, shrink: float = 20.0) -> ItemKnn:
        """Find the nearest of each item.

        Args:
            corpus: The training part. Events of one item in a sequence count each in ordered
                sequences, and once in baskets.
            k: How many items are near another.
            shrink: What is added to the events of each item.

        Raises:
            ConfigError: ``k`` is below 1, or ``shrink`` below 0.
        """
        from implicit.nearest_neighbours import ItemItemRecommender
        from scipy.sparse import csr_array

        if k < 1:
            raise ConfigError(f"k must be at least 1, not {k}")
        if not shrink >= 0:
            raise ConfigError(f"shrink must be 0 or more, not {shrink}")
        held = events(corpus) if corpus.ordered else incidence(corpus)
        counts = np.bincount(held.indices, weights=held.data, minlength=corpus.n_items)
        held.data = held.data / np.sqrt(np.maximum(counts + shrink, 1))[held.indices]
        model = ItemItemRecommender(K=k + 1)  # the nearest is the item itself
        model.fit(for_implicit(held), show_progress=False)
        near = csr_array(model.similarity, dtype=np.float32)
        near.setdiag(0)
        near.eliminate_zeros()
        return cls(near, last=1 if corpus.ordered else None)
