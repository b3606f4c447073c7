"""Exact nearest rows by cosine, in blocks, so that memory stays flat for any number of queries.

A float32 matrix product finds the candidates, fast; its last bits depend on the shape of the
block, so it decides nothing. Every row that could be among the best within its error bound is
scored again in float64, by itself, and those scores order the answer. The result is therefore
the same for any block size, any number of queries beside it, and any BLAS.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import UsageError
from x2vec.search.cosine import normalized, row_dots, row_lengths
from x2vec.search.result import TopK

__all__ = ["BLOCK_BYTES", "top_k"]

BLOCK_BYTES = 128 * 2**20  # working memory when all rows tie; a tenth of that otherwise
_PAIR_BYTES = 64  # what one (query, row) pair costs when all of them tie: score, place, sorting
_MOST_ROWS = 4096  # rows in a block; enough for BLAS, few enough to stay in cache
_BELOW_ALL = np.float32(-2.0)  # no cosine is this low, so it lets every row through


def top_k(
    queries: NDArray[np.float32],
    vectors: NDArray[np.float32],
    k: int,
    *,
    exclude: Sequence[NDArray[np.integer]] | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> TopK:
    """Return for every query the ``k`` rows of highest cosine, ties in the order of rows.

    Scores count as equal when their float32 values are, which is what the caller sees.
    A row or a query of zeros has cosine 0 with everything.

    Args:
        queries: (n_queries, vector_size) float32.
        vectors: (n_rows, vector_size) float32.
        k: How many rows a query gets; fewer where there are fewer.
        exclude: For every query the rows that it never gets, such as its own.
        block_bytes: About how much memory to work in; it changes no answer.

    Returns:
        A ragged ``TopK``: no queries give no rows, and so do no vectors.

    Raises:
        UsageError: Shapes do not fit, ``k`` is below 1, or a number is not finite.

    Examples:
        >>> vectors = np.array([[1, 0], [2, 0], [0, 1]], dtype=np.float32)
        >>> found = top_k(vectors[:1], vectors, 2, exclude=[np.array([0])])
        >>> found.rows.tolist(), found.scores.tolist()
        ([1, 2], [1.0, 0.0])
    """
    queries, vectors = _matrix(queries, "queries"), _matrix(vectors, "vectors")
    n_queries, n_rows = len(queries), len(vectors)
    _check(queries, vectors, k, exclude)
    lengths = _finite_lengths(vectors, "vectors")
    query_lengths = _finite_lengths(queries, "queries")
    k = min(k, max(n_rows, 1))
    rows_a_block = max(1, min(_MOST_ROWS, block_bytes // (16 * max(vectors.shape[1], 1))))
    per_query = _PAIR_BYTES * (min(rows_a_block, n_rows) + k)
    queries_a_block = max(1, block_bytes // per_query)
    found = []
    for start in range(0, n_queries, queries_a_block):
        block = slice(start, start + queries_a_block)
        found.append(
            _Block(
                queries[block].astype(np.float64),
                query_lengths[block],
                normalized(queries[block]),
                _flat(exclude[block] if exclude is not None else ()),
            ).nearest(vectors, lengths, k, rows_a_block, block_bytes)
        )
    counts = [np.bincount(f.query, minlength=min(queries_a_block, n_queries)) for f in found]
    offsets = np.zeros(n_queries + 1, dtype=np.int64)
    if found:
        np.cumsum(np.concatenate(counts)[:n_queries], out=offsets[1:])
    return TopK(
        rows=np.concatenate([np.empty(0, np.int64), *(f.row for f in found)]),
        scores=np.concatenate([np.empty(0, np.float32), *(f.score for f in found)]),
        offsets=offsets,
    )


class _Pairs(NamedTuple):
    """Some (query, row) pairs, flat, with their scores."""

    query: NDArray[np.int64]
    row: NDArray[np.int64]
    score: NDArray[np.float32]


class _Block(NamedTuple):
    """A block of queries: as they came in float64, their lengths, their units, what they bar."""

    wide: NDArray[np.float64]
    lengths: NDArray[np.float64]
    units: NDArray[np.float32]
    barred: tuple[NDArray[np.int64], NDArray[np.int64]]  # queries, rows; sorted by row

    def nearest(
        self,
        vectors: NDArray[np.float32],
        lengths: NDArray[np.float64],
        k: int,
        rows_a_block: int,
        block_bytes: int,
    ) -> _Pairs:
        """Return the best pairs of every query, sorted by (query, falling score, row)."""
        best = _Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
        floors = np.full(len(self.units), _BELOW_ALL)
        slack = _slack(vectors.shape[1])
        for start in range(0, len(vectors), rows_a_block):
            stop = min(start + rows_a_block, len(vectors))
            scores = self.units @ normalized(vectors[start:stop]).T
            self._bar(scores, start, stop)
            query, row = _candidates(scores, floors, k, slack)
            score = self._scored(query, row + start, vectors, lengths, block_bytes)
            best = _best(best, _Pairs(query, row + start, score), k)
            full = np.flatnonzero(np.bincount(best.query, minlength=len(floors)) == k)
            last = np.searchsorted(best.query, full, side="right") - 1
            floors[full] = best.score[last] - slack
        return best

    def _bar(self, scores: NDArray[np.float32], start: int, stop: int) -> None:
        """Put the pairs that are excluded below every floor."""
        queries, rows = self.barred
        inside = slice(*np.searchsorted(rows, [start, stop]))
        scores[queries[inside], rows[inside] - start] = -np.inf

    def _scored(
        self,
        query: NDArray[np.int64],
        row: NDArray[np.int64],
        vectors: NDArray[np.float32],
        lengths: NDArray[np.float64],
        block_bytes: int,
    ) -> NDArray[np.float32]:
        """Return the cosine of each pair, from float64 sums over that pair alone."""
        scores = np.empty(len(row), dtype=np.float32)
        step = max(1, block_bytes // (32 * max(vectors.shape[1], 1)))
        for start in range(0, len(row), step):
            q, r = query[start : start + step], row[start : start + step]
            dots = row_dots(self.wide[q], vectors[r].astype(np.float64))
            scale = self.lengths[q] * lengths[r]
            cosines = np.divide(dots, scale, out=np.zeros_like(dots), where=scale > 0)
            scores[start : start + step] = np.clip(cosines, -1.0, 1.0) + 0.0  # no minus zero
        return scores


def _candidates(
    scores: NDArray[np.float32], floors: NDArray[np.float32], k: int, slack: np.float32
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return queries and rows of all scores in the block that could belong to a query's best."""
    passing = scores >= floors[:, None]
    if np.count_nonzero(passing) > 4 * k * len(scores):  # the first block, or rows in bad order
        crowded = np.flatnonzero(np.count_nonzero(passing, axis=1) > 4 * k)
        few = scores[crowded]
        place = few.shape[1] - k
        kth = np.partition(few, place, axis=1)[:, place]
        passing[crowded] = few >= np.maximum(floors[crowded], kth - slack)[:, None]
    return np.divmod(np.flatnonzero(passing), passing.shape[1])  # faster than a nonzero in 2-D


