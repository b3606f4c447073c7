"""The compiled part of counting: where items stand, and who stands near them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled

__all__ = ["add_room", "find_places", "meet"]

_SURE: Final = 3.84
"""What chance exceeds once in twenty times: the 95 % point of chi-square, one degree of freedom."""


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
def add_room(
    rows: NDArray[np.int32], offsets: NDArray[np.int64], reach: int, room: NDArray[np.float64]
) -> None:
    """Add to ``room``, (n_items,), how many events stand near each event of a run of sequences."""
    begin = offsets[0]
    for sequence in range(len(offsets) - 1):
        start, end = offsets[sequence], offsets[sequence + 1]
        for place in range(start, end):
            room[rows[place - begin]] += min(reach, place - start) + min(reach, end - 1 - place)


@compiled
def meet(
    rows: NDArray[np.int32],
    offsets: NDArray[np.int64],
    reach: int,
    low: int,
    bounds: NDArray[np.int64],
    places: NDArray[np.int64],
    owners: NDArray[np.int32],
    weights: NDArray[np.float64],
    by_weight: NDArray[np.int64],
    n_often: int,
    n_seldom: int,
    numbers: NDArray[np.int64],
    others: NDArray[np.int32],
    counts: NDArray[np.int32],
    examples: NDArray[np.int32],
) -> None:
    """Count who stands near some items, and keep the partners of each that tell most.

    Args:
        rows: (n_tokens,) all events.
        offsets: (n_sequences + 1,).
        reach: So many steps from an item its partners stand.
        low: The first of the items.
        bounds: (n + 1,), where the places of each item start.
        places: Their events, ascending for each item.
        owners: The sequence of each place.
        weights: (n_items,); the product of two is the count that chance has, about.
        by_weight: (n_items,), the items by falling weight.
        n_often: So many partners are kept that are near more often than by chance ...
        n_seldom: ... and so many that are near less often, or never.
        numbers: (n, 5), written to: in how many sequences each item stands, the counts of its
            partners summed up, how many of these are not kept, the largest count among those, and
            how many pairs are kept.
        others: (n * (n_often + n_seldom),), written to: partners, ascending for each item.
        counts: Of the same shape: in how many sequences each is near; 0 for never.
        examples: (as many, n_examples), the first of these sequences; as many as there are.
    """
    n_items, n_examples = len(weights), examples.shape[1]
    book = np.zeros((n_items, 2 + n_examples), np.int32)  # stamp, count, examples: one cache line
    near = np.empty(n_items, np.int32)
    tells = np.empty(n_items, np.float64)
    unlikely = np.empty(n_items, np.float64)
    scratch = np.empty(n_items, np.float64)
    stamp, filled = 0, 0
    for i in range(len(bounds) - 1):
        own = low + i
        n_near, last = 0, -1
        for at in range(bounds[i], bounds[i + 1]):
            place, owner = places[at], owners[at]
            if owner != last:
                last = owner
                stamp += 1
                numbers[i, 0] += 1
            begin = max(offsets[owner], place - reach)
            end = min(offsets[owner + 1], place + reach + 1)
            for beside in range(begin, end):
                row = rows[beside]
                page = book[row]
                if page[0] == stamp or row == own:
                    continue
                n = page[1]
                if n == 0:
                    near[n_near] = row
                    n_near += 1
                if n < n_examples:
                    page[2 + n] = owner
                page[0] = stamp
                page[1] = n + 1
                numbers[i, 1] += 1
        n_all = _add_never(own, book, weights, by_weight, n_seldom, near, n_near)
        n_unlikely = 0
        for t in range(n_all):
            tells[t] = _told(book[near[t], 1], weights[own] * weights[near[t]])
            if tells[t] < -_SURE:
                unlikely[n_unlikely] = -tells[t]
                n_unlikely += 1
        often, often_ties = _cut_off(tells[:n_near], n_often, scratch)
        seldom, seldom_ties = _cut_off(unlikely[:n_unlikely], n_seldom, scratch)
        begin = filled
        for t in range(n_all):
            tell, row = tells[t], near[t]
            keep = t < n_near and tell > often
            if t < n_near and tell == often and often_ties > 0:
                keep = True
                often_ties -= 1
            elif not keep and tell < -_SURE and -tell >= seldom:
                keep = -tell > seldom or seldom_ties > 0
                if -tell == seldom:
                    seldom_ties -= 1
            if keep:
                others[filled] = row
                filled += 1
            else:
                numbers[i, 2] += t < n_near
                numbers[i, 3] = max(numbers[i, 3], book[row, 1])
        numbers[i, 4] = filled - begin
        _sort(others[begin:filled])
        for at in range(begin, filled):
            page = book[others[at]]
            counts[at] = page[1]
            for n in range(n_examples):
                examples[at, n] = page[2 + n]
        for t in range(n_near):
            book[near[t], 1] = 0


@compiled
def _add_never(
    own: int,
    book: NDArray[np.int32],
    weights: NDArray[np.float64],
    by_weight: NDArray[np.int64],
    most: int,
    near: NDArray[np.int32],
    n_near: int,
) -> int:
    """Put those behind the partners that chance would have put near, and that never were."""
    end = n_near
    for row in by_weight:
        if end == n_near + most or 2 * weights[own] * weights[row] <= _SURE:
            break
        if row != own and book[row, 1] == 0:
            near[end] = row
            end += 1
    return end


@compiled
def _told(count: int, chance: float) -> float:
    """Return how surely a count is no accident, below zero where it is less than chance has.

    Twice the logarithm of the likelihood ratio of a Poisson count (Dunning 1993, "Accurate methods
    for the statistics of surprise and coincidence").
    """
    if count == 0:
        return -2 * chance
    ratio = 2 * (count * np.log(count / chance) - count + chance)
    return ratio if count > chance else -ratio


@compiled
def _cut_off(
    values: NDArray[np.float64], most: int, scratch: NDArray[np.float64]
) -> tuple[float, int]:
    """Return above which value at most so many lie, and how many that are equal to it fit too.

    Quickselect by hand, with the middle of three as the pivot: ``np.partition`` takes ten times as
    long to compile.
    """
    n = len(values)
    if n <= most:
        return -np.inf, 0
    if most == 0:
        return np.inf, 0
    for i in range(n):
        scratch[i] = values[i]
    left, right, wanted = 0, n - 1, n - most
    while left < right:
        low, middle, high = scratch[left], scratch[(left + right) // 2], scratch[right]
        pivot = max(min(low, middle), min(max(low, middle), high))
        i, j = left, right
        while i <= j:
            while scratch[i] < pivot:
                i += 1
            while scratch[j] > pivot:
                j -= 1
            if i <= j:
                scratch[i], scratch[j] = scratch[j], scratch[i]
                i += 1
                j -= 1
        if wanted <= j:
            right = j
        elif wanted >= i:
            left = i
        else:
            break
    least = scratch[wanted]
    above = 0
    for i in range(n):
        above += values[i] > least
    return least, most - above


@compiled
def _sort(rows: NDArray[np.int32]) -> None:
    """Sort a few rows in place, by insertion."""
    for i in range(1, len(rows)):
        row, j = rows[i], i
        while j > 0 and rows[j - 1] > row:
            rows[j] = rows[j - 1]
            j -= 1
        rows[j] = row
