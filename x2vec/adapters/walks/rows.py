"""The neighbours of each node in one array, by two counting sorts: time and memory linear."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled
from x2vec._draws import alias_table

__all__ = ["alias_tables", "merge_rows", "sort_into_rows", "totals_of"]


@compiled
def sort_into_rows(
    sources: NDArray[np.int32], targets: NDArray[np.int32], weights: NDArray[np.float64], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Sort edges by source, those of one source by target, equal ones as they came.

    Args:
        sources: (n_edges,), each from ``0 .. n - 1``.
        targets: (n_edges,).
        weights: (n_edges,), or empty.
        n: Nodes.

    Returns:
        Offsets (n + 1,), and targets and weights in that order.
    """
    _, sources, targets, weights = _by_first(targets, sources, weights, n)
    offsets, targets, _, weights = _by_first(sources, targets, weights, n)
    return offsets, targets, weights


@compiled
def _by_first(
    first: NDArray[np.int32], second: NDArray[np.int32], weights: NDArray[np.float64], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Sort by the first alone, stably; return offsets, the second, the first, and weights."""
    n_edges = len(first)
    offsets = np.zeros(n + 1, np.int64)
    for edge in range(n_edges):
        offsets[first[edge] + 1] += 1
    for node in range(n):
        offsets[node + 1] += offsets[node]
    ends = offsets[:-1].copy()
    seconds = np.empty(n_edges, np.int32)
    firsts = np.empty(n_edges, np.int32)
    sorted_weights = np.empty(len(weights), np.float64)
    for edge in range(n_edges):
        place = ends[first[edge]]
        ends[first[edge]] += 1
        seconds[place] = second[edge]
        firsts[place] = first[edge]
        if len(weights):
            sorted_weights[place] = weights[edge]
    return offsets, seconds, firsts, sorted_weights


@compiled
def merge_rows(
    offsets: NDArray[np.int64], targets: NDArray[np.int32], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], int]:
    """Make one of equal edges, in place, with the sum of their weights.

    Returns:
        The new offsets (n + 1,), and how many edges are self-loops.
    """
    merged = np.zeros_like(offsets)
    n_loops, end = 0, 0
    for node in range(len(offsets) - 1):
        start = end
        for place in range(offsets[node], offsets[node + 1]):
            if end > start and targets[end - 1] == targets[place]:
                if len(weights):
                    weights[end - 1] += weights[place]
                continue
            targets[end] = targets[place]
            if len(weights):
                weights[end] = weights[place]
            n_loops += targets[place] == node
            end += 1
        merged[node + 1] = end
    return merged, n_loops


@compiled
def totals_of(offsets: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of the weights of each node's edges, (n,); of their number, if no weights."""
    totals = np.zeros(len(offsets) - 1, np.float64)
    for node in range(len(totals)):
        if not len(weights):
            totals[node] = offsets[node + 1] - offsets[node]
            continue
        for place in range(offsets[node], offsets[node + 1]):
            totals[node] += weights[place]
    return totals


@compiled
def alias_tables(
    offsets: NDArray[np.int64], weights: NDArray[np.float64], totals: NDArray[np.float64]
) -> NDArray[np.uint64]:
    """Return an alias table for the edges of each node, all in one array, (n_edges,)."""
    tables = np.empty(len(weights), np.uint64)
    for node in range(len(offsets) - 1):
        first, last = offsets[node], offsets[node + 1]
        if last > first:
            shares = weights[first:last] * ((last - first) / totals[node])
            tables[first:last] = alias_table(shares)
    return tables
