"""The mean of the known items whose content is nearest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.rungs.rung import Cold, FittedRung, Known
from x2vec.search import top_k

__all__ = ["Nearest"]


@dataclass(frozen=True)
class Nearest:
    """The mean vector of the k items of nearest content, by their cosine.

    Attributes:
        k: How many.
    """

    k: int = 10
    name: str = "nearest content"

    def fit(self, known: Known, *, seed: int) -> FittedRung:
        """Remember the items that have any content."""
        full = known.content.any(axis=1)
        return _Remembered(known.content[full], known.targets[full], known.trust[full], self.k)


@dataclass(frozen=True, eq=False)
class _Remembered:
    content: NDArray[np.float32]
    targets: NDArray[np.float32]
    trust: NDArray[np.float32]
    k: int

    def answers(self, cold: Cold) -> NDArray[np.bool_]:
        return np.asarray(cold.content.any(axis=1) & (len(self.content) > 0))

    def predict(self, cold: Cold) -> NDArray[np.float32]:
        from scipy.sparse import csr_matrix

        shape = (len(cold), len(self.content))
        if not len(self.content):
            return np.zeros((len(cold), self.targets.shape[1]), np.float32)
        found = top_k(cold.content, self.content, self.k)
        weights = np.maximum(found.scores, np.float32(1e-6)) * self.trust[found.rows]
        near = csr_matrix((weights, found.rows, found.offsets), shape=shape)
        total = np.asarray(near.sum(axis=1))
        predicted: NDArray[np.float32] = np.asarray(near @ self.targets) / total
        return predicted.astype(np.float32)
