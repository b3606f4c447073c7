"""Which events a rule cuts at or keeps: plain functions over a run of whole sequences.

Each takes columns of the events of the run, (n_events,), and the run's own offsets,
(n_sequences + 1,), and answers for each event, (n_events,) bool.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["is_first", "is_new", "lasts", "starts_after_end", "starts_after_gap"]

_Mask = NDArray[np.bool_]
_Offsets = NDArray[np.int64]


def starts_after_gap(times: NDArray[np.int64], offsets: _Offsets, gap: int) -> _Mask:
    """Say which events start a sequence if one is cut at pauses longer than ``gap``.

    Args:
        times: Microseconds, ascending inside each sequence.
        offsets: The run's own.
        gap: Microseconds.
    """
    starts = np.zeros(len(times), dtype=bool)
    starts[1:] = np.diff(times) > gap
    starts[_firsts(offsets)] = True
    return starts


def starts_after_end(is_end: _Mask, offsets: _Offsets) -> _Mask:
    """Say which events start a sequence if one is cut after each event that ends one."""
    starts = np.zeros(len(is_end), dtype=bool)
    starts[1:] = is_end[:-1]
    starts[_firsts(offsets)] = True
    return starts


def lasts(times: NDArray[np.int64], offsets: _Offsets, dwell: int) -> _Mask:
    """Say which events last for ``dwell`` microseconds or more; the last of a sequence counts."""
    long = np.ones(len(times), dtype=bool)
    long[:-1] = np.diff(times) >= dwell
    long[offsets[1:] - 1] = True
    return long


def is_new(codes: NDArray[np.int32], offsets: _Offsets, is_end: _Mask | None = None) -> _Mask:
    """Say of each event whether its item differs from the event before in its sequence.

    Args:
        codes: The events' items.
        offsets: The run's own.
        is_end: Events that end their sequences. Such a one stays, and what it repeats goes.
    """
    new = np.ones(len(codes), dtype=bool)
    new[1:] = codes[1:] != codes[:-1]
    new[_firsts(offsets)] = True
    return new if is_end is None else _sparing(is_end, new, np.cumsum(new), offsets)


def is_first(codes: NDArray[np.int32], offsets: _Offsets, is_end: _Mask | None = None) -> _Mask:
    """Say of each event whether it is the first of its item in its sequence; see ``is_new``."""
    sequence = np.repeat(np.arange(len(offsets) - 1, dtype=np.int64), np.diff(offsets))
    keys = sequence * (int(codes.max(initial=0)) + 1) + codes
    first = np.zeros(len(codes), dtype=bool)
    first[np.unique(keys, return_index=True)[1]] = True
    return first if is_end is None else _sparing(is_end, first, keys, offsets)


def _sparing(is_end: _Mask, kept: _Mask, keys: NDArray[np.int64], offsets: _Offsets) -> _Mask:
    """Keep the events that end sequences, and none of the others that share a key with them."""
    last = offsets[1:] - 1
    lengths = np.diff(offsets)
    again = np.repeat(is_end[last], lengths) & (keys == np.repeat(keys[last], lengths))
    spared: _Mask = kept & ~again
    spared[last[is_end[last]]] = True
    return spared


def _firsts(offsets: _Offsets) -> _Offsets:
    firsts: _Offsets = offsets[:-1][np.diff(offsets) > 0]
    return firsts
