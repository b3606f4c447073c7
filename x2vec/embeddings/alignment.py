"""Alignment: the rotation under which two sets of vectors of the same items can be compared.

Cosines inside a model do not change when all of its vectors are rotated together, so two trainings
of the same data agree only up to a rotation. It has to be taken out before an item's vector is
compared with that of another training.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["rotation"]

_BLOCK = 65_536  # rows widened to float64 at a time


def rotation(vectors: NDArray[np.floating], onto: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the orthogonal matrix that brings rows nearest to others, in least squares.

    Mirror images count as rotations: they leave every cosine as it is. This is the orthogonal
    Procrustes problem (Schönemann 1966, "A generalized solution of the orthogonal Procrustes
    problem"): with ``vectors.T @ onto = P S Q`` the answer is ``P Q``.

    Args:
        vectors: (n_rows, vector_size), finite.
        onto: Of the same shape; row ``i`` shall come near row ``i``.

    Returns:
        (vector_size, vector_size); ``vectors @ rotation`` lies near ``onto``. Without rows, the
        identity.

    Example:
        >>> corner = np.array([[1.0, 0.0], [0.0, 2.0]])
        >>> quarter_turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
        >>> (rotation(corner @ quarter_turn, corner) @ quarter_turn).round(6).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    size = vectors.shape[1]
    if not len(vectors):
        return np.eye(size)
    products = np.zeros((size, size))
    for start in range(0, len(vectors), _BLOCK):
        block = slice(start, start + _BLOCK)
        products += vectors[block].astype(np.float64).T @ onto[block].astype(np.float64)
    left, _, right = np.linalg.svd(products)
    turned: NDArray[np.float64] = left @ right
    return turned
