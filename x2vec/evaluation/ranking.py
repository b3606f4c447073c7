"""Ranking: a block of scores becomes the ranks of the targets and the list of each query."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from x2vec._cores import cores
from x2vec.errors import DataError
from x2vec.evaluation.kernel import rank_queries

__all__ = ["Asked", "Ranked", "rank_block"]


@dataclass(frozen=True, eq=False)
class Asked:
    """Queries of a block, as ranking takes them.

    Attributes:
        targets: (n_targets,) int32 rows of the right items that stay in the ranking.
        target_offsets: (n_queries + 1,) int64, where those of each query start.
        out: (n_out,) int32 rows that leave the ranking, ascending for each query.
        out_offsets: (n_queries + 1,) int64.
    """

    targets: NDArray[np.int32]
    target_offsets: NDArray[np.int64]
    out: NDArray[np.int32]
    out_offsets: NDArray[np.int64]

    @classmethod
    def one_target(cls, targets: NDArray[np.integer]) -> Asked:
        """Ask for one target a query, and leave nothing out."""
        n = len(targets)
        return cls(
            targets.astype(np.int32),
            np.arange(n + 1),
            np.empty(0, np.int32),
            np.zeros(n + 1, np.int64),
        )

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.target_offsets) - 1


@dataclass(frozen=True, eq=False)
class Ranked:
    """What a model makes of a block of queries.

    Attributes:
        ranks: (n_targets,) int64: 1 plus the number of other items whose score is at least the
            target's. A constant scorer thus ranks every target last; with ties in its favour it
            would be perfect. Targets of one query are no rivals where they tie with each other.
        rows: (n_queries, k) int32, the list of each query, best first, ties in the order of rows.
        lengths: (n_queries,) int64, how many of ``rows`` there are: fewer than k where fewer
            items stay.
    """

    ranks: NDArray[np.int64]
    rows: NDArray[np.int32]
    lengths: NDArray[np.int64]


def rank_block(
    scores: NDArray[np.float32], asked: Asked, k: int, *, pool: ThreadPoolExecutor | None = None
) -> Ranked:
    """Rank the targets and list the first ``k`` items, in one pass over the scores.

    Args:
        scores: (n_queries, n_items); a read-only view that repeats one row is read as one row.
        asked: The targets, and what leaves the ranking.
        k: Length of the lists; 0 for none.
        pool: Threads that share the queries; each writes to its own, so the answer is the same.

    Raises:
        DataError: A score is not finite.

    Example:
        >>> scores = np.array([[0.9, 0.5, 0.5, 0.1]], dtype=np.float32)
        >>> ranked = rank_block(scores, Asked.one_target(np.array([1])), 2)
        >>> ranked.ranks.tolist(), ranked.rows.tolist()
        ([3], [[0, 1]])
    """
    n_queries, n_items = scores.shape
    repeats = n_queries > 0 and scores.strides[0] == 0
    plain = np.ascontiguousarray(scores[:1] if repeats else scores, dtype=np.float32)
    k = min(k, n_items)
    n_bad = np.zeros(n_queries, dtype=np.int64)
    found = Ranked(
        ranks=np.empty(len(asked.targets), dtype=np.int64),
        rows=np.zeros((n_queries, k), dtype=np.int32),
        lengths=np.zeros(n_queries, dtype=np.int64),
    )
    values = np.empty((n_queries, k), dtype=np.float32)

    def rank(first: int, last: int) -> None:
        rank_queries(
            plain,
            0 if repeats else 1,
            first,
            last,
            asked.targets,
            asked.target_offsets,
            asked.out,
            asked.out_offsets,
            n_bad,
            found.ranks,
            found.rows,
            values,
            found.lengths,
        )

    if pool is None:
        rank(0, n_queries)
    else:
        cuts = np.linspace(0, n_queries, 1 + min(n_queries, 4 * cores()), dtype=np.int64)
        for done in [pool.submit(rank, a, b) for a, b in pairwise(cuts.tolist())]:
            done.result()
    if n_bad.any():
        query = int(np.flatnonzero(n_bad)[0])
        row = int(np.flatnonzero(~np.isfinite(scores[query]))[0])
        raise NotFiniteError(
            query,
            f"{scores[query, row]} to item row {row} for query {query}; scores must be finite. "
            f"{n_bad.sum()} scores of {scores.size} in this block are not.",
        )
    return found


class NotFiniteError(DataError):
    """A block of scores holds some that are not finite.

    Attributes:
        query: The first query with one, in its block.
    """

    def __init__(self, query: int, found: str, *, model: str = "the model") -> None:
        super().__init__(f"{model}: gave the score {found}")
        self.query = query
        self._found = found

    def of(self, model: str, query: int) -> NotFiniteError:
        """Return it again, with the name of the model and the query's place among all."""
        found = self._found.replace(f"query {self.query};", f"query {query};")
        return NotFiniteError(query, found, model=model)
