"""Word similarity: do cosines order pairs of words as people do?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.embeddings import Embeddings
from x2vec.errors import NothingLeftError
from x2vec.evaluation.figure import Figure
from x2vec.evaluation.intervals import RESAMPLES, check_resamples, ends
from x2vec.evaluation.words.files import read_word_pairs
from x2vec.evaluation.words.lookup import WordRows
from x2vec.search.cosine import row_dots, row_lengths

__all__ = ["WordSimilarity", "word_similarity"]


@dataclass(frozen=True)
class WordSimilarity:
    """How far the order of cosines is the order of the human scores.

    Attributes:
        correlation: Spearman's, of the pairs with two known words; its interval by a bootstrap over
            pairs.
        n_pairs: Pairs given.
        n_unknown: Pairs with a word that the embeddings do not hold, left out; figures of other
            embeddings are of other pairs where they know other words.
    """

    correlation: Figure
    n_pairs: int
    n_unknown: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "correlation": self.correlation.to_dict(),
            "n_pairs": self.n_pairs,
            "n_unknown": self.n_unknown,
        }

    def __str__(self) -> str:
        return (
            f"Spearman's correlation {self.correlation} over {self.correlation.n:,} of "
            f"{self.n_pairs:,} pairs; {self.n_unknown:,} have an unknown word and are left out"
        )


def word_similarity(
    embeddings: Embeddings,
    pairs: str | Path | Iterable[tuple[str, str, float]],
    *,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> WordSimilarity:
    """Compare the cosines of pairs of words with scores that people gave them.

    A word is looked up as it is written, and else in lower case.

    Args:
        embeddings: The words.
        pairs: Two words and a score each, or a file of them, such as WordSim-353 (Finkelstein et
            al. 2002) or SimLex-999 (Hill et al. 2015); see ``read_word_pairs``.
        resamples: How often pairs are drawn for the interval.
        seed: Decides which.

    Raises:
        ConfigError: ``resamples`` is below 1.
        NothingLeftError: Fewer than three pairs are known, or all cosines or all scores are equal.
        SourceError: The file cannot be read.

    Example:
        >>> words = Embeddings(["cat", "dog", "car"], [[1, 0], [1, 0.2], [0.1, 1]], counts=[1] * 3)
        >>> people = [("cat", "dog", 9), ("Dog", "car", 2), ("cat", "car", 1), ("cat", "ox", 5)]
        >>> found = word_similarity(words, people)
        >>> found.correlation.value, found.n_unknown
        (1.0, 1)
    """
    check_resamples(resamples)
    given = read_word_pairs(pairs) if isinstance(pairs, str | Path) else list(pairs)
    rows = WordRows(embeddings)
    known = [
        (one, other, score)
        for left, right, score in given
        if (one := rows.row(left)) is not None and (other := rows.row(right)) is not None
    ]
    if len(known) < 3:
        raise NothingLeftError(
            f"{len(known)} of {len(given)} pairs have two words that the embeddings hold; a "
            "correlation takes three. Train on more text, or lower min_count."
        )
    ones, others, scores = (np.array(column) for column in zip(*known, strict=True))
    cosines = _cosines(embeddings.vectors, ones, others)
    value = float(_spearman(cosines[None], scores[None].astype(np.float64))[0])
    if np.isnan(value):
        raise NothingLeftError(
            f"All {len(known)} cosines or scores are equal, so there is no order to compare."
        )
    drawn = np.random.default_rng(seed).integers(0, len(known), (resamples, len(known)))
    low, high = ends(_spearman(cosines[drawn], scores[drawn].astype(np.float64))[:, None])[:, 0]
    figure = Figure(value, float(low), float(high), len(known))
    return WordSimilarity(figure, len(given), len(given) - len(known))


def _cosines(
    vectors: NDArray[np.float32], ones: NDArray[np.int64], others: NDArray[np.int64]
) -> NDArray[np.float64]:
    lengths = row_lengths(vectors)
    scale = lengths[ones] * lengths[others]
    dots = row_dots(vectors[ones].astype(np.float64), vectors[others].astype(np.float64))
    return np.divide(dots, scale, out=np.zeros_like(dots), where=scale > 0)


def _spearman(ones: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the correlation of the ranks of each row, equal values sharing their mean rank."""
    from scipy.stats import rankdata

    one, other = (rankdata(values, axis=1) for values in (ones, others))
    one, other = one - one.mean(axis=1, keepdims=True), other - other.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = (one * other).sum(axis=1) / np.sqrt(
            (one * one).sum(axis=1) * (other * other).sum(axis=1)
        )
    return found
