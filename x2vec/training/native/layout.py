"""How the matrices lie in memory: padded to whole vector registers, aligned to cache lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["LANES", "padded", "padded_width", "start_vectors"]

LANES = 16  # float32 in a cache line, and in the widest vector register there is
_LINE = 64  # bytes


def padded_width(vector_size: int) -> int:
    """Return the numbers that a row takes: the vector and zeros up to whole registers."""
    return -(-vector_size // LANES) * LANES


def padded(n_items: int, vector_size: int) -> NDArray[np.float32]:
    """Return zeros, (n_items + 1, padded width) float32, rows aligned to 64 bytes.

    The last row belongs to no item: unused places of a block point at it.
    """
    width = padded_width(vector_size)
    n_bytes = (n_items + 1) * width * 4
    raw = np.zeros(n_bytes + _LINE, np.uint8)
    start = -raw.ctypes.data % _LINE
    return raw[start : start + n_bytes].view(np.float32).reshape(n_items + 1, width)


def start_vectors(n_items: int, vector_size: int, seed: int) -> NDArray[np.float32]:
    """Return in-vectors to start from: uniform in +-1 / vector_size, as gensim starts."""
    vectors = padded(n_items, vector_size)
    draws = np.random.default_rng(seed).random((n_items, vector_size), dtype=np.float32)
    vectors[:-1, :vector_size] = (2 * draws - 1) / np.float32(vector_size)
    return vectors
