"""The loss of a batch of sequences, and its gradients, in the size of a vector.

A sequence is a row ``x`` of zeros and ones, ``n`` of them ones; ``h = x Z`` is the sum of its
vectors and ``y = h Z' - x``. With ``q = h h'`` and ``r = h Z'Z h'``, its loss is
``|x/|x| - y/|y||^2 = 2 - 2 (q - n) / sqrt(n (r - 2 q + n))``, for ``x y' = q - n`` and
``|y|^2 = r - 2 q + n``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Gradients", "gradients"]

Matrix = NDArray[np.float32]

_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Gradients:
    """What a batch found.

    Attributes:
        loss: Summed over the batch.
        of_sums: (n_sequences, vector_size), by the sum of each sequence's vectors.
        of_gram: (vector_size, vector_size), by ``Z'Z``, symmetric.
    """

    loss: float
    of_sums: Matrix
    of_gram: Matrix


def gradients(sums: Matrix, gram: Matrix, sizes: NDArray[np.int64]) -> Gradients:
    """Return the loss of a batch and its gradients; nothing is moved.

    Args:
        sums: (n_sequences, vector_size) ``h``.
        gram: (vector_size, vector_size) ``Z'Z``.
        sizes: (n_sequences,) distinct items of each sequence.
    """
    turned = sums @ gram
    n = sizes.astype(np.float64)
    q = np.einsum("ij,ij->i", sums, sums, dtype=np.float64)
    r = np.einsum("ij,ij->i", sums, turned, dtype=np.float64)
    squares = np.maximum(r - 2 * q + n, _TINY)
    inverse = 1 / np.sqrt(n * squares)
    by_r = (q - n) * inverse / squares
    by_q = -2 * (inverse + by_r)
    of_sums = 2 * (by_q.astype(np.float32)[:, None] * sums)
    weighed = by_r.astype(np.float32)[:, None] * turned
    of_sums += 2 * weighed
    of_gram: Matrix = sums.T @ (by_r.astype(np.float32)[:, None] * sums)
    return Gradients(float((2 - 2 * (q - n) * inverse).sum()), of_sums, of_gram)
