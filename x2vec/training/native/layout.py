"""How the matrices lie in memory: padded to whole vector registers, aligned to cache lines."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

__all__ = ["LANES", "aligned", "padded", "padded_width", "start_vectors"]

LANES = 16  # float32 in a cache line, and in the widest vector register there is
_LINE = 64  # bytes


def padded_width(vector_size: int) -> int:
    """Return the numbers that a row takes: the vector and zeros up to whole registers."""
    return -(-vector_size // LANES) * LANES


def padded(n_items: int, vector_size: int, *, spare: int = 1) -> NDArray[np.float32]:
    """Return zeros, (n_items + spare, padded width) float32, rows aligned to 64 bytes.

    The spare rows belong to no item: unused places of a block point at one of them. Threads that
    share a matrix have one each, or they would all write to the same.
    """
    return aligned((n_items + spare, padded_width(vector_size)))


def aligned(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return zeros of that shape, float32, the first of them at the start of a cache line."""
    n_bytes = 4 * prod(shape)
    raw = np.zeros(n_bytes + _LINE, np.uint8)
    start = -raw.ctypes.data % _LINE
    return raw[start : start + n_bytes].view(np.float32).reshape(shape)


def start_vectors(n_items: int, vector_size: int, seed: int) -> NDArray[np.float32]:
    """Return in-vectors to start from, (n_items, vector_size): uniform in +-1 / vector_size."""
    draws = np.random.default_rng(seed).random((n_items, vector_size), dtype=np.float32)
    return (2 * draws - 1) / np.float32(vector_size)
