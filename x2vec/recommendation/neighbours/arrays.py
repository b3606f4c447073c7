"""The arrays that the compiled part takes, apart from it, so that names load without Numba."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST", "Desk", "Sessions", "Weighing"]

LEAST = 1e-8  # no decay falls lower: what is far off still counts, and no float32 score is lost


class Sessions(NamedTuple):
    """The sessions to look among, once by session and once by item.

    Attributes:
        items: (n_entries,) int32, the distinct items of each session, the last one first.
        places: (n_entries,) int32, where in its session each of these stood last, counted from 0.
        offsets: (n_sessions + 1,) int64; session ``s`` has entries ``offsets[s]:offsets[s + 1]``.
        holders: (n_holders,) int32, the last sessions that hold each item, the latest first.
        starts: (n_items + 1,) int64; item ``i`` has ``holders[starts[i]:starts[i + 1]]``.
    """

    items: NDArray[np.int32]
    places: NDArray[np.int32]
    offsets: NDArray[np.int64]
    holders: NDArray[np.int32]
    starts: NDArray[np.int64]


class Weighing(NamedTuple):
    """What the papers differ in.

    Attributes:
        events: (n_tokens,) float64, what each event of the histories adds to a similarity.
        of_last: (n_tokens,) float64, what a session weighs whose last common item is this event's.
        of_session: (n_sessions,) float64, what a session's similarity is multiplied by.
        of_item: (n_items,) float64, what an item's score is multiplied by.
        by_distance: (n_distances,) float64, what an item of a session counts so many events from
            the common one, and farther as the last; empty where distance does not matter.
        by_root: Whether similarities are divided by the root of the history's distinct items.
    """

    events: NDArray[np.float64]
    of_last: NDArray[np.float64]
    of_session: NDArray[np.float64]
    of_item: NDArray[np.float64]
    by_distance: NDArray[np.float64]
    by_root: bool


class Desk(NamedTuple):
    """What one thread works with; zeros at first, and left so.

    Attributes:
        asked: (n_items,) int64, 1 + the last query that held each item.
        similarities: (n_sessions,) float64.
        last: (n_sessions,) int64, the latest event of the history whose item the session holds.
        found: (n_sessions,) int32, sessions in any order.
    """

    asked: NDArray[np.int64]
    similarities: NDArray[np.float64]
    last: NDArray[np.int64]
    found: NDArray[np.int32]
