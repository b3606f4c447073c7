"""Training that many threads do and none of them decides: shards on their own, merged in order.

Time goes in rounds. In a round each of a fixed number of shards takes the matrices as they are,
trains a slice on a copy of its own, and gives its change back. The changes are merged row by row
in the order of the shards: what points in one direction is averaged, what is orthogonal is added
("Adasum", Maleki et al. 2021, "Scaling distributed training with adaptive summation"). Who ran
which shard, and when, leaves no trace.

The two functions here are all there is to it. They see arrays only, so that the shards of a round
may as well be machines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.training.native.compiled import compiled

__all__ = ["N_SHARDS", "merge_rows", "train_shard"]

N_SHARDS = 4  # of 2, 4 and 8: the most that still learns as fast as one after the other


def train_shard(
    kernel: Callable[..., int],
    matrices: tuple[NDArray[np.float32], NDArray[np.float32]],
    copies: tuple[NDArray[np.float32], NDArray[np.float32]],
    *arguments: Any,
) -> int:
    """Train one slice on a copy of the matrices; return where the kernel stopped."""
    for matrix, copy in zip(matrices, copies, strict=True):
        np.copyto(copy, matrix)
    return kernel(*copies, *arguments)


@compiled
def merge_rows(
    matrix: NDArray[np.float32], copies: NDArray[np.float32], first: int, last: int
) -> None:
    """Add to rows ``first .. last - 1`` of a matrix what the shards changed in theirs.

    Args:
        matrix: (n_rows, width) as it was before the round; written.
        copies: (n_shards, n_rows, width) after it; the number of shards is a power of two.
            Overwritten.
        first: The first row to merge.
        last: The row after the last.
    """
    n_shards, _, width = copies.shape
    for row in range(first, last):
        for shard in range(n_shards):
            for at in range(width):
                copies[shard, row, at] -= matrix[row, at]
        step = 1
        while step < n_shards:
            for shard in range(0, n_shards, 2 * step):
                one, other = copies[shard, row], copies[shard + step, row]
                product, size_one, size_other = 0.0, 0.0, 0.0
                for at in range(width):
                    product += one[at] * other[at]
                    size_one += one[at] * one[at]
                    size_other += other[at] * other[at]
                share_one, share_other = 1.0, 1.0
                if size_one > 0.0 and size_other > 0.0:
                    share_one -= product / (2.0 * size_one)
                    share_other -= product / (2.0 * size_other)
                for at in range(width):
                    one[at] = np.float32(share_one * one[at] + share_other * other[at])
            step *= 2
        for at in range(width):
            matrix[row, at] += copies[0, row, at]
