"""The fallback: who stands in where the model has no answer, because it knows nothing of a history.

It is asked like any ranker, so that filters and limits hold for it too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.recommendation.histories import Histories
from x2vec.recommendation.merging import merged
from x2vec.recommendation.popularity import Popularity
from x2vec.recommendation.ranker import Ranker
from x2vec.search import TopK

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Fallback", "SegmentCounts"]

Ask = Callable[[Ranker, Histories], TopK]


@dataclass(frozen=True, eq=False)
class SegmentCounts:
    """How often each item stands in the histories of each segment.

    Attributes:
        segments: (n_segments,) distinct, not null.
        counts: (n_segments, n_items) int64, sparse.
    """

    segments: pa.Array
    counts: csr_array

    @classmethod
    def of(cls, histories: Histories, segments: pa.Array) -> Self:
        """Count.

        Args:
            histories: Whose items count.
            segments: (n_histories,), null where one belongs to none.

        Example:
            >>> histories = Histories.of([[0], [0, 1], [2]], n_items=3)
            >>> counted = SegmentCounts.of(histories, pa.array(["north", "north", None]))
            >>> counted.segments.to_pylist(), counted.counts.toarray().tolist()
            (['north'], [[2, 1, 0]])
        """
        from scipy.sparse import csr_array

        encoded = segments.dictionary_encode()
        owners = np.asarray(encoded.indices.fill_null(-1))[histories.queries]
        inside = owners >= 0
        counts = csr_array(
            (np.ones(np.count_nonzero(inside), np.int64), (owners[inside], histories.rows[inside])),
            shape=(len(encoded.dictionary), histories.n_items),
        )
        return cls(encoded.dictionary, counts)


@dataclass(frozen=True, eq=False)
class Fallback:
    """Popular items, of everyone or of the query's segment.

    Attributes:
        counts: (n_items,) int64, what is popular with everyone, the last resort.
        segments: What is popular in each segment; None asks everyone at once.
    """

    counts: NDArray[np.int64]
    segments: SegmentCounts | None = None

    def answer(
        self, histories: Histories, segments: pa.Array | None, ask: Ask
    ) -> tuple[TopK, NDArray[np.object_]]:
        """Answer queries that the model does not.

        Args:
            histories: What each holds.
            segments: (n_queries,) the segment of each; None where nobody has one.
            ask: Asks a ranker for some histories, with the filters that hold.

        Returns:
            The items, and (n_queries,) ``"segment-popular"`` or ``"popular"``: the latter also
            where a query has no segment, or nobody in its segment has a history.
        """
        source = np.full(len(histories), "popular", dtype=object)
        parts = []
        if self.segments is not None and segments is not None:
            codes = pc.index_in(segments, value_set=self.segments.segments)
            for code in codes.drop_null().unique().to_pylist():
                counts = self.segments.counts[[code], :].toarray()[0]
                if counts.any():
                    asked = np.flatnonzero(np.asarray(pc.equal(codes, code).fill_null(False)))
                    source[asked] = "segment-popular"
                    parts.append((asked, _asked(Popularity(counts), histories.take(asked), ask)))
        rest = np.flatnonzero(source == "popular")
        parts.append((rest, _asked(Popularity(self.counts), histories.take(rest), ask)))
        return merged(parts, len(histories)), source


def _asked(ranker: Ranker, histories: Histories, ask: Ask) -> TopK:
    """Ask, but once alone for all empty histories: most of those without an answer are empty."""
    empty, others = (np.flatnonzero(histories.lengths == 0), np.flatnonzero(histories.lengths))
    one = ask(ranker, histories.take(empty[:1]))
    n = len(empty)
    repeated = TopK(np.tile(one.rows, n), np.tile(one.scores, n), np.arange(n + 1) * len(one.rows))
    return merged(
        [(empty, repeated), (others, ask(ranker, histories.take(others)))], len(histories)
    )