def _best(old: _Pairs, new: _Pairs, k: int) -> _Pairs:
    """Return the first ``k`` pairs of every query, by falling score, then by row."""
    if not len(new.row):
        return old
    query = np.concatenate([old.query, new.query])
    row = np.concatenate([old.row, new.row])
    score = np.concatenate([old.score, new.score])
    order = np.lexsort((row, -score, query))
    query = query[order]
    place = np.arange(len(query)) - np.searchsorted(query, query, side="left")
    kept = order[place < k]
    return _Pairs(query[place < k], row[kept], score[kept])


def _slack(vector_size: int) -> np.float32:
    """Return how far below the k-th float32 score a row of the true best may lie.

    A float32 dot of unit vectors errs by at most about ``vector_size * 2**-24`` (Higham, Accuracy
    and Stability of Numerical Algorithms, section 3.1); twice that, as both the k-th score and
    the row's own err, and some for rounding the unit vectors and the answer.
    """
    return np.float32((2 * vector_size + 32) * 2.0**-24)


def _flat(
    exclude: Sequence[NDArray[np.integer]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the excluded pairs as queries and rows, sorted by row."""
    queries = np.repeat(np.arange(len(exclude)), [len(rows) for rows in exclude])
    rows = np.concatenate([np.empty(0, np.int64), *(np.asarray(r, np.int64) for r in exclude)])
    order = np.argsort(rows, kind="stable")
    return queries[order], rows[order]


def _matrix(array: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    matrix = np.asarray(array, dtype=np.float32)
    if matrix.ndim != 2:
        raise UsageError(f"{name} has shape {matrix.shape}; expected two dimensions.")
    return matrix


def _finite_lengths(matrix: NDArray[np.float32], name: str) -> NDArray[np.float64]:
    lengths = row_lengths(matrix)
    if not np.isfinite(lengths).all():
        row = int(np.flatnonzero(~np.isfinite(lengths))[0])
        raise UsageError(f"Row {row} of {name} holds NaN or infinity; search takes finite numbers.")
    return lengths


def _check(
    queries: NDArray[np.float32],
    vectors: NDArray[np.float32],
    k: int,
    exclude: Sequence[NDArray[np.integer]] | None,
) -> None:
    if queries.shape[1] != vectors.shape[1]:
        raise UsageError(
            f"The queries have {queries.shape[1]} dimensions; the vectors that are searched "
            f"have {vectors.shape[1]}. Both must come from the same model."
        )
    if k < 1:
        raise UsageError(f"k is {k}; it must be 1 or more.")
    if exclude is None:
        return
    if len(exclude) != len(queries):
        raise UsageError(f"exclude has {len(exclude)} entries for {len(queries)} queries.")
    for rows in exclude:
        if len(rows) and not 0 <= np.min(rows) <= np.max(rows) < len(vectors):
            raise UsageError(f"exclude names rows outside 0..{len(vectors) - 1}.")
