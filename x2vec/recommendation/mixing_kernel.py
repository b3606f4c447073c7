"""The compiled choice of lists from pools of candidates, query by query; see ``Mixing``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled

__all__ = ["mix_queries"]


@compiled
def mix_queries(
    rows: NDArray[np.int64],
    scores: NDArray[np.float32],
    offsets: NDArray[np.int64],
    first: int,
    last: int,
    vectors: NDArray[np.float32],
    diversity: float,
    groups: NDArray[np.int32],
    limits: NDArray[np.int64],
    chosen: NDArray[np.int64],
    lengths: NDArray[np.int64],
) -> None:
    """Choose the lists of some queries; what is written to belongs to these queries alone.

    Args:
        rows: (n_candidates,), query after query, the best first.
        scores: (n_candidates,), falling within a query.
        offsets: (n_queries + 1,).
        first: The first query.
        last: The one after the last.
        vectors: (n_items, vector_size), of any length; not read without diversity.
        diversity: From 0 to 1.
        groups: (n_limits, n_items).
        limits: (n_limits,).
        chosen: (n_queries, k), places of the candidates chosen, in their order.
        lengths: (n_queries,), how many there are.
    """
    most = 1
    for query in range(first, last):
        most = max(most, offsets[query + 1] - offsets[query])
    columns = np.empty((vectors.shape[1], most), dtype=np.float32)  # a candidate a column, so that
    likeness = np.empty(most, dtype=np.float32)  # sums over many run beside each other
    nearest = np.empty(most, dtype=np.float32)
    is_open = np.empty(most, dtype=np.bool_)
    for query in range(first, last):
        start = offsets[query]
        n = offsets[query + 1] - start
        is_open[:n] = True
        nearest[:n] = 0
        if diversity > 0:
            _fill(columns, vectors, rows[start : start + n])
        size = 0
        while size < chosen.shape[1]:
            best = _best(scores[start : start + n], nearest, is_open, diversity)
            if best < 0:
                break
            is_open[best] = False
            if _is_full(rows, start, best, chosen[query], size, groups, limits):
                continue
            chosen[query, size] = start + best
            size += 1
            if diversity > 0 and size < chosen.shape[1]:
                _compare(columns, best, n, likeness)
                for place in range(n):
                    if size == 1 or likeness[place] > nearest[place]:
                        nearest[place] = likeness[place]
        lengths[query] = size


@compiled
def _fill(
    columns: NDArray[np.float32], vectors: NDArray[np.float32], rows: NDArray[np.int64]
) -> None:
    """Write the vectors of some rows at length 1, a column each; zeros stay zeros."""
    for place in range(len(rows)):
        vector = vectors[rows[place]]
        square = 0.0
        for value in vector:
            square += np.float64(value) * value
        scale = 1 / np.sqrt(square) if square > 0 else 0.0
        for dimension in range(len(vector)):
            columns[dimension, place] = vector[dimension] * scale


@compiled
def _compare(columns: NDArray[np.float32], one: int, n: int, out: NDArray[np.float32]) -> None:
    """Write the cosine of one candidate to each of the first ``n``."""
    out[:n] = 0
    for dimension in range(columns.shape[0]):
        line = columns[dimension]
        factor = line[one]
        for place in range(n):
            out[place] += factor * line[place]


@compiled
def _best(
    scores: NDArray[np.float32],
    nearest: NDArray[np.float32],
    is_open: NDArray[np.bool_],
    diversity: float,
) -> int:
    """Return the open candidate of highest marginal relevance, the first of equals; -1 for none."""
    n = len(scores)
    if n == 0:
        return -1
    least = np.float64(scores[n - 1])
    span = scores[0] - least
    best, highest = -1, 0.0
    for place in range(n):
        if is_open[place]:
            relevance = (scores[place] - least) / span if span > 0 else 1.0
            value = (1 - diversity) * relevance - diversity * nearest[place]
            if best < 0 or value > highest:
                best, highest = place, value
    return best


@compiled
def _is_full(
    rows: NDArray[np.int64],
    start: int,
    candidate: int,
    chosen: NDArray[np.int64],
    size: int,
    groups: NDArray[np.int32],
    limits: NDArray[np.int64],
) -> bool:
    """Return whether a list holds as many of a group of the candidate as it may."""
    for number in range(len(limits)):
        group = groups[number, rows[start + candidate]]
        held = 0
        for place in range(size):
            held += groups[number, rows[chosen[place]]] == group
        if held >= limits[number]:
            return True
    return False
