"""The cosine, our one measure of nearness, and the lengths and unit vectors that it needs.

All sums run in float64, one row at a time: a row's result depends on that row alone, never on
how many others stand beside it. No length of float32 numbers over- or underflows there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from x2vec.errors import UsageError

__all__ = ["cosine", "normalized", "row_dots", "row_lengths"]

BLOCK_ROWS = 4096  # widened to float64 at a time: 2 MB at 64 dimensions, so it stays in cache


def cosine(a: ArrayLike, b: ArrayLike) -> float:
    """Return the cosine of the angle between two vectors, from -1 to 1.

    A vector of zeros has no direction; its cosine with everything is 0.

    Args:
        a: (vector_size,) finite numbers.
        b: (vector_size,) finite numbers.

    Raises:
        UsageError: The shapes differ, or a number is not finite.

    Examples:
        >>> round(cosine([1, 2, 2], [3, 7, 8]), 6)  # 33 / (3 * sqrt(122))
        0.995893
        >>> cosine([1, 0], [0, 0])
        0.0
    """
    left, right = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if left.ndim != 1 or left.shape != right.shape:
        raise UsageError(
            f"A cosine takes two vectors of one size; got shapes {left.shape} and {right.shape}."
        )
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        raise UsageError("A cosine takes finite numbers; a vector holds NaN or infinity.")
    units = [vector / scale for vector in (left, right) if (scale := np.abs(vector).max(initial=0))]
    if len(units) < 2:
        return 0.0
    dot = row_dots(units[0][None], units[1][None])[0]
    squares = [row_dots(unit[None], unit[None])[0] for unit in units]
    return float(np.clip(dot / np.sqrt(squares[0] * squares[1]), -1.0, 1.0))


def normalized(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the rows at length one; rows of zeros stay zeros.

    Args:
        vectors: (n_rows, vector_size), finite.

    Returns:
        (n_rows, vector_size) float32, a new array; empty input gives empty output.

    Examples:
        >>> normalized(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
        [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    units = np.empty(vectors.shape, dtype=np.float32)
    for start in range(0, len(vectors), BLOCK_ROWS):
        block = vectors[start : start + BLOCK_ROWS].astype(np.float64)
        lengths = np.sqrt(row_dots(block, block))
        units[start : start + BLOCK_ROWS] = block / np.where(lengths > 0, lengths, 1.0)[:, None]
    return units


def row_lengths(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return (n_rows,) float64, the Euclidean length of each row of (n_rows, vector_size)."""
    lengths = np.empty(len(vectors), dtype=np.float64)
    for start in range(0, len(vectors), BLOCK_ROWS):
        block = vectors[start : start + BLOCK_ROWS].astype(np.float64)
        lengths[start : start + BLOCK_ROWS] = np.sqrt(row_dots(block, block))
    return lengths


def row_dots(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n_rows,) float64, the dot product of each row of ``a`` with its row of ``b``.

    Not ``einsum`` and not BLAS: those order their sums by the shape of the whole array, so equal
    rows at different places may differ in the last bit.
    """
    products: NDArray[np.float64] = np.multiply(a, b, order="C")
    return np.asarray(products.sum(axis=1))
