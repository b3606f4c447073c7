"""Asking a ranker: which queries it is asked, block after block, and where it put their targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of
from x2vec.errors import DataError
from x2vec.evaluation.queries import NextItemQueries
from x2vec.evaluation.ranking import Asked, NotFiniteError, Ranked, rank_block
from x2vec.evaluation.ranks import Ranks
from x2vec.progress import Listener, Progress
from x2vec.recommendation import Histories, Ranker

__all__ = ["BLOCK_BYTES", "Asking"]

BLOCK_BYTES = 64 * 1024 * 1024
"""What the scores of one block of queries may take."""


@dataclass(frozen=True, eq=False)
class Asking:
    """What one ranker is asked.

    Attributes:
        queries: All queries.
        exclude_history: Whether the items of a history leave its ranking.
        ranked: (n_targets,) bool, the targets that get a rank.
        positions: (n_asked,) the queries that are asked.
        rows: (number of ranked,) int32, the rows of the targets, in the order of the queries.
        offsets: (n_asked + 1,) where those of each query asked start.
    """

    queries: NextItemQueries
    exclude_history: bool
    ranked: NDArray[np.bool_]
    positions: NDArray[np.int64]
    rows: NDArray[np.int32]
    offsets: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        queries: NextItemQueries,
        answered: NDArray[np.bool_],
        exclude_history: bool,
        *,
        everyone: bool,
    ) -> Asking:
        """Ask every query that is answered, or only those with a target that gets a rank."""
        ranked = queries.known & answered[queries.owners]
        if exclude_history:
            ranked &= ~queries.target_in_history()
        n_ranked = np.bincount(queries.owners[ranked], minlength=len(queries))
        positions = np.flatnonzero(answered if everyone else n_ranked > 0)
        return cls(
            queries,
            exclude_history,
            ranked,
            positions,
            queries.targets[ranked[queries.known]],
            offsets_of(n_ranked[positions]),
        )

    def ranks(self, blocks: Sequence[NDArray[np.int64]]) -> Ranks:
        """Put the ranks of all blocks together."""
        ranks = np.concatenate([np.empty(0, np.int64), *blocks])
        return Ranks(self.ranked, ranks, self.queries.offsets)

    def blocks(
        self,
        ranker: Ranker,
        k: int,
        block: int | None,
        pool: ThreadPoolExecutor,
        listen: Listener,
    ) -> Iterator[tuple[NDArray[np.int64], Ranked]]:
        """Give the queries asked, and what the ranker makes of them, block after block."""
        n = len(self.positions)
        if block is None:
            block = max(1, BLOCK_BYTES // (4 * max(self.queries.histories.n_items, 1)))
        for start in range(0, n, block):
            end = min(start + block, n)
            positions = self.positions[start:end]
            histories = self.queries.histories.take(positions)
            scores = ranker.scores(histories)
            expected = (len(histories), histories.n_items)
            if scores.shape != expected:
                raise DataError(
                    f"{ranker.name}: gave scores of shape {scores.shape}, not {expected}"
                )
            asked = self._asked(start, end, histories)
            try:
                yield positions, rank_block(scores, asked, k, pool=pool)
            except NotFiniteError as error:
                raise error.of(ranker.name, int(positions[error.query])) from None
            listen(Progress(f"evaluate {ranker.name}", end, n, "queries"))

    def _asked(self, start: int, end: int, histories: Histories) -> Asked:
        offsets = self.offsets[start : end + 1]
        owners, out = np.empty(0, np.int64), np.empty(0, np.int64)
        if self.exclude_history:
            owners, out = histories.distinct()
        return Asked(
            targets=self.rows[offsets[0] : offsets[-1]],
            target_offsets=offsets - offsets[0],
            out=out.astype(np.int32),
            out_offsets=np.searchsorted(owners, np.arange(end - start + 1)),
        )
