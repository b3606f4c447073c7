"""The product of a matrix with one query, which takes as long as reading the matrix does.

One stream through memory leaves a core waiting: its prefetcher asks for a few lines ahead and no
more. Four streams, each through a quarter of the rows, have four of them at work
(``python benchmarks/search.py --queries 1`` measures them beside faiss).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled_in_any_order

__all__ = ["score_one"]


@compiled_in_any_order
def score_one(
    matrix: NDArray[np.float32], query: NDArray[np.float32], scores: NDArray[np.float32]
) -> None:
    """Fill (n_rows,) ``scores`` with the products of each row and the query, summed in float32.

    Args:
        matrix: (n_rows, vector_size).
        query: (vector_size,).
        scores: (n_rows,), overwritten.
    """
    quarter = len(matrix) // 4
    for i in range(quarter):
        s0 = s1 = s2 = s3 = np.float32(0)
        for j in range(len(query)):
            x = query[j]
            s0 += matrix[i, j] * x
            s1 += matrix[i + quarter, j] * x
            s2 += matrix[i + 2 * quarter, j] * x
            s3 += matrix[i + 3 * quarter, j] * x
        scores[i] = s0
        scores[i + quarter] = s1
        scores[i + 2 * quarter] = s2
        scores[i + 3 * quarter] = s3
    for i in range(4 * quarter, len(matrix)):
        s0 = np.float32(0)
        for j in range(len(query)):
            s0 += matrix[i, j] * query[j]
        scores[i] = s0
