"""Queries answered in blocks, rows looked at in tiles, so that a tile of scores stays in cache.

A float32 matrix product fills a tile, and one compiled pass picks from it (see ``kernel``); of
few queries each is multiplied by a pass of its own (see ``streams``). Blocks are shared among
threads; a block writes to its own queries alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from x2vec.search.excluded import Excluded, protect
from x2vec.search.result import TopK

if TYPE_CHECKING:
    from x2vec.search.searchable import Searchable

__all__ = ["Asked", "answer"]

BLOCK_QUERIES = 1024
FEW_QUERIES = 3  # so many are multiplied one by one: for two, BLAS takes as long as for four
TILE_SCORES = 2**18  # 1 MB: products slow down to a third where a tile is larger than the cache


@dataclass(frozen=True, eq=False)
class Asked:
    """Queries, and what belongs to each of them.

    Attributes:
        queries: (n_queries, vector_size) float32, as they came.
        sides: Of the same shape, as the matrix is asked: the queries, or the same at length 1.
        lengths: (n_queries,) float64, what a product is divided by.
        slacks: (n_queries,) float32, how far below the k-th score a candidate may lie.
        added: (n_rows,) float32, the bias; minus infinity for rows that nobody gets.
        exclude: For every query the rows that it never gets.
    """

    queries: NDArray[np.float32]
    sides: NDArray[np.float32]
    lengths: NDArray[np.float64]
    slacks: NDArray[np.float32]
    added: NDArray[np.float32]
    exclude: Excluded

    def __post_init__(self) -> None:
        protect(self, "queries", "sides", "lengths", "slacks", "added")


def answer(rows_of: Searchable, asked: Asked, k: int, *, workers: int) -> TopK:
    """Return the ``k`` best rows of every query, ``k`` at most the number of rows."""
    n_queries = len(asked.queries)
    rows = np.empty((n_queries, k), np.int32)
    values = np.empty((n_queries, k), np.float32)
    counts = np.zeros(n_queries, np.int64)
    size = max(1, min(BLOCK_QUERIES, -(-n_queries // workers)))
    blocks = [slice(first, first + size) for first in range(0, n_queries, size)] if k else []

    def fill(block: slice) -> None:
        _answer_block(rows_of, asked, block, rows[block], values[block], counts[block])

    with _one_blas_thread():
        if workers == 1 or len(blocks) <= 1:
            for block in blocks:
                fill(block)
        else:
            with ThreadPoolExecutor(workers, thread_name_prefix="x2vec-search") as pool:
                for done in [pool.submit(fill, block) for block in blocks]:
                    done.result()
    return TopK.of_first(rows, values, counts)


def _answer_block(
    rows_of: Searchable,
    asked: Asked,
    block: slice,
    rows: NDArray[np.int32],
    values: NDArray[np.float32],
    counts: NDArray[np.int64],
) -> None:
    """Fill in the best rows of a block of queries, tile by tile."""
    from x2vec.search.kernel import keep_best, sort_best
    from x2vec.search.streams import score_one

    barred, barred_offsets = asked.exclude.part(block)
    sides = asked.sides[block]
    size = min(rows_of.tile_rows or TILE_SCORES // len(sides), len(rows_of))
    space = np.empty(len(sides) * size, np.float32)
    for first in range(0, len(rows_of), size):
        tile = rows_of.matrix[first : first + size]
        scores = space[: len(sides) * len(tile)].reshape(len(sides), len(tile))
        if len(sides) <= FEW_QUERIES:
            for side, found in zip(sides, scores, strict=True):
                score_one(tile, side, found)
        else:
            np.matmul(sides, tile.T, out=scores)
        keep_best(
            scores,
            first,
            asked.added[first : first + size],
            asked.queries[block],
            asked.lengths[block],
            asked.slacks[block],
            rows_of.vectors,
            rows_of.divisors,
            rows_of.bias,
            barred,
            barred_offsets,
            1.0 if rows_of.by_angle else np.inf,
            rows,
            values,
            counts,
        )
    sort_best(rows, values, counts)


@contextmanager
def _one_blas_thread() -> Iterator[None]:
    """Let each product run in its own thread alone: blocks of queries run side by side instead."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> Any:
    """Return the libraries that are loaded; to look for them takes as long as a small search."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
