"""Dense tables of items by items, which the closed-form linear models solve; and their memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from x2vec._memory import available, in_words
from x2vec.errors import DataError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "MOST_BYTES",
    "add_product",
    "add_to_diagonal",
    "check_room",
    "factorize",
    "inverse_of",
    "solve",
]

MOST_BYTES = 2_500_000_000
"""What the tables of one model may take: 25,000 items for one, 17,600 for two; beyond, time alone
- the cube of the items - makes them no baseline for every run."""

ROWS_AT_ONCE = 1024
"""Rows of a table that are made, or mirrored, at a time."""


def check_room(n_items: int, *, tables: int, name: str) -> None:
    """Refuse a catalogue whose tables would not fit.

    Args:
        n_items: Rows and columns of each table.
        tables: How many there are at a time.
        name: Whose they are.

    Raises:
        DataError: They take more than ``MOST_BYTES``, or more than is left.
    """
    needed = 4 * n_items**2 * tables
    left = available()
    most = MOST_BYTES if left is None else min(MOST_BYTES, left)
    if needed > most:
        raise DataError(
            f"{name}: {n_items:,} items need {in_words(needed)} ({tables} x {n_items:,} x "
            f"{n_items:,} numbers of 4 bytes), and it may take {in_words(most)}. "
            "Raise min_count, or leave this baseline out."
        )


def add_product(
    table: NDArray[np.float32], left: csr_array, right: csr_array, *, weight: float = 1.0
) -> None:
    """Add ``weight * left.T @ right`` to a dense table, in place.

    The product is made some rows at a time, so it never lies whole in memory beside the table.

    Args:
        table: (columns of left, columns of right) float32.
        left: (n, columns of left), sparse.
        right: (n, columns of right), sparse.
        weight: What the product is multiplied with.
    """
    by_column = left.T.tocsr()
    by_column.data = by_column.data * np.float32(weight)
    for start in range(0, len(table), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        table[part] += (by_column[part] @ right).toarray()


def add_to_diagonal(table: NDArray[np.float32], value: float) -> None:
    """Add a number to each entry that pairs an item with itself, in place."""
    diagonal = np.arange(len(table))
    table[diagonal, diagonal] += np.float32(value)


def factorize(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the Cholesky factor of a symmetric, positive definite table, made in its place.

    Raises:
        DataError: The table is not positive definite, within float32.
    """
    from scipy.linalg.lapack import spotrf

    factor, info = spotrf(table.T, lower=1, clean=0, overwrite_a=1)  # .T: LAPACK reads columns
    if info:
        raise DataError(
            "the table of items has no Cholesky factor in float32; raise the regularization"
        )
    return np.asarray(factor)


def solve(factor: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``inverse @ right`` of what was factorized."""
    from scipy.linalg.lapack import spotrs

    solved, _ = spotrs(factor, right, lower=1, overwrite_b=1)
    return np.asarray(solved)


def inverse_of(factor: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the inverse of what was factorized, symmetric, made in the factor's place."""
    from scipy.linalg.lapack import spotri

    inverse, _ = spotri(factor, lower=1, overwrite_c=1)
    for start in range(0, len(inverse), ROWS_AT_ONCE):  # only the lower triangle was written
        end = start + ROWS_AT_ONCE
        corner = np.tril(inverse[start:end, start:end])
        inverse[start:end, start:end] = corner + np.tril(corner, -1).T
        inverse[start:end, end:] = inverse[end:, start:end].T
    return np.asarray(inverse.T)
