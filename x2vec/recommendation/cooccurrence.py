"""Item co-occurrence: what stood beside the items of the history; the baseline to take seriously.

A pair counts once a sequence, in either direction, and is divided by the root of how many
sequences hold each of the two: the cosine between the items' columns of the sequence-by-item
table. What n sequences say of two items is then multiplied by ``n / (n + shrink)``, so that little
is left of what one or two of them make (Koren, "Factorization Meets the Neighborhood", 2008).

NDCG@20 on validation parts cut from the training parts of yoochoose-100k, Yes.com playlists, Online
Retail and Complete Journey, by ``python -m benchmarks.baseline_settings --data ../data``:

- clicks and playlists by window, at a decay of 0.8: of 1 step .365 and .044, of 3 .370 and .054, of
  5 .366 and .057, of 10 .364 and .060. Clicks alone would take a window of 3 and a decay of 0.3
  (.380), where playlists lose a third (.040).
- with that window of 10, by shrink: at 0 .364 and .060, at 3 .370 and .066, at 30 .370 and .066.
- baskets of both kinds by shrink: at 0 .158 and .067, at 10 .162 and .071, at 100 .166 and .068.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.errors import ConfigError
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.pairs import pairs_in_baskets, pairs_in_window, sequences_with
from x2vec.recommendation.ranker import check_askable

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["CoOccurrence"]

ORDERED_WINDOW = 10
ORDERED_DECAY = 0.8
ORDERED_SHRINK = 3.0
BASKET_SHRINK = 10.0


@dataclass(frozen=True, eq=False)
class CoOccurrence:
    """Scores an item by the sum of its similarities to the items of the history.

    Attributes:
        similarities: (n_items, n_items) float32, sparse, symmetric.
        decay: What an item of the history weighs against the one after it; 1 for a plain sum.
        name: What reports call it.

    Raises:
        ConfigError: ``decay`` is not above 0 and at most 1.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> baskets = Sequences.from_lists([["a", "b"], ["a"], ["a"], ["a"]], ordered=False)
        >>> ranker = CoOccurrence.fit(Corpus.of(baskets, Vocabulary.of(baskets)), shrink=1)
        >>> ranker.scores(Histories.of([[0]], n_items=2)).tolist()
        [[0.0, 0.25]]
    """

    similarities: csr_array
    decay: float = 1.0
    name: str = "cooccurrence"

    def __post_init__(self) -> None:
        if not 0 < self.decay <= 1:
            raise ConfigError(f"decay must be above 0 and at most 1, not {self.decay}")

    @classmethod
    def fit(
        cls,
        corpus: Corpus,
        *,
        window: int | None = None,
        decay: float | None = None,
        shrink: float | None = None,
    ) -> CoOccurrence:
        """Count pairs in the sequences of a corpus.

        Args:
            corpus: The training part. In ordered sequences a pair is two events at most
                ``window`` steps apart, two of one item too; in baskets two items of one basket.
            window: Only for ordered sequences; 10 unless given.
            decay: 0.8 for ordered sequences and 1 for baskets unless given.
            shrink: A similarity made by n sequences is multiplied by ``n / (n + shrink)``, which
                leaves little of what one or two sequences make.

        Raises:
            ConfigError: A window for baskets, whose order means nothing; a parameter out of bounds.
            DataError: Baskets so large that their pairs would not fit in memory.
        """
        if shrink is None:
            shrink = ORDERED_SHRINK if corpus.ordered else BASKET_SHRINK
        if not shrink >= 0:
            raise ConfigError(f"shrink must be 0 or more, not {shrink}")
        if corpus.ordered:
            pairs = pairs_in_window(corpus, ORDERED_WINDOW if window is None else window)
        elif window is None:
            pairs = pairs_in_baskets(corpus)
        else:
            raise ConfigError(
                f"window = {window}, but the order inside a basket means nothing. Leave window "
                "out, or read the source as ordered events."
            )
        trust = pairs.data / (pairs.data + np.float32(shrink))
        _divide_by_roots(pairs, sequences_with(corpus))
        pairs.data *= trust
        usual = ORDERED_DECAY if corpus.ordered else 1.0
        return cls(pairs, decay=usual if decay is None else decay)

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return int(self.similarities.shape[0])

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer the queries whose history holds an item that was ever in a pair."""
        return histories.hold(self._in_a_pair)

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Score every item, (n_queries, n_items) float32; 0 for one never paired with these."""
        check_askable(self, histories)
        scores: NDArray[np.float32] = (
            histories.weights(decay=self.decay) @ self.similarities
        ).toarray()
        return scores

    @cached_property
    def _in_a_pair(self) -> NDArray[np.bool_]:
        return np.asarray(np.diff(self.similarities.indptr) > 0)


def _divide_by_roots(pairs: csr_array, sequences: NDArray[np.int64]) -> None:
    """Turn counts into cosines, in place: count_ij / sqrt(sequences_i * sequences_j)."""
    roots = 1 / np.sqrt(np.maximum(sequences, 1)).astype(np.float32)
    pairs.data *= roots[pairs.indices]
    pairs.data *= np.repeat(roots, np.diff(pairs.indptr))
