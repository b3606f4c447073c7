"""The compiled pass over a tile of scores: which rows are among a query's best so far.

The scores come from a float32 matrix product, whose last bits depend on the shape of the tile, so
they only say which rows cannot be among the best. A row that can is scored again, in float64, from
its own pair alone; those scores decide. A piece of a tile is looked at score by score only where
one of them passes, which is rare once k rows are found.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled

__all__ = ["keep_best", "score_pairs", "sort_best"]

_PIECE: Final = 256
_GROUP: Final = 8  # scores of a first tile that give one maximum
_MOST_BY_GROUPS: Final = 64  # k beyond it starts without a floor, for it would be no help


@compiled
def keep_best(
    scores: NDArray[np.float32],
    first_row: int,
    added: NDArray[np.float32],
    queries: NDArray[np.float32],
    query_lengths: NDArray[np.float64],
    slacks: NDArray[np.float32],
    vectors: NDArray[np.float32],
    lengths: NDArray[np.float64],
    bias: NDArray[np.float32],
    barred: NDArray[np.int32],
    barred_offsets: NDArray[np.int64],
    limit: float,
    rows: NDArray[np.int32],
    values: NDArray[np.float32],
    counts: NDArray[np.int64],
) -> None:
    """Take one tile into the best of each query; tiles must come in the order of their rows.

    Args:
        scores: (n_queries, n_in_tile), products without bias; barred ones are overwritten.
        first_row: The row of the tile's first score.
        added: (n_in_tile,) what is added to the scores: the bias, or -inf for rows not allowed.
        queries: (n_queries, vector_size).
        query_lengths: (n_queries,), what a product is divided by; 0 makes it 0.
        slacks: (n_queries,), twice as far as a score may be from the true one.
        vectors: (n_rows, vector_size), of all rows.
        lengths: (n_rows,), what a product is divided by besides; 0 makes it 0.
        bias: (n_rows,), added to the quotient.
        barred: (n_barred,) rows that a query never gets.
        barred_offsets: (n_queries + 1,).
        limit: The largest quotient there can be, 1 for a cosine.
        rows: (n_queries, k), a heap for each query, its worst row first.
        values: (n_queries, k), their scores.
        counts: (n_queries,), how many rows there are, up to k.
    """
    n_in_tile = scores.shape[1]
    k = rows.shape[1]
    highest = np.empty(k, np.float32)
    for query in range(len(scores)):
        tile, asked = scores[query], queries[query]
        best_rows, best_values = rows[query], values[query]
        for row in barred[barred_offsets[query] : barred_offsets[query + 1]]:
            if first_row <= row < first_row + n_in_tile:
                tile[row - first_row] = -np.inf
        count = counts[query]
        floor = np.float32(-np.inf)
        if count == k:
            floor = best_values[0] - slacks[query]
        elif k <= _MOST_BY_GROUPS:
            floor = _floor(tile, added, highest) - slacks[query]
        for start in range(0, n_in_tile, _PIECE):
            piece = tile[start : start + _PIECE]
            extra = added[start : start + _PIECE]
            if _count_above(piece, extra, floor) == 0:
                continue
            for j in range(len(piece)):
                if piece[j] + extra[j] > floor:
                    row = first_row + start + j
                    scale = query_lengths[query] * lengths[row]
                    value = _score(asked, vectors[row], scale, limit, bias[row])
                    count = _take(best_rows, best_values, count, row, value)
                    if count == k:
                        floor = max(floor, best_values[0] - slacks[query])
        counts[query] = count


@compiled
def score_pairs(
    rows: NDArray[np.int64],
    queries: NDArray[np.float32],
    query_lengths: NDArray[np.float64],
    vectors: NDArray[np.float32],
    lengths: NDArray[np.float64],
    bias: NDArray[np.float32],
    limit: float,
    values: NDArray[np.float32],
) -> None:
    """Fill (n_queries, n_each) ``values`` with the scores of so many rows of each query.

    The other arguments are as in ``keep_best``; a row below 0 stands for none, and scores -inf.
    """
    for query in range(len(rows)):
        for place in range(rows.shape[1]):
            row = rows[query, place]
            values[query, place] = -np.inf
            if row >= 0:
                scale = query_lengths[query] * lengths[row]
                values[query, place] = _score(queries[query], vectors[row], scale, limit, bias[row])


@compiled
def sort_best(
    rows: NDArray[np.int32], values: NDArray[np.float32], counts: NDArray[np.int64]
) -> None:
    """Turn the heap of each query into a list: by falling score, then by row."""
    for query in range(len(rows)):
        row, value = rows[query], values[query]
        for last in range(counts[query] - 1, 0, -1):
            row[0], row[last] = row[last], row[0]
            value[0], value[last] = value[last], value[0]
            _sink(row, value, last)


@compiled
def _floor(
    tile: NDArray[np.float32], added: NDArray[np.float32], highest: NDArray[np.float32]
) -> np.float32:
    """Return what at least k scores of the tile reach, or -inf where that is not seen cheaply.

    The k-th highest of the maxima of groups: k groups hold a score that is as high.

    Args:
        tile: (n_in_tile,).
        added: (n_in_tile,).
        highest: (k,), overwritten: the highest maxima so far, rising.
    """
    highest[:] = -np.inf
    for first in range(0, len(tile), _GROUP):
        most = np.float32(-np.inf)
        for j in range(first, min(first + _GROUP, len(tile))):
            score = tile[j] + added[j]
            most = max(most, score)
        place = 0
        if most > highest[0]:
            while place + 1 < len(highest) and highest[place + 1] < most:
                highest[place] = highest[place + 1]
                place += 1
            highest[place] = most
    return highest[0]


@compiled
def _count_above(piece: NDArray[np.float32], extra: NDArray[np.float32], floor: np.float32) -> int:
    n = np.int32(0)  # kept at 32 bits, as wide as a score, it counts twice as fast
    for j in range(len(piece)):
        n = np.int32(n + np.int32(piece[j] + extra[j] > floor))
    return int(n)


@compiled
def _score(
    query: NDArray[np.float32],
    vector: NDArray[np.float32],
    scale: float,
    limit: float,
    added: np.float32,
) -> np.float32:
    quotient = 0.0
    if scale > 0:
        quotient = min(max(_dot(query, vector) / scale, -limit), limit)
    return np.float32(quotient + added + 0.0)  # no minus zero


@compiled
def _dot(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Return the product of two rows, summed in float64 in an order that only their size sets."""
    size = len(a)
    s0 = s1 = s2 = s3 = 0.0
    whole = size - size % 4
    for j in range(0, whole, 4):
        s0 += np.float64(a[j]) * np.float64(b[j])
        s1 += np.float64(a[j + 1]) * np.float64(b[j + 1])
        s2 += np.float64(a[j + 2]) * np.float64(b[j + 2])
        s3 += np.float64(a[j + 3]) * np.float64(b[j + 3])
    for j in range(whole, size):
        s0 += np.float64(a[j]) * np.float64(b[j])
    return (s0 + s1) + (s2 + s3)


