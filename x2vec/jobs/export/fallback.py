"""What those get whom the model cannot answer: what is popular, everywhere or in a segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of
from x2vec.recommend import Histories
from x2vec.search import TopK

__all__ = ["POPULAR", "SEGMENT_POPULAR", "Popular", "Ranked"]

POPULAR: Final = "popular"
SEGMENT_POPULAR: Final = "segment-popular"


@dataclass(frozen=True, eq=False)
class Ranked:
    """Rows of items, the best first, with their scores."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Popular:
    """Lists of popular items, those that may be shown.

    Attributes:
        everywhere: Items by falling count, then by row.
        segments: The same by segment, as many of each as a query gets; empty where nobody asked.
    """

    everywhere: Ranked
    segments: Mapping[str, Ranked]

    @classmethod
    def of(
        cls,
        counts: NDArray[np.int64],
        allowed: NDArray[np.bool_] | None,
        segments: Mapping[str, Ranked],
    ) -> Popular:
        """Rank the items that are allowed by their counts, (n_items,)."""
        rows = np.arange(len(counts)) if allowed is None else np.flatnonzero(allowed)
        rows = rows[np.argsort(-counts[rows], kind="stable")]
        return cls(Ranked(rows, counts[rows].astype(np.float32)), segments)

    def top(
        self, histories: Histories, segments: pa.Array, k: int, *, exclude_seen: bool
    ) -> tuple[TopK, pa.Array]:
        """Return ``k`` items for each query, and which list they come from.

        A segment that has fewer is filled up with what is popular everywhere, at score 0. A
        query without a segment, or of one without events, gets what is popular everywhere.
        """
        found: list[Ranked] = []
        sources = []
        for query, segment in enumerate(segments.to_pylist()):
            start, end = histories.offsets[query : query + 2]
            seen = histories.rows[start:end] if exclude_seen else histories.rows[:0]
            own = self.segments.get(segment)
            found.append(self._best(own, seen, k))
            sources.append(POPULAR if own is None else SEGMENT_POPULAR)
        lengths = np.fromiter((len(one.rows) for one in found), np.int64, len(found))
        return (
            TopK(
                np.concatenate([np.empty(0, np.int64), *(one.rows for one in found)]),
                np.concatenate([np.empty(0, np.float32), *(one.scores for one in found)]),
                offsets_of(lengths),
            ),
            pa.array(sources, pa.string()),
        )

    def _best(self, own: Ranked | None, seen: NDArray[np.int32], k: int) -> Ranked:
        if own is None:
            return _first(self.everywhere, seen, k)
        best = _first(own, seen, k)
        barred = np.concatenate([seen, best.rows])
        rest = _first(self.everywhere, barred, k - len(best.rows))
        scores = np.append(best.scores, np.zeros(len(rest.rows), np.float32))
        return Ranked(np.append(best.rows, rest.rows), scores)


def _first(ranked: Ranked, barred: NDArray[np.integer], k: int) -> Ranked:
    """Return the first ``k`` that are not barred."""
    some = slice(0, k + len(barred))
    kept = ~np.isin(ranked.rows[some], barred)
    return Ranked(ranked.rows[some][kept][:k], ranked.scores[some][kept][:k])
