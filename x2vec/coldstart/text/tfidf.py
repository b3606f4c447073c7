"""Text as vectors without a download: TF-IDF over words and character n-grams, then an SVD.

Words say what an item is; parts of words find relatives among words that were never seen, such as
plurals and misspellings. An n-gram lies inside one word, so it is enough to cut each different
word once: the n-grams of a text are those of its words, which makes a sparse product of what would
be a loop over all texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.sparse import unit_rows
from x2vec.coldstart.text.words import words_of

__all__ = ["Tfidf"]

_GRAMS: Final = (3, 4)
_LEAST: Final = 2
"""Texts that a word or an n-gram stands in, at least: what one text alone holds joins no two."""

_MOST: Final = 30_000
"""Words, and as many n-grams, that are kept, by falling number of texts."""


@dataclass(frozen=True, eq=False)
class Tfidf:
    """An encoder, fitted to texts.

    Attributes:
        words: The words that count, and their columns.
        grams: The character n-grams that count, and their columns, after those of the words.
        idf: (n_columns,) float32, the weight of each column.
        components: (n_columns, size) float32, the directions that the SVD keeps.

    Example:
        >>> texts = ["green tea", "black tea", "tea pot", "green paint", "paint pot"]
        >>> encode = Tfidf.fit(texts, size=2, seed=0)
        >>> encode(["green teas", "", "tea"]).shape
        (3, 2)
    """

    words: dict[str, int]
    grams: dict[str, int]
    idf: NDArray[np.float32]
    components: NDArray[np.float32]

    @classmethod
    def fit(cls, texts: Sequence[str], *, size: int, seed: int) -> Tfidf:
        """Learn which words and n-grams there are, what they weigh, and the main directions.

        Args:
            texts: Clean text; empty ones say nothing.
            size: Dimensions to keep; there are fewer where the texts hold less.
            seed: Of the randomised SVD.
        """
        counts, words = _counted(texts)
        pieces, grams = _cut(words)
        both = [_frequent(counts, words), _frequent(_bits(counts) @ pieces, grams)]
        named = [{name: place for place, name in enumerate(names)} for names, _ in both]
        n_texts = max(1, sum(1 for text in texts if text))
        seen = np.concatenate([found for _, found in both])
        idf = (np.log((1 + n_texts) / (1 + seen)) + 1).astype(np.float32)  # as scikit-learn's
        shell = cls(named[0], named[1], idf, np.empty((len(idf), 0), np.float32))
        return cls(named[0], named[1], idf, _directions(shell._weighted(texts), size, seed))

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n_texts, size) float32; zeros for a text without a known word or n-gram."""
        found: NDArray[np.float32] = np.asarray(self._weighted(texts) @ self.components)
        return found.astype(np.float32, copy=False)

    def _weighted(self, texts: Sequence[str]) -> Any:
        """Return the rows of TF-IDF, (n_texts, n_columns), words and n-grams of length one each."""
        from scipy.sparse import hstack

        counts, words = _counted(texts)
        pieces, grams = _cut(words)
        parts = []
        start = 0
        for found, names, known in (
            (counts, words, self.words),
            (counts @ pieces, grams, self.grams),
        ):
            part = _columns(found, names, known).tocsr()
            part.data = 1 + np.log(part.data)
            part = part.multiply(self.idf[start : start + len(known)][None, :]).tocsr()
            parts.append(unit_rows(part))
            start += len(known)
        return hstack(parts, format="csr", dtype=np.float32)


def _counted(texts: Sequence[str]) -> tuple[Any, list[str]]:
    """Return how often each word stands in each text, (n_texts, n_words) sparse, and the words."""
    from scipy.sparse import csr_matrix

    places: dict[str, int] = {}
    rows = [[places.setdefault(word, len(places)) for word in words_of(text)] for text in texts]
    offsets = np.append(0, np.cumsum([len(row) for row in rows], dtype=np.int64))
    columns = np.fromiter((place for row in rows for place in row), np.int64, int(offsets[-1]))
    shape = (len(texts), len(places))
    counts = csr_matrix((np.ones(len(columns), np.float32), columns, offsets), shape=shape)
    counts.sum_duplicates()
    return counts, list(places)


def _cut(words: Sequence[str]) -> tuple[Any, list[str]]:
    """Return the n-grams of each word with its edges, (n_words, n_grams) sparse, and what they are.

    Example:
        >>> _cut(["tea"])[1]
        [' te', 'tea', 'ea ', ' tea', 'tea ']
    """
    from scipy.sparse import csr_matrix

    places: dict[str, int] = {}
    columns: list[int] = []
    offsets = [0]
    for word in words:
        edged = f" {word} "
        columns += [
            places.setdefault(edged[start : start + n], len(places))
            for n in _GRAMS
            for start in range(len(edged) - n + 1)
        ]
        offsets.append(len(columns))
    ones = np.ones(len(columns), np.float32)
    found = csr_matrix((ones, columns, offsets), shape=(len(words), len(places)))
    found.sum_duplicates()
    return found, list(places)


def _bits(counts: Any) -> Any:
    return (counts > 0).astype(np.float32)


def _frequent(counts: Any, names: list[str]) -> tuple[list[str], NDArray[np.float64]]:
    """Return the columns that stand in enough texts, most of them first, and in how many."""
    seen = np.asarray((counts > 0).sum(axis=0)).ravel()
    kept = sorted(
        (place for place in range(len(names)) if seen[place] >= _LEAST),
        key=lambda place: (-seen[place], names[place]),
    )[:_MOST]
    return [names[place] for place in kept], seen[kept].astype(np.float64)


def _columns(found: Any, names: list[str], known: dict[str, int]) -> Any:
    """Return the known columns of a sparse matrix in their order, zeros where one is not there."""
    from scipy.sparse import csr_matrix

    pairs = [(place, known[name]) for place, name in enumerate(names) if name in known]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    ones = np.ones(len(rows), np.float32)
    return found @ csr_matrix((ones, (rows, columns)), shape=(len(names), len(known)))


def _directions(weighted: Any, size: int, seed: int) -> NDArray[np.float32]:
    """Return (n_columns, at most size) float32: the main directions, none of zero length."""
    from sklearn.utils.extmath import randomized_svd

    n_columns = weighted.shape[1]
    size = min(size, n_columns - 1, weighted.shape[0] - 1)
    if size < 1:
        return np.eye(n_columns, max(n_columns, 1), dtype=np.float32)
    _, _, across = randomized_svd(weighted, size, n_iter=4, random_state=seed)
    return np.ascontiguousarray(across.T, dtype=np.float32)
