"""Training that many threads do and none of them decides: shards on their own, merged in rounds.

In a round each of a fixed number of shards trains a slice of its own on its own copy of the
matrices. Then what they changed is merged in the order of the shards, and the copies go on from
there. Who ran which shard, and when, leaves no trace.

A shard pulls a row towards where its slice wants it; one that touches it ``t`` times leaves about
``r = exp(-alpha * curvature * t)`` of the way to go. The shards one after the other would leave
``r ** S``, so the sum of their ``S`` changes is scaled by

    (1 - r ** S) / (S * (1 - r)).

A row that is seldom touched gets the sum, one that is touched without end gets the average.

Rows stand in falling frequency. Those that a shard touches often are merged after each round, the
next ones after every second, and so on; after ``CYCLE`` rounds every row is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled
from x2vec.training.native.compiled import revision
from x2vec.training.native.gate import pass_gate

__all__ = [
    "CYCLE",
    "N_SHARDS",
    "gains",
    "merge",
    "merge_periods",
    "merge_kernel",
    "rows_to_merge",
]

N_SHARDS = 4
CYCLE = 16  # rounds until every row is merged
_MOST_TOUCHES = 48.0  # of a row by a shard between two merges, if it takes less than a cycle
_CURVATURE = 0.03  # of the loss along a row, with the vectors of the first epochs


def merge_periods(touches: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return after how many rounds each row is merged, (n_items,) int64, powers of two, rising.

    Args:
        touches: How often a shard touches each row in a round, about; zeros are rows at rest.
    """
    rounds = _MOST_TOUCHES / np.maximum(touches, _MOST_TOUCHES / CYCLE)
    periods = 2 ** np.floor(np.log2(np.maximum(rounds, 1.0))).astype(np.int64)
    return np.minimum.accumulate(periods[::-1])[::-1]


def rows_to_merge(periods: NDArray[np.int64], index: int) -> int:
    """Return how many of the first rows are merged after round ``index`` of a cycle."""
    period = min((index + 1) & -(index + 1), CYCLE)
    return int(np.searchsorted(periods, period, side="right"))


def gains(touches: NDArray[np.float64], alpha: float) -> NDArray[np.float32]:
    """Return by what the summed changes of a row are scaled, (n_items,) float32, from 1/S to 1.

    Args:
        touches: How often a shard touches each row between two merges, about.
        alpha: The learning rate.
    """
    pull = np.maximum(alpha * _CURVATURE * touches, 1e-9)
    scale = np.expm1(-N_SHARDS * pull) / (N_SHARDS * np.expm1(-pull))
    return scale.astype(np.float32)


@cache
def merge_kernel() -> Callable[..., bool]:
    """Return what merges a worker's part of the first rows when all have trained.

    It is called with the gate where the workers meet, the worker's number, how many there are, how
    many rows to merge, and for each matrix what ``merge`` takes: matrix, copies, scale. It returns
    when all have merged; False where the gate is broken, and so what was merged is worth nothing.
    """
    source = revision()

    @compiled
    def merge_together(
        gate: NDArray[np.int64],
        worker: int,
        n_workers: int,
        n_rows: int,
        vectors: Any,
        contexts: Any,
    ) -> bool:
        _ = source  # a part of the key under which this is cached
        if not pass_gate(gate, n_workers):
            return False
        first, last = n_rows * worker // n_workers, n_rows * (worker + 1) // n_workers
        merge(vectors[0], vectors[1], vectors[2], first, last)
        merge(contexts[0], contexts[1], contexts[2], first, last)
        return bool(pass_gate(gate, n_workers))

    return merge_together


@compiled
def merge(
    matrix: NDArray[np.float32],
    copies: NDArray[np.float32],
    scale: NDArray[np.float32],
    first: int,
    last: int,
) -> None:
    """Add to rows ``first .. last - 1`` what the copies changed, and bring the copies up to it.

    Args:
        matrix: (n_rows, width), as it was when the copies were last brought up to it.
        copies: (n_shards, n_rows, width).
        scale: (n_rows,) of ``gains``.
        first: The first row.
        last: The row after the last.
    """
    n_shards, _, width = copies.shape
    change = np.empty(width, np.float32)
    for row in range(first, last):
        for at in range(width):
            change[at] = 0.0
        for shard in range(n_shards):
            for at in range(width):
                change[at] += copies[shard, row, at] - matrix[row, at]
        for at in range(width):
            matrix[row, at] += scale[row] * change[at]
        for shard in range(n_shards):
            for at in range(width):
                copies[shard, row, at] = matrix[row, at]
