"""How alike the items of a list are, by who has them together: no model has a say in it.

An item is its column of the training part's sequence-by-item table, 1 where the sequence holds
the item. Two items are as alike as the cosine of their columns: the sequences that hold both, by
the root of those that hold the one times those that hold the other. So lists of any model can be
compared, which the cosine of a model's own vectors would not allow.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled
from x2vec._cores import cores
from x2vec.corpus import Corpus

__all__ = ["ItemColumns", "list_similarities"]

MOST_EVENTS: Final = 10_000_000
"""Events of the training part that columns are made of: 40 MB. Of a larger part every second,
third ... sequence is taken."""

_SLOTS: Final = 1 << 18  # 4 MB for each core


class _Memory(NamedTuple):
    """Cosines of pairs, each pair in one slot, where a later one takes its place.

    Attributes:
        keys: (n_slots,) int64, which pair it is, or one that no pair has.
        cosines: (n_slots,) float64.
    """

    keys: NDArray[np.int64]
    cosines: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ItemColumns:
    """Which sequences hold each item.

    Attributes:
        sequences: (n_pairs,) int32, the sequences of each item, ascending.
        offsets: (n_items + 1,) int64, where those of each item start.

    Example:
        >>> columns = ItemColumns(np.array([0, 1, 1], np.int32), np.array([0, 2, 3]))
        >>> round(columns.cosine(0, 1) ** 2, 12)
        0.5
    """

    sequences: NDArray[np.int32]
    offsets: NDArray[np.int64]

    @cached_property
    def memories(self) -> tuple[_Memory, ...]:
        """Pairs that were looked at, for each core: lists often hold the same ones."""
        return tuple(
            _Memory(np.full(_SLOTS, -1, np.int64), np.empty(_SLOTS, np.float64))
            for _ in range(cores())
        )

    @classmethod
    def of(cls, corpus: Corpus, *, most_events: int = MOST_EVENTS) -> ItemColumns:
        """Read the columns off a corpus."""
        step = max(1, -(-corpus.n_tokens // most_events))
        rows, offsets = corpus.rows, corpus.offsets
        counts = _count_sequences(rows, offsets, step, corpus.n_items)
        starts = np.append(0, np.cumsum(counts))
        return cls(_fill_sequences(rows, offsets, step, starts), starts)

    def cosine(self, one: int, other: int) -> float:
        """Return how alike two items are; 0 where one is in no sequence."""
        return float(_cosine(self.sequences, self.offsets, one, other))


def list_similarities(
    columns: ItemColumns,
    rows: NDArray[np.int32],
    lengths: NDArray[np.int64],
    ks: NDArray[np.int64],
    *,
    pool: ThreadPoolExecutor | None = None,
) -> NDArray[np.float64]:
    """Return the mean cosine of all pairs among the first k of each list.

    Args:
        columns: Of the training part.
        rows: (n_lists, n_places) the items.
        lengths: (n_lists,) how many of them a list has.
        ks: Ascending cut-offs.
        pool: Threads that share the lists; the answer is the same.

    Returns:
        (n_lists, n_ks) float64; NaN where a list has fewer than two items.
    """
    means = np.full((len(rows), len(ks)), np.nan)

    def fill(part: slice, memory: _Memory) -> None:
        _mean_cosines(
            columns.sequences,
            columns.offsets,
            rows[part],
            lengths[part],
            ks,
            memory.keys,
            memory.cosines,
            means[part],
        )

    parts = list(columns.memories) if pool is not None else [columns.memories[0]]
    cuts = np.linspace(0, len(rows), 1 + len(parts), dtype=np.int64).tolist()
    slices = [slice(*ends) for ends in pairwise(cuts)]
    if pool is None:
        fill(slices[0], parts[0])
    else:
        list(pool.map(fill, slices, parts))
    return means


@compiled
def _count_sequences(
    rows: NDArray[np.int32], offsets: NDArray[np.int64], step: int, n_items: int
) -> NDArray[np.int64]:
    counts = np.zeros(n_items, np.int64)
    latest = np.full(n_items, -1, np.int64)
    for sequence in range(0, len(offsets) - 1, step):
        for event in range(offsets[sequence], offsets[sequence + 1]):
            row = rows[event]
            if latest[row] != sequence:
                latest[row] = sequence
                counts[row] += 1
    return counts


@compiled
def _fill_sequences(
    rows: NDArray[np.int32],
    offsets: NDArray[np.int64],
    step: int,
    starts: NDArray[np.int64],
) -> NDArray[np.int32]:
    sequences = np.empty(starts[-1], np.int32)
    place = starts[:-1].copy()
    for sequence in range(0, len(offsets) - 1, step):
        for event in range(offsets[sequence], offsets[sequence + 1]):
            row = rows[event]
            if place[row] == starts[row] or sequences[place[row] - 1] != sequence:
                sequences[place[row]] = sequence
                place[row] += 1
    return sequences


@compiled
def _mean_cosines(
    sequences: NDArray[np.int32],
    offsets: NDArray[np.int64],
    rows: NDArray[np.int32],
    lengths: NDArray[np.int64],
    ks: NDArray[np.int64],
    keys: NDArray[np.int64],
    cosines: NDArray[np.float64],
    means: NDArray[np.float64],
) -> None:
    """Write (n_lists, n_ks) means; ``keys`` and ``cosines`` remember pairs, each in one slot."""
    n_items = len(offsets) - 1
    for at in range(len(rows)):
        total = 0.0
        length = lengths[at]
        cut = 0
        for last in range(length):
            for first in range(last):
                low = np.int64(min(rows[at, first], rows[at, last]))
                high = np.int64(max(rows[at, first], rows[at, last]))
                key = low * n_items + high
                slot = (low * 7_919 + high * 104_729) & (_SLOTS - 1)
                if keys[slot] != key:
                    keys[slot] = key
                    cosines[slot] = _cosine(sequences, offsets, low, high)
                total += cosines[slot]
            pairs = last * (last + 1) / 2
            while cut < len(ks) and (ks[cut] == last + 1 or last + 1 == length):
                if pairs > 0:
                    means[at, cut] = total / pairs
                cut += 1


@compiled
def _cosine(
    sequences: NDArray[np.int32],
    offsets: NDArray[np.int64],
    one: int | np.int64,
    other: int | np.int64,
) -> float:
    few = sequences[offsets[one] : offsets[one + 1]]
    many = sequences[offsets[other] : offsets[other + 1]]
    if len(few) > len(many):
        few, many = many, few
    if len(few) == 0:
        return 0.0
    both = 0
    place = 0
    for sequence in few:
        step = 1  # first in growing steps, then by halves: few among many cost few looks
        while place + step < len(many) and many[place + step] < sequence:
            step *= 2
        low, high = place, min(place + step, len(many))
        while low < high:
            middle = (low + high) // 2
            if many[middle] < sequence:
                low = middle + 1
            else:
                high = middle
        place = low
        if place == len(many):
            break
        both += many[place] == sequence
    return both / np.sqrt(np.float64(len(few)) * np.float64(len(many)))
