"""The rules of what a leak is; each returns which targets break it, (n_targets,) bool."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import blocks
from x2vec.corpus.leaks.digests import Windows, mixed
from x2vec.corpus.leaks.sides import Rest, Sides
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits import Queries

__all__ = ["beside", "goes_on", "same_elsewhere", "same_event", "same_place"]

_DAY = 86_400_000_000  # microseconds


def same_event(
    rest: Rest, queries: Queries, sides: Sides, is_known: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which targets train: those with more events of their id, item and time than known.

    An event of the history may be equal to the target in all three. Training has it rightly, once
    if the whole history is among the sequences that were passed over, and here if not.
    """
    histories = queries.histories
    assert queries.times is not None
    assert histories.times is not None
    assert rest.sequences.times is not None
    wanted = np.flatnonzero(sides.has_training)
    pairs = sides.ids[wanted] * sides.n_items + sides.targets[wanted]
    pair_values, times = np.unique(pairs), np.unique(queries.times[wanted])
    keys = _place(pairs, pair_values) * len(times) + _place(queries.times[wanted], times)
    values, which = np.unique(keys, return_inverse=True)
    trained = rest.pairs(sides.n_items)
    hit = np.flatnonzero(_is_in(trained, pair_values) & _is_in(rest.sequences.times, times))
    found = _place(trained[hit], pair_values) * len(times) + _place(
        rest.sequences.times[hit], times
    )
    found = found[_is_in(found, values)]
    counts = np.bincount(_place(found, values), minlength=len(values))[which]
    leaking = np.zeros(len(sides.owners), dtype=np.bool_)
    suspects = wanted[counts > 0]  # few, so that their histories can be read
    for target, count in zip(suspects, counts[counts > 0], strict=True):
        query = sides.owners[target]
        events = slice(*histories.offsets[query : query + 2])
        equal = histories.codes[events] == queries.targets[target]
        equal &= histories.times[events] == queries.times[target]
        leaking[target] = count > (0 if is_known[query] else np.count_nonzero(equal))
    return leaking


def goes_on(rest: Rest, queries: Queries, sides: Sides) -> NDArray[np.bool_]:
    """Return which histories are followed by their target in a training sequence of their id."""
    leaking = np.zeros(len(sides.owners), dtype=np.bool_)
    target, event = _pairs(rest, sides)
    owner = blocks.owners(event, rest.sequences.offsets)
    lengths = queries.histories.lengths[sides.owners[target]]
    fits = event - rest.sequences.offsets[:-1][owner] >= lengths
    target, event, lengths = target[fits], event[fits], lengths[fits]
    there = Windows.of(rest.sequences.codes.astype(np.int64)).digests(event - lengths, lengths)
    codes = sides.code_of[queries.histories.codes]
    starts = queries.histories.offsets[sides.owners[target]]
    here = Windows.of(codes).digests(starts, lengths)
    leaking[target[there == here]] = True
    return leaking


def beside(rest: Rest, queries: Queries, sides: Sides) -> NDArray[np.bool_]:
    """Return which targets stand beside their whole history in a training basket of their id."""
    leaking = np.zeros(len(sides.owners), dtype=np.bool_)
    target, event = _pairs(rest, sides)
    owner = blocks.owners(event, rest.sequences.offsets).astype(np.int64)
    fits = rest.sequences.lengths[owner] > queries.histories.lengths[sides.owners[target]]
    for one, basket in np.unique(np.stack([target[fits], owner[fits]], axis=1), axis=0):
        if leaking[one]:
            continue
        query = sides.owners[one]
        events = slice(*queries.histories.offsets[query : query + 2])
        needed = np.append(sides.code_of[queries.histories.codes[events]], sides.targets[one])
        items, counts = np.unique(needed, return_counts=True)
        held = rest.sequences.codes[
            rest.sequences.offsets[basket] : rest.sequences.offsets[basket + 1]
        ]
        leaking[one] = (np.count_nonzero(held[:, None] == items, axis=0) >= counts).all()
    return leaking


