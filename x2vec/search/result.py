"""What a search returns: for every query its nearest rows, fewer where there are fewer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["TopK"]


@dataclass(frozen=True, eq=False)
class TopK:
    """The nearest rows of some queries, one query's after another's.

    Attributes:
        rows: (n_answers,) int64, rows of the matrix that was searched; within a query the scores
            fall, and equal scores stand in the order of their rows.
        scores: (n_answers,) float32, cosines or products.
        offsets: (n_queries + 1,) int64; query ``i`` owns ``offsets[i]:offsets[i + 1]``.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    offsets: NDArray[np.int64]

    @classmethod
    def of_first(
        cls, rows: NDArray[np.integer], scores: NDArray[np.float32], counts: NDArray[np.int64]
    ) -> TopK:
        """Take the first so many of each row of two (n_queries, k) arrays, best first."""
        offsets = np.zeros(len(counts) + 1, dtype=np.int64)
        np.cumsum(counts, out=offsets[1:])
        filled = np.arange(rows.shape[1]) < counts[:, None]
        return cls(rows[filled].astype(np.int64), scores[filled], offsets)

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.offsets) - 1

    def of(self, query: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows and the scores of one query, counted from 0."""
        if not 0 <= query < len(self):
            raise IndexError(f"Query {query} of {len(self)}; queries are counted from 0.")
        answers = slice(self.offsets[query], self.offsets[query + 1])
        return self.rows[answers], self.scores[answers]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Return (n_queries,) int64, the number of answers of each query."""
        return np.diff(self.offsets)

    @property
    def ranks(self) -> NDArray[np.int32]:
        """Return (n_answers,) int32, from 1 upwards within each query, without gaps."""
        starts = np.repeat(self.offsets[:-1], self.counts)
        return (np.arange(1, len(self.rows) + 1) - starts).astype(np.int32)
