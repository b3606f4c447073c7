"""The mean of the items that share an item's attributes.

Airbnb gives a new listing the mean vector of three listings nearby of its type and price range
(Grbovic and Cheng, "Real-time Personalization using Embeddings for Search Ranking at Airbnb",
2018). Here every attribute has the mean of its items, so has every combination of all attributes
that several items have in full, as type and price range are one; and an item is the mean of those
means. What each weighs follows from how alike its items are: items of one artist are, items of one
colour may not be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.features import Features
from x2vec.coldstart.rungs.centroids import means_by
from x2vec.coldstart.rungs.rung import Cold, FittedRung, Known, weighted_mean
from x2vec.search import normalized

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["SharedAttributes"]

_FEWEST: Final = 2
"""Items of an attribute, below which nothing says whether they are alike."""

_DOUBT: Final = 4
"""Items at which the likeness that was measured is believed by half."""


@dataclass(frozen=True)
class SharedAttributes:
    """The mean of the means of an item's attributes, by how alike the items of each are.

    Attributes:
        shrink: What the catalogue centroid weighs beside them.
    """

    shrink: float = 0.05
    name: str = "shared attributes"

    def fit(self, known: Known, *, seed: int) -> FittedRung:
        """Take the mean of each attribute and combination, and how alike their items are."""
        combinations: dict[bytes, int] = {}
        for key in _keys(known.features):
            combinations[key] = combinations.get(key, 0) + 1
        several = [key for key, n in combinations.items() if n >= _FEWEST and key]
        places = {key: place for place, key in enumerate(several)}
        tokens = _with_combinations(known.features, places)
        centroid = weighted_mean(known.targets, known.trust)
        means = means_by(tokens, known) - centroid
        return _Shared(places, means, _weights(tokens, known, centroid), centroid, self.shrink)


@dataclass(frozen=True, eq=False)
class _Shared:
    combinations: dict[bytes, int]
    means: NDArray[np.float32]
    weights: NDArray[np.float32]
    centroid: NDArray[np.float32]
    shrink: float

    def answers(self, cold: Cold) -> NDArray[np.bool_]:
        return self._total(_with_combinations(cold.features, self.combinations)) > 0

    def predict(self, cold: Cold) -> NDArray[np.float32]:
        tokens = _with_combinations(cold.features, self.combinations)
        sums = np.asarray(tokens @ (self.means * self.weights[:, None]))
        off = sums / (self._total(tokens) + np.float32(self.shrink))[:, None]
        predicted: NDArray[np.float32] = (self.centroid + off).astype(np.float32)
        return predicted

    def _total(self, tokens: csr_matrix) -> NDArray[np.float32]:
        return np.asarray(tokens @ self.weights, dtype=np.float32)


def _weights(
    tokens: csr_matrix, known: Known, centroid: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return what each attribute weighs: the likeness of its items over what is left to chance.

    The likeness is the mean cosine of two of its items, seen from the middle of the catalogue. It
    follows from the length of the sum of their unit vectors, whose square is n plus the sum of the
    cosines of all ordered pairs.
    """
    units = normalized(known.targets - centroid)
    n = np.asarray(tokens.sum(axis=0), dtype=np.float64).ravel()
    sums = np.asarray(tokens.T.tocsr() @ units, dtype=np.float64)
    pairs = np.maximum(n * (n - 1), 1)
    alike = np.clip(((sums**2).sum(axis=1) - n) / pairs, 0, 0.98) * n / (n + _DOUBT)
    alike[n < _FEWEST] = 0
    return np.asarray(alike / (1 - alike), dtype=np.float32)


def _with_combinations(features: Features, combinations: dict[bytes, int]) -> csr_matrix:
    """Return the tokens of items, and beside them the combination of all of them, if known."""
    from scipy.sparse import csr_matrix, hstack

    found = [combinations.get(key) for key in _keys(features)]
    rows = np.array([row for row, place in enumerate(found) if place is not None], np.int64)
    places = np.array([place for place in found if place is not None], np.int64)
    shape = (len(features), len(combinations))
    whole = csr_matrix((np.ones(len(rows), np.float32), (rows, places)), shape=shape)
    return hstack([features.tokens, whole], format="csr", dtype=np.float32)


def _keys(features: Features) -> list[bytes]:
    """Return what tells combinations apart: the places of an item's tokens."""
    tokens = features.tokens
    tokens.sort_indices()
    places, ends = tokens.indices.astype(np.int32), tokens.indptr
    raw = places.tobytes()
    return [raw[4 * a : 4 * b] for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]