def _pairs(rest: Rest, sides: Sides) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each target with each training event of its id and its item."""
    wanted = np.flatnonzero(sides.has_training)
    keys = sides.ids[wanted] * sides.n_items + sides.targets[wanted]
    trained = rest.pairs(sides.n_items)
    events = np.flatnonzero(_is_in(trained, np.unique(keys)))
    events = events[np.argsort(trained[events], kind="stable")]
    first = np.searchsorted(trained[events], keys, side="left")
    counts = np.searchsorted(trained[events], keys, side="right") - first
    offsets = blocks.offsets_of(counts)
    places = np.arange(offsets[-1]) + np.repeat(first - offsets[:-1], counts)
    return np.repeat(wanted, counts), events[places]


def same_place(train: Sequences, queries: Queries, sides: Sides) -> NDArray[np.bool_]:
    """Return which queries begin the training sequence of their number, if most of them do."""
    number_of = np.full(sides.n_ids, len(train), dtype=np.int64)
    number_of[sides.train_ids] = np.arange(len(train))
    asked = np.flatnonzero(sides.has_training)
    place = number_of[sides.ids[asked]]
    lengths = queries.histories.lengths[sides.owners[asked]]
    same = train.lengths[place] > lengths
    asked, place, lengths = asked[same], place[same], lengths[same]
    starts = train.offsets[:-1][place]
    codes = sides.code_of[queries.histories.codes]
    there = Windows.of(train.codes.astype(np.int64)).digests(starts, lengths)
    here = Windows.of(codes).digests(queries.histories.offsets[sides.owners[asked]], lengths)
    equal = (there == here) & (train.codes[starts + lengths] == sides.targets[asked])
    leaking = np.zeros(len(sides.owners), dtype=np.bool_)
    leaking[asked[equal]] = True
    sequence = queries.sequence[sides.owners]
    n_same = len(np.unique(sequence[leaking]))
    n_numbered = len(np.unique(sequence[sides.has_training]))
    return leaking if 2 * n_same >= n_numbered else np.zeros_like(leaking)


def same_elsewhere(train: Sequences, queries: Queries, sides: Sides) -> NDArray[np.bool_]:
    """Return which queries a training sequence begins with: item for item and time for time.

    Under whatever id. Three events at two moments that are no mere dates meet by chance nowhere;
    where less is the same it says nothing.
    """
    histories = queries.histories
    assert train.times is not None
    assert histories.times is not None
    assert queries.times is not None
    events = _event_digests(train.codes.astype(np.int64), train.times)
    starts = np.repeat(train.offsets[:-1], train.lengths)
    before = Windows.of(events).digests(starts, np.arange(len(events)) - starts)
    there = before ^ mixed(events.astype(np.uint64))
    first, last = histories.offsets[:-1][sides.owners], histories.offsets[1:][sides.owners]
    codes = sides.code_of[histories.codes]
    here = Windows.of(_event_digests(codes, histories.times)).digests(first, last - first)
    here ^= mixed(_event_digests(sides.targets, queries.times).astype(np.uint64))
    begins = histories.times[first]
    telling = (last - first >= 2) & (begins != queries.times)
    telling &= (begins % _DAY != 0) | (queries.times % _DAY != 0)
    copied: NDArray[np.bool_] = telling & np.isin(here, there)
    return copied


def _event_digests(codes: NDArray[np.int64], times: NDArray[np.int64]) -> NDArray[np.int64]:
    return mixed(mixed(codes.astype(np.uint64)) ^ times.astype(np.uint64)).view(np.int64)


def _place(values: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each value stands among ascending ones that hold it."""
    return np.searchsorted(among, values)


def _is_in(values: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which values are among ascending ones."""
    if not len(among):
        return np.zeros(len(values), dtype=np.bool_)
    place = np.minimum(np.searchsorted(among, values), len(among) - 1)
    found: NDArray[np.bool_] = among[place] == values
    return found