@compiled
def _take(
    rows: NDArray[np.int32], values: NDArray[np.float32], count: int, row: int, value: np.float32
) -> int:
    """Put a row into the heap, or leave it; it comes after all rows that are in the heap."""
    if count == len(rows):
        if value > values[0]:  # one that ties with the worst comes after it
            rows[0], values[0] = row, value
            _sink(rows, values, count)
        return count
    place = count
    while place > 0:
        above = (place - 1) // 2
        if values[above] < value:
            break
        rows[place], values[place] = rows[above], values[above]
        place = above
    rows[place], values[place] = row, value
    return count + 1


@compiled
def _sink(rows: NDArray[np.int32], values: NDArray[np.float32], count: int) -> None:
    """Move the first of ``count`` rows down to where nothing below it is worse."""
    row, value = rows[0], values[0]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= count:
            break
        other = below + 1
        if other < count and _is_worse(rows[other], values[other], rows[below], values[below]):
            below = other
        if not _is_worse(rows[below], values[below], row, value):
            break
        rows[place], values[place] = rows[below], values[below]
        place = below
    rows[place], values[place] = row, value


@compiled
def _is_worse(row: int, value: np.float32, other_row: int, other_value: np.float32) -> bool:
    return bool(value < other_value or (value == other_value and row > other_row))
