"""What touches single rows: queries are gathered, gradients scattered, rows moved by Adagrad."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled

__all__ = ["add_to_rows", "fades_slopes", "gather", "move_rows", "scatter"]

Matrix = NDArray[np.float32]


@compiled
def gather(vectors: Matrix, rows: NDArray[np.int32], weights: Matrix, queries: Matrix) -> None:
    """Write the weighted sum of the rows of each query, (n_queries, vector_size)."""
    for one in range(len(queries)):
        queries[one, :] = 0
        for slot in range(rows.shape[1]):
            weight = weights[one, slot]
            if weight != 0:
                row = rows[one, slot]
                for place in range(vectors.shape[1]):
                    queries[one, place] += weight * vectors[row, place]


@compiled
def scatter(
    gradients: Matrix,
    slots: NDArray[np.int64],
    rows: NDArray[np.int32],
    weights: Matrix,
    of_queries: Matrix,
) -> None:
    """Add to each row's gradient what the queries that hold it bring; the reverse of ``gather``.

    Args:
        gradients: (n_touched, vector_size), added to.
        slots: (n_items,) where in ``gradients`` each touched row is.
        rows: (n_queries, window).
        weights: (n_queries, window).
        of_queries: (n_queries, vector_size) gradients of the queries.
    """
    for one in range(len(of_queries)):
        for slot in range(rows.shape[1]):
            weight = weights[one, slot]
            if weight != 0:
                at = slots[rows[one, slot]]
                for place in range(gradients.shape[1]):
                    gradients[at, place] += weight * of_queries[one, place]


@compiled
def fades_slopes(
    vectors: Matrix,
    rows: NDArray[np.int32],
    weights: Matrix,
    means: Matrix,
    of_means: Matrix,
    slopes: NDArray[np.float32],
) -> None:
    """Add the gradient by the logarithms of the fades, which the weights are normalised from.

    With ``w_i = f_i / sum f`` the mean ``m = sum w_i v_i`` has ``dm / dlog f_i = w_i (v_i - m)``.

    Args:
        vectors: (n_items, vector_size).
        rows: (n_queries, window).
        weights: (n_queries, window).
        means: (n_queries, vector_size), what ``gather`` made.
        of_means: (n_queries, vector_size) gradients of the means.
        slopes: (window,), added to.
    """
    for one in range(len(means)):
        for slot in range(rows.shape[1]):
            weight = weights[one, slot]
            if weight != 0:
                row, along = rows[one, slot], np.float32(0)
                for place in range(vectors.shape[1]):
                    along += (vectors[row, place] - means[one, place]) * of_means[one, place]
                slopes[slot] += weight * along


@compiled
def add_to_rows(
    gradients: Matrix, slots: NDArray[np.int64], rows: NDArray[np.int32], of_rows: Matrix
) -> None:
    """Add ``of_rows``, (n_rows, vector_size), to the gradients of ``rows``, in their order."""
    for one in range(len(rows)):
        at = slots[rows[one]]
        for place in range(gradients.shape[1]):
            gradients[at, place] += of_rows[one, place]


@compiled
def move_rows(
    vectors: Matrix,
    sums: NDArray[np.float32],
    rows: NDArray[np.int32],
    gradients: Matrix,
    alpha: float,
) -> None:
    """Move rows against their gradients, by Adagrad with one sum of squares for each row.

    Args:
        vectors: (n_items, vector_size), moved in place.
        sums: (n_items,) of mean squared gradients so far, added to.
        rows: (n_touched,) which rows.
        gradients: (n_touched, vector_size).
        alpha: The learning rate.
    """
    size = vectors.shape[1]
    for one in range(len(rows)):
        row = rows[one]
        square = np.float32(0)
        for place in range(size):
            square += gradients[one, place] * gradients[one, place]
        sums[row] += square / np.float32(size)
        if sums[row] > 0:
            step = np.float32(alpha) / np.sqrt(sums[row])
            for place in range(size):
                vectors[row, place] -= step * gradients[one, place]
