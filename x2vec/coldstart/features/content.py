"""Content: features as one short dense vector, for models that compare items with each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.features.matrix import Features
from x2vec.coldstart.sparse import unit_rows
from x2vec.search import normalized

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Content"]

_SIZE: Final = 96
"""Dimensions that attributes keep: with text and numbers, a few hundred in all."""


@dataclass(frozen=True, eq=False)
class Content:
    """What makes content vectors: attributes, text and numbers weigh alike.

    Attributes:
        idf: (n_attributes,) float32: an attribute of few items tells more.
        components: (n_attributes, size) float32, the main directions of attributes.
    """

    idf: NDArray[np.float32]
    components: NDArray[np.float32]

    @classmethod
    def fit(cls, features: Features, *, seed: int) -> Content:
        """Learn the weights of attributes and their main directions from the known items."""
        seen = np.asarray((features.attributes > 0).sum(axis=0)).ravel()
        idf = (np.log((1 + len(features)) / (1 + seen)) + 1).astype(np.float32)
        n_attributes = len(idf)
        if n_attributes <= _SIZE or len(features) <= _SIZE:
            return cls(idf, np.eye(n_attributes, dtype=np.float32))
        from sklearn.utils.extmath import randomized_svd

        weighted = _weighted(features.attributes, idf)
        _, _, across = randomized_svd(weighted, _SIZE, n_iter=4, random_state=seed)
        return cls(idf, np.ascontiguousarray(across.T, dtype=np.float32))

    def __call__(self, features: Features) -> NDArray[np.float32]:
        """Return (n_items, size) float32 at length one; zeros where nothing is known."""
        attributes = _weighted(features.attributes, self.idf) @ self.components
        ranges = _weighted(features.ranges, np.ones(features.ranges.shape[1], np.float32))
        n_numbers = max(features.numbers.shape[1], 1)
        blocks = [
            normalized(np.asarray(attributes)),
            features.text,
            ranges.toarray(),
            features.numbers / np.float32(2 * np.sqrt(n_numbers)),
        ]
        return normalized(np.hstack(blocks))


def _weighted(block: csr_matrix, weights: NDArray[np.float32]) -> csr_matrix:
    weighed = block.copy()
    weighed.data = weighed.data * weights[weighed.indices]
    return unit_rows(weighed)
