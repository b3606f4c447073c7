"""The compiled part of the session neighbours: an inverted index, and scores read from it.

All three rankers are one sum over the k sessions nearest to a history::

    score(item) = of_item(item) * sum over sessions s that hold it:
                  similarity(history, s) * of_last(last event whose item s holds)
                  * by_distance(distance in s from that item)

and one similarity: the weights of the events whose items a session holds, times the session's own
weight. What the papers differ in arrives as numbers, so one kernel serves all.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled
from x2vec.recommendation.neighbours.arrays import Desk, Sessions, Weighing

__all__ = ["invert", "list_distinct", "score_some"]


@compiled
def list_distinct(
    rows: NDArray[np.int32],
    offsets: NDArray[np.int64],
    seen: NDArray[np.int64],
    items: NDArray[np.int32],
    places: NDArray[np.int32],
    ends: NDArray[np.int64],
) -> int:
    """Write each item of a session once, with its last place; return how many there are in all.

    Args:
        rows: (n_tokens,), session after session.
        offsets: (n_sessions + 1,) of ``rows``.
        seen: (n_items,) zeros, written to.
        items: (n_tokens,), written to.
        places: (n_tokens,), written to.
        ends: (n_sessions + 1,), written to: the offsets of what was written.
    """
    n_entries = 0
    ends[0] = 0
    for session in range(len(offsets) - 1):
        first = offsets[session]
        for event in range(offsets[session + 1] - 1, first - 1, -1):
            item = rows[event]
            if seen[item] != session + 1:
                seen[item] = session + 1
                items[n_entries] = item
                places[n_entries] = event - first
                n_entries += 1
        ends[session + 1] = n_entries
    return n_entries


@compiled
def invert(
    items: NDArray[np.int32],
    offsets: NDArray[np.int64],
    starts: NDArray[np.int64],
    filled: NDArray[np.int64],
    holders: NDArray[np.int32],
) -> None:
    """Write the sessions of each item, the latest first, as far as there is room.

    Args:
        items: (n_entries,), session after session.
        offsets: (n_sessions + 1,) of ``items``.
        starts: (n_items + 1,), the room of each item.
        filled: (n_items,) zeros, written to.
        holders: (starts[-1],), written to.
    """
    for session in range(len(offsets) - 2, -1, -1):
        for entry in range(offsets[session], offsets[session + 1]):
            item = items[entry]
            place = starts[item] + filled[item]
            if place < starts[item + 1]:
                holders[place] = session
                filled[item] += 1


@compiled
def score_some(
    sessions: Sessions,
    weighing: Weighing,
    k: int,
    sample: int,
    rows: NDArray[np.int32],
    offsets: NDArray[np.int64],
    first: int,
    step: int,
    desk: Desk,
    scores: NDArray[np.float32],
) -> None:
    """Score every item for each ``step``-th history from the ``first`` on.

    Args:
        sessions: Where to look.
        weighing: What counts how much.
        k: How many sessions are neighbours.
        sample: Among how many of the latest sessions that share an item they are sought.
        rows: (n_tokens,) history after history, the latest event last.
        offsets: (n_queries + 1,) of ``rows``.
        first: The first query.
        step: From one query to the next.
        desk: The thread's own.
        scores: (n_queries, n_items) zeros, written to.
    """
    no_keys = np.empty(0, np.float64)
    for query in range(first, len(offsets) - 1, step):
        n_found, n_distinct = _find(
            sessions, weighing, rows, offsets[query], offsets[query + 1], query + 1, desk
        )
        n_sampled = min(sample, n_found)
        _put_first(desk.found, n_found, n_sampled, no_keys)
        for place in range(n_sampled):
            session = desk.found[place]
            similarity = desk.similarities[session] * weighing.of_session[session]
            desk.similarities[session] = np.float32(similarity)  # what differs by rounding is equal
        n_near = min(k, n_sampled)
        _put_first(desk.found, n_sampled, n_near, desk.similarities)
        scale = 1.0 / sqrt(n_distinct) if weighing.by_root else 1.0
        for place in range(n_near):
            session = desk.found[place]
            last = desk.last[session]
            weight = scale * desk.similarities[session] * weighing.of_last[last]
            _add(sessions, weighing, session, rows[last], weight, scores[query])
        for place in range(n_found):
            desk.similarities[desk.found[place]] = 0.0


@compiled
def _find(
    sessions: Sessions,
    weighing: Weighing,
    rows: NDArray[np.int32],
    first: int,
    end: int,
    mark: int,
    desk: Desk,
) -> tuple[int, int]:
    """Sum the events up by session, from the last back; an item counts where it stood last.

    Returns:
        How many sessions share an item with the history, and how many different items it has.
    """
    n_found, n_distinct = 0, 0
    for event in range(end - 1, first - 1, -1):
        item = rows[event]
        if desk.asked[item] == mark:
            continue
        desk.asked[item] = mark
        n_distinct += 1
        for place in range(sessions.starts[item], sessions.starts[item + 1]):
            session = sessions.holders[place]
            if desk.similarities[session] == 0.0:
                desk.found[n_found] = session
                desk.last[session] = event
                n_found += 1
            desk.similarities[session] += weighing.events[event]
    return n_found, n_distinct


@compiled
def _add(
    sessions: Sessions,
    weighing: Weighing,
    session: int,
    common: int,
    weight: float,
    scores: NDArray[np.float32],
) -> None:
    """Add a session's weight to its items, less to those that stand far from the common one."""
    first, end = sessions.offsets[session], sessions.offsets[session + 1]
    farthest = len(weighing.by_distance) - 1
    centre = 0
    if farthest >= 0:
        entry = first
        while sessions.items[entry] != common:
            entry += 1
        centre = sessions.places[entry]
    for entry in range(first, end):
        item = sessions.items[entry]
        share = weight * weighing.of_item[item]
        if farthest >= 0:
            distance = abs(sessions.places[entry] - centre)
            share *= weighing.by_distance[min(distance, farthest)]
        scores[item] += np.float32(share)


@compiled
def _put_first(found: NDArray[np.int32], n: int, k: int, keys: NDArray[np.float64]) -> None:
    """Move the k of the first n sessions that precede the others to the front (Hoare's select)."""
    low, high = 0, n - 1
    while k < n and low < high:
        middle = (low + high) // 2
        if _precedes(found[middle], found[low], keys):
            found[middle], found[low] = found[low], found[middle]
        if _precedes(found[high], found[low], keys):
            found[high], found[low] = found[low], found[high]
        if _precedes(found[high], found[middle], keys):
            found[high], found[middle] = found[middle], found[high]
        pivot = found[middle]
        left, right = low, high
        while left <= right:
            while _precedes(found[left], pivot, keys):
                left += 1
            while _precedes(pivot, found[right], keys):
                right -= 1
            if left <= right:
                found[left], found[right] = found[right], found[left]
                left += 1
                right -= 1
        if k - 1 <= right:
            high = right
        elif k - 1 >= left:
            low = left
        else:
            return


@compiled
def _precedes(one: int, other: int, keys: NDArray[np.float64]) -> bool:
    """Return whether a session has the higher key, or the same and is later.

    Without keys the later one precedes.
    """
    if len(keys) and keys[one] != keys[other]:
        return bool(keys[one] > keys[other])
    return one > other
