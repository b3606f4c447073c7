"""The compiled part of counting: where items stand, and who stands near them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled

__all__ = ["find_places", "meet"]


@compiled
def find_places(
    rows: NDArray[np.int32],
    offsets: NDArray[np.int64],
    first: int,
    low: int,
    high: int,
    ends: NDArray[np.int64],
    places: NDArray[np.int64],
    owners: NDArray[np.int32],
) -> None:
    """Note where the items ``low`` to ``high - 1`` stand in a run of sequences.

    Args:
        rows: The events of the run.
        offsets: (n + 1,), where its sequences start, counted over the whole corpus.
        first: The number of its first sequence.
        low: The first item.
        high: The one after the last.
        ends: (high - low,), how far the places of each item are written; moved on.
        places: Written to: events, ascending for each item.
        owners: Written to: the sequence of each.
    """
    begin = offsets[0]
    for sequence in range(len(offsets) - 1):
        for place in range(offsets[sequence], offsets[sequence + 1]):
            row = rows[place - begin]
            if low <= row < high:
                at = ends[row - low]
                places[at] = place
                owners[at] = first + sequence
                ends[row - low] = at + 1


@compiled
def meet(
    rows: NDArray[np.int32],
    offsets: NDArray[np.int64],
    n_items: int,
    reach: int,
    n_kept: int,
    low: int,
    bounds: NDArray[np.int64],
    places: NDArray[np.int64],
    owners: NDArray[np.int32],
    sequences: NDArray[np.int64],
    meetings: NDArray[np.int64],
    cut: NDArray[np.int64],
    at_most: NDArray[np.int64],
    lengths: NDArray[np.int64],
    others: NDArray[np.int32],
    counts: NDArray[np.int64],
    examples: NDArray[np.int32],
) -> None:
    """Count who stands near some items, and keep the most frequent partners of each.

    A partner counts once a sequence. Where one has to go, it is of those with the fewest sequences
    the one with the lowest row, which is the most frequent item and so the least telling.

    Args:
        rows: (n_tokens,) all events.
        offsets: (n_sequences + 1,).
        n_items: How many rows there are.
        reach: So many steps from an item its partners stand.
        n_kept: So many partners are kept of each item.
        low: The first of the items.
        bounds: (n + 1,), where the places of each item start.
        places: Their events, ascending for each item.
        owners: The sequence of each place.
        sequences: (n,), written to: in how many sequences each item stands.
        meetings: (n,), written to: the counts of all partners, summed up.
        cut: (n,), written to: how many partners are not kept.
        at_most: (n,), written to: the largest count among those.
        lengths: (n,), written to: how many partners are kept.
        others: (n * n_kept,), written to: partners, ascending, one item's after another's.
        counts: Of the same shape: in how many sequences each stands near the item.
        examples: (n * n_kept, 3), written to: the first of these sequences; as many as there are.
    """
    n_items = 1 + rows.max()
    n_examples = examples.shape[1]
    book = np.zeros((n_items, 2 + n_examples), np.int32)  # stamp, count, examples: one cache line
    touched = np.empty(n_items, np.int32)
    stamp, filled = 0, 0
    for i in range(len(bounds) - 1):
        n_touched, last, met = 0, -1, 0
        for at in range(bounds[i], bounds[i + 1]):
            place, owner = places[at], owners[at]
            if owner != last:
                last = owner
                stamp += 1
                sequences[i] += 1
            begin = max(offsets[owner], place - reach)
            end = min(offsets[owner + 1], place + reach + 1)
            for near in range(begin, end):
                row = rows[near]
                page = book[row]
                if page[0] == stamp or row == low + i:
                    continue
                n = page[1]
                if n == 0:
                    touched[n_touched] = row
                    n_touched += 1
                if n < n_examples:
                    page[2 + n] = owner
                page[0] = stamp
                page[1] = n + 1
                met += 1
        meetings[i] = met
        least = np.int64(0)
        if n_touched > n_kept:
            keys = np.empty(n_touched, np.int64)
            for t in range(n_touched):
                keys[t] = np.int64(book[touched[t], 1]) * n_items + touched[t]
            n_cut = n_touched - n_kept
            keys = np.partition(keys, n_cut)
            least = keys[n_cut]
            cut[i] = n_cut
            at_most[i] = keys[:n_cut].max() // n_items
        begin = filled
        for t in range(n_touched):
            row = touched[t]
            if np.int64(book[row, 1]) * n_items + row >= least:
                others[filled] = row
                filled += 1
        lengths[i] = filled - begin
        others[begin:filled].sort()
        for at in range(begin, filled):
            page = book[others[at]]
            counts[at] = page[1]
            examples[at] = page[2:]
        for t in range(n_touched):
            book[touched[t], 1] = 0
