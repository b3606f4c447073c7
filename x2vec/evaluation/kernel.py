"""The compiled pass over scores: finite or not, where the targets stand, and the first k items.

A row of scores is read once, in pieces that stay in the nearest cache. Counting how many scores
reach a target's compiles to vector instructions; a piece is looked at score by score only where
one of them is among the first k so far, which is rare once k of many are found.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled

__all__ = ["rank_queries"]

_PIECE: Final = 256
_LARGEST: Final = np.finfo(np.float32).max


@compiled
def rank_queries(
    scores: NDArray[np.float32],
    step: int,
    first: int,
    last: int,
    targets: NDArray[np.int32],
    target_offsets: NDArray[np.int64],
    out: NDArray[np.int32],
    out_offsets: NDArray[np.int64],
    n_bad: NDArray[np.int64],
    ranks: NDArray[np.int64],
    rows: NDArray[np.int32],
    values: NDArray[np.float32],
    lengths: NDArray[np.int64],
) -> None:
    """Rank some queries of a block; what is written to belongs to these queries alone.

    Args:
        scores: (n_queries, n_items), or (1, n_items) for all queries alike.
        step: 1, or 0 for one row of scores.
        first: The first query.
        last: The one after the last.
        targets: (n_targets,) rows; those of one query differ, and are not among its ``out``.
        target_offsets: (n_queries + 1,).
        out: (n_out,) rows that leave the ranking, ascending for each query.
        out_offsets: (n_queries + 1,).
        n_bad: (n_queries,), how many scores are not finite; what else is written is then void.
        ranks: (n_targets,), from 1, ties against the target; targets of one query that tie with
            each other stand in the order in which they are given.
        rows: (n_queries, k), the first k, ties in the order of rows.
        values: (n_queries, k), their scores.
        lengths: (n_queries,), how many rows there are, up to k.
    """
    n_items = scores.shape[1]
    k = rows.shape[1]
    for query in range(first, last):
        row = scores[query * step]
        begin, end = target_offsets[query], target_offsets[query + 1]
        away = out[out_offsets[query] : out_offsets[query + 1]]
        for place in range(begin, end):
            ranks[place] = 0
        n_finite = 0
        length = 0
        floor = -np.float32(_LARGEST)  # the last of k, once there are k
        for start in range(0, n_items, _PIECE):
            piece = row[start : start + _PIECE]
            n_finite += _count_finite(piece)
            for place in range(begin, end):
                ranks[place] += _count_from(piece, row[targets[place]])
            if k == 0 or (length == k and _count_above(piece, floor) == 0):
                continue
            for j in range(len(piece)):
                if (length < k or piece[j] > floor) and not _holds(away, start + j):
                    length = _insert(rows[query], values[query], length, start + j, piece[j])
                    floor = values[query, length - 1]
        n_bad[query] = n_items - n_finite
        lengths[query] = length
        for place in range(begin, end):
            level = row[targets[place]]
            for one in away:
                ranks[place] -= row[one] >= level
            for other in range(begin, end):  # those behind it or tied with it are not ahead of it
                tied = row[targets[other]] == level
                ranks[place] -= tied and other > place
            # the target itself was counted, and stands for the 1 that ranks start from


@compiled
def _count_finite(piece: NDArray[np.float32]) -> int:
    n = 0
    for j in range(len(piece)):
        n += abs(piece[j]) <= _LARGEST
    return n


@compiled
def _count_from(piece: NDArray[np.float32], level: np.float32) -> int:
    n = 0
    for j in range(len(piece)):
        n += piece[j] >= level
    return n


@compiled
def _count_above(piece: NDArray[np.float32], level: np.float32) -> int:
    n = 0
    for j in range(len(piece)):
        n += piece[j] > level
    return n


@compiled
def _holds(ascending: NDArray[np.int32], row: int) -> bool:
    low, high = 0, len(ascending)
    while low < high:
        middle = (low + high) // 2
        if ascending[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low < len(ascending) and ascending[low] == row


@compiled
def _insert(
    rows: NDArray[np.int32], values: NDArray[np.float32], length: int, row: int, value: np.float32
) -> int:
    """Put a row behind those that score at least as high; of more than k the last falls out."""
    k = len(rows)
    place = length if length < k else k - 1
    while place > 0 and values[place - 1] < value:
        rows[place] = rows[place - 1]
        values[place] = values[place - 1]
        place -= 1
    rows[place] = row
    values[place] = value
    return length + 1 if length < k else k
