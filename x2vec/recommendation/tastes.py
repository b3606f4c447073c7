"""Tastes: means of items as queries that weigh like an event, and those of segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.recommendation.embedding import EmbeddingRanker
from x2vec.recommendation.fallback import SegmentCounts

__all__ = ["SegmentMeans", "as_events", "sides"]


@dataclass(frozen=True, eq=False)
class SegmentMeans:
    """The mean vector of the events of each segment.

    Attributes:
        segments: (n_segments,) distinct, not null.
        vectors: (n_segments, vector_size) float32, as the queries of a ranker are.
    """

    segments: pa.Array
    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, counted: SegmentCounts, ranker: EmbeddingRanker) -> Self:
        """Take the means of what is asked for in each segment."""
        shares = counted.counts.astype(np.float32)
        return cls(counted.segments, as_events(np.asarray(shares @ sides(ranker)), ranker))

    def __call__(self, segments: pa.Array) -> NDArray[np.float32]:
        """Return the mean of each query's segment, (n_queries, vector_size), or zeros."""
        rows = pc.index_in(segments, value_set=self.segments)
        known = np.asarray(rows.is_valid())
        found = np.zeros((len(segments), self.vectors.shape[1]), np.float32)
        found[known] = self.vectors[np.asarray(rows.drop_null())]
        return found


def sides(ranker: EmbeddingRanker) -> NDArray[np.float32]:
    """Return what an item of a history adds to a query, (n_items, vector_size)."""
    return ranker.targets if ranker.scoring == "in-in" else ranker.vectors


def as_events(vectors: NDArray[np.float32], ranker: EmbeddingRanker) -> NDArray[np.float32]:
    """Return vectors at the mean length of an item, so that they weigh as an event does."""
    length = np.linalg.norm(sides(ranker), axis=1).mean()
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors * (length / np.where(lengths > 0, lengths, 1)), np.float32)
