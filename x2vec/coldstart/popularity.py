"""Where vectors keep how popular an item is, so that what is inferred does not make it up.

A model that predicts what comes next keeps popularity in a direction of its vectors. Of features
alone an item looks as popular as the known items that it is like.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.search import normalized

__all__ = ["PopularityWay"]


@dataclass(frozen=True, eq=False)
class PopularityWay:
    """How vectors move with the logarithm of the count.

    Attributes:
        way: (size,) the direction.
        share: Of what varies along it, the share that the count explains; near 0 where vectors
            know nothing of popularity.
        expected: (n_items,) where an item of its count stands along it.
    """

    way: NDArray[np.float32]
    share: np.float32
    expected: NDArray[np.float32]

    @classmethod
    def of(cls, trained: NDArray[np.float32], counts: NDArray[np.int64]) -> PopularityWay:
        """Measure it by least squares.

        Args:
            trained: (n_items, size) vectors.
            counts: (n_items,) their events, from 1 on; where all are alike, nothing is explained.

        Example:
            >>> vectors = np.array([[0, 1], [1, -1], [2, 1], [3, -1]], np.float32)
            >>> found = PopularityWay.of(vectors, np.array([1, 2, 4, 8]))
            >>> round(float(found.share), 1)
            0.9
        """
        logs = np.log(counts.astype(np.float64))
        off = logs - logs.mean()
        way = normalized((off @ trained)[None].astype(np.float32))[0]
        along = trained @ way
        slope = off @ along / max(off @ off, 1e-30)
        explained = slope * off
        share = (explained**2).sum() / max(((along - along.mean()) ** 2).sum(), 1e-30)
        return cls(way, np.float32(share), (along.mean() + explained).astype(np.float32))

    def without(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return vectors that no longer tell popular items from others."""
        return vectors - self.share * (vectors @ self.way)[:, None] * self.way

    def as_often_seen(self, inferred: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return inferred vectors that look as popular as items of their counts do.

        Of features alone an item looks as popular as those it is like; one that was seldom seen
        would come before many that are asked for.
        """
        moved: NDArray[np.float32] = (
            self.without(inferred) + self.share * self.expected[:, None] * self.way
        )
        return moved
