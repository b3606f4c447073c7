"""Work on long arrays a block at a time, so that it takes little memory beside them.

NumPy widens whole arrays on the way: ``bincount`` of int32, and an index of int32, take 8 bytes an
event more each. Arrays mapped from disk are let go behind each block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.mapped import empty, release

__all__ = [
    "all_but", "count_true", "count_values", "lengths_of", "mask", "nth_smallest",
    "offsets_at", "offsets_of", "owners", "runs", "select", "spans", "spread", "take",
]  # fmt: skip

_BLOCK: Final = 1 << 18
"""Values: large beside the cost of a call, small beside the memory of any machine."""


def spans(*arrays: NDArray[Any]) -> Iterator[slice]:
    """Give stretches that cover arrays of one length; each is let go when the next is asked for."""
    for start in range(0, len(arrays[0]), _BLOCK):
        yield (part := slice(start, start + _BLOCK))
        for array in arrays:
            release(array[part])


def runs(offsets: NDArray[np.int64], *columns: NDArray[Any]) -> Iterator[tuple[slice, slice]]:
    """Give runs of whole sequences that cover them all: which sequences, and which events.

    Args:
        offsets: (n_sequences + 1,).
        columns: (n_events,) each; a run of them is let go when the next is asked for.
    """
    first, n_sequences = 0, len(offsets) - 1
    while first < n_sequences:
        last = int(np.searchsorted(offsets, offsets[first] + _BLOCK, side="right")) - 1
        last = max(last, first + 1)
        yield slice(first, last), (events := slice(int(offsets[first]), int(offsets[last])))
        for column in columns:
            release(column[events])
        release(offsets[first:last])
        first = last


def mask(
    says: Callable[..., NDArray[np.bool_]],
    column: NDArray[Any],
    offsets: NDArray[np.int64],
    *more: NDArray[Any],
) -> NDArray[np.bool_]:
    """Ask of each event, by runs of whole sequences; return the answers, (n_events,) bool.

    Args:
        says: Answers for the events of a run, given their values, their own offsets, and their
            values of the further columns.
        column: (n_events,), such as codes or times.
        offsets: (n_sequences + 1,).
        more: Further columns, (n_events,) each.
    """
    answers = empty(len(column), np.bool_)
    for some, events in runs(offsets, column, *more, answers):
        own = offsets[some.start : some.stop + 1] - offsets[some.start]
        answers[events] = says(column[events], own, *(values[events] for values in more))
    return answers


def spread(values: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return for each event what is said of its sequence, (n_events,) bool."""
    answers = empty(int(offsets[-1]), np.bool_)
    for some, events in runs(offsets, answers):
        answers[events] = np.repeat(values[some], np.diff(offsets[some.start : some.stop + 1]))
    return answers


def count_true(events: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many events of each sequence are True, (n_sequences,); no sequence is empty."""
    counts = empty(len(offsets) - 1, np.int64)
    for some, inside in runs(offsets, events):
        starts = offsets[some] - offsets[some.start]
        counts[some] = np.add.reduceat(events[inside], starts, dtype=np.int64)
        release(counts[some])
    return counts


def count_values(values: NDArray[np.int32], n: int) -> NDArray[np.int64]:
    """Return how often each of ``0 .. n - 1`` occurs, (n,) int64."""
    counts = np.zeros(n, np.int64)
    for part in spans(values):
        np.add.at(counts, values[part], 1)
    return counts


def all_but(positions: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    """Return a mask, (n,) bool, that is False at these positions alone."""
    kept = empty(n, np.bool_)
    for part in spans(kept):
        kept[part] = True
    kept[positions] = False
    return kept


def nth_smallest(values: NDArray[np.int64], position: int) -> int:
    """Return the value that would stand at this position if they were sorted."""
    sorted_there = empty(len(values), values.dtype)
    for part in spans(values, sorted_there):
        sorted_there[part] = values[part]
    sorted_there.partition(position)
    return int(sorted_there[position])


def take(table: NDArray[Any], codes: NDArray[np.integer]) -> NDArray[Any]:
    """Return ``table[codes]``."""
    taken = empty(len(codes), table.dtype)
    for part in spans(codes, taken):
        taken[part] = table[codes[part]]
    return taken


def select(values: NDArray[Any], chosen: NDArray[np.bool_]) -> NDArray[Any]:
    """Return ``values[chosen]``."""
    selected = empty(int(np.count_nonzero(chosen)), values.dtype)
    end = 0
    for part in spans(values, chosen):
        some = values[part][chosen[part]]
        start, end = end, end + len(some)
        selected[start:end] = some
        release(selected[start:end])
    return selected


def lengths_of(offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the lengths of the sequences that start and end there, (n,) int64."""
    lengths = empty(len(offsets) - 1, np.int64)
    for part in spans(lengths, offsets[:-1]):
        np.subtract(offsets[1:][part], offsets[:-1][part], out=lengths[part])
    return lengths


def offsets_at(starts: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return where sequences start, given the events that start one: (n + 1,) int64."""
    offsets = empty(int(np.count_nonzero(starts)) + 1, np.int64)
    end = 0
    for part in spans(starts):
        some = np.flatnonzero(starts[part]) + part.start
        start, end = end, end + len(some)
        offsets[start:end] = some
    offsets[-1] = len(starts)
    return offsets


def owners(events: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the sequence that each of these events is in, (n,) int32."""
    found = empty(len(events), np.int32)
    for part in spans(found, events):
        found[part] = np.searchsorted(offsets, events[part], side="right") - 1
    return found


def offsets_of(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where sequences of these lengths start, and where the last ends, (n + 1,) int64."""
    offsets = empty(len(lengths) + 1, np.int64)
    offsets[0] = 0
    np.cumsum(lengths, out=offsets[1:])
    return offsets
