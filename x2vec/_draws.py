"""Random draws that depend on (seed, epoch, place) alone, never on the thread.

A stream starts where Philox-2x32-10 (Salmon et al. 2011, "Parallel random numbers: as
easy as 1, 2, 3") puts it, and goes on by xorshift64 (Marsaglia 2003). Both get by on products of
32-bit numbers, so nothing overflows where the functions run as plain Python.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled

__all__ = [
    "alias_table",
    "draw_below",
    "draw_item",
    "make_noise",
    "next_bits",
    "start_stream",
]

_ROUNDS = 10
_MULTIPLIER = np.uint64(0xD256D193)
_WEYL = np.uint64(0x9E3779B9)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_EPOCH_BITS = np.uint64(20)
_SHIFTS = (np.uint64(13), np.uint64(7), np.uint64(17))
_NEVER_ZERO = np.uint64(0x9E3779B97F4A7C15)


@compiled
def start_stream(stream: NDArray[np.uint64], seed: int, epoch: int, place: int) -> None:
    """Put a stream, (1,) uint64, where it starts for one place, below ``2**44``, in one epoch."""
    left, key = np.uint64(place) & _LOW, np.uint64(seed) & _LOW
    right = (np.uint64(epoch) | ((np.uint64(place) >> _HALF) << _EPOCH_BITS)) & _LOW
    for _ in range(_ROUNDS):
        product = left * _MULTIPLIER
        left, right = (product >> _HALF) ^ key ^ right, product & _LOW
        key = (key + _WEYL) & _LOW
    state = (left << _HALF) | right
    stream[0] = state if state != np.uint64(0) else _NEVER_ZERO


@compiled
def next_bits(stream: NDArray[np.uint64]) -> np.uint64:
    """Draw 64 bits."""
    state = stream[0]
    state ^= state << _SHIFTS[0]
    state ^= state >> _SHIFTS[1]
    state ^= state << _SHIFTS[2]
    stream[0] = state
    return state


@compiled
def draw_below(stream: NDArray[np.uint64], bound: int) -> int:
    """Draw a whole number from ``0 .. bound - 1``; the bound is below ``2**32``."""
    return int(((next_bits(stream) >> _HALF) * np.uint64(bound)) >> _HALF)


@compiled
def draw_item(stream: NDArray[np.uint64], noise: NDArray[np.uint64]) -> int:
    """Draw a row from an alias table, such as ``make_noise`` makes."""
    bits = next_bits(stream)
    at = ((bits >> _HALF) * np.uint64(len(noise))) >> _HALF
    place = noise[at]
    return int(at) if (bits & _LOW) < (place >> _HALF) else int(place & _LOW)


def make_noise(counts: NDArray[np.int64], exponent: float) -> NDArray[np.uint64]:
    """Make the noise distribution ``counts ** exponent`` as an alias table.

    Args:
        counts: (n_items,) each at least 1.
        exponent: Any; below zero rare items are drawn more often than frequent ones.

    Returns:
        (n_items,) uint64.
    """
    logs = exponent * np.log(counts.astype(np.float64))
    shares = np.exp(logs - logs.max())
    return alias_table(shares * (len(shares) / shares.sum()))


@compiled
def alias_table(shares: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Make an alias table (Vose 1991): the short are filled up from the long.

    A draw costs one look-up: the upper half of a place is ``2**32`` times the chance that it keeps
    its own item, rounded down; the lower half is the item that takes the rest of it.

    Args:
        shares: (n_items,) with mean 1, each at least 0; they are used up.

    Returns:
        (n_items,) uint64.
    """
    n_items = len(shares)
    places = np.full(n_items, _LOW << _HALF) + np.arange(n_items).astype(np.uint64)
    short = np.empty(n_items, np.int64)
    long = np.empty(n_items, np.int64)
    n_short, n_long = 0, 0
    for item in range(n_items):
        if shares[item] < 1.0:
            short[n_short] = item
            n_short += 1
        else:
            long[n_long] = item
            n_long += 1
    while n_short and n_long:
        n_short -= 1
        poor, rich = short[n_short], long[n_long - 1]
        places[poor] = (np.uint64(shares[poor] * 2.0**32) << _HALF) | np.uint64(rich)
        shares[rich] -= 1.0 - shares[poor]
        if shares[rich] < 1.0:
            n_long -= 1
            short[n_short] = rich
            n_short += 1
    return places
