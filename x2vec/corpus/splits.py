"""Splits: what a model may learn from, and what it is asked afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.blocks import all_but, count_true, mask, nth_smallest
from x2vec.corpus.frozen import freeze
from x2vec.corpus.sequences import Sequences
from x2vec.errors import ConfigError, NothingLeftError

__all__ = ["Queries", "Split", "leave_last_out", "split_by_time", "subset"]


@dataclass(frozen=True, eq=False)
class Queries:
    """Histories with the item that came next.

    Attributes:
        histories: What is known of each sequence, never empty.
        targets: (n_queries,) int32, the held-out items as codes of ``histories.items``.
    """

    histories: Sequences
    targets: NDArray[np.int32]

    def __post_init__(self) -> None:
        if len(self.targets) != len(self.histories):
            raise ValueError(f"{len(self.targets)} targets for {len(self.histories)} histories")
        freeze(self, "targets")

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True, eq=False)
class Split:
    """The training part, and the queries on what was held out.

    Attributes:
        train: What a model may see.
        queries: What it is asked.
        rows_held_out: Events that are in no training sequence; together with those of ``train``
            they are all events that were split.
        description: How it was split, in words.
    """

    train: Sequences
    queries: Queries
    rows_held_out: int
    description: str


def leave_last_out(sequences: Sequences, *, seed: int = 0) -> Split:
    """Hold out the last item of each sequence of two or more, one at random of each basket.

    Args:
        sequences: What to split.
        seed: Decides which item of a basket is held out.

    Raises:
        NothingLeftError: No sequence holds two events.
    """
    askable = sequences.lengths >= 2
    if not askable.any():
        raise NothingLeftError("Nothing to hold out: no sequence holds two events.")
    held_out = _chosen(sequences, askable, seed)
    train = all_but(held_out, sequences.n_events)
    return Split(
        train=sequences.keep(train, reason="held out: last of its sequence"),
        queries=_ask(sequences.keep_sequences(askable, reason="not asked: too short"), seed),
        rows_held_out=len(held_out),
        description="leave last out" if sequences.ordered else "leave one of each basket out",
    )


def split_by_time(sequences: Sequences, *, holdout: float = 0.1, seed: int = 0) -> Split:
    """Train strictly before a moment, and ask for the last item of what goes on after it.

    A sequence that spans the moment trains with its part before it, and is asked for its last
    item given all that came earlier.

    Args:
        sequences: What to split; its events have times.
        holdout: Share of the events from the moment on, between 0 and 1.
        seed: Decides which item of a basket is held out.

    Raises:
        ConfigError: ``holdout`` is out of bounds, or the events have no times.
        NothingLeftError: One side is empty, as where all events have the same time.
    """
    if not 0 < holdout < 1:
        raise ConfigError(f"holdout is {holdout}; it must lie between 0 and 1")
    if sequences.times is None:
        raise ConfigError(
            'split = "time" needs a time of each event, and the source gives none. '
            'Name the time column, or set split = "leave-last-out".'
        )
    position = min(int(sequences.n_events * (1 - holdout)), sequences.n_events - 1)
    moment = nth_smallest(sequences.times, position)
    before = mask(lambda times, _: times < moment, sequences.times, sequences.offsets)
    goes_on = ~before[sequences.offsets[1:] - 1]
    askable = goes_on & (sequences.lengths >= 2)
    if not before.any() or not askable.any():
        raise NothingLeftError(
            f"No split by time holds out {holdout:.0%}: "
            + ("no event is earlier." if not before.any() else "no later sequence has two events.")
            + ' Set split = "leave-last-out", or another holdout.'
        )
    when = f"position {moment}"
    if sequences.has_clock:
        when = f"{np.datetime64(moment, 'us').item():%Y-%m-%d %H:%M:%S} UTC"
    return Split(
        train=sequences.keep(before, reason=f"held out: from {when} on"),
        queries=_ask(
            sequences.keep_sequences(askable, reason="not asked: ends before, or too short"),
            seed,
            earliest=moment,
        ),
        rows_held_out=sequences.n_events - int(np.count_nonzero(before)),
        description=f"train before {when}, ask after",
    )


def _ask(sequences: Sequences, seed: int, earliest: int | None = None) -> Queries:
    """Take one event of each sequence as its target, and the others as its history."""
    targets = _chosen(sequences, np.ones(len(sequences), dtype=bool), seed, earliest)
    known = sequences.keep(all_but(targets, sequences.n_events), reason="asked for")
    return Queries(known, sequences.codes[targets])


def _chosen(
    sequences: Sequences,
    of: NDArray[np.bool_],
    seed: int,
    earliest: int | None = None,
) -> NDArray[np.int64]:
    """Return the position of one event of each chosen sequence: the last, or one at random.

    Times ascend inside a sequence, so the events from ``earliest`` on are its tail.
    """
    ends = sequences.offsets[1:][of]
    if sequences.ordered:
        return ends - 1
    starts = sequences.offsets[:-1][of]
    if earliest is not None and sequences.times is not None:
        late = mask(lambda times, _: times >= earliest, sequences.times, sequences.offsets)
        starts = ends - count_true(late, sequences.offsets)[of]
    draws = np.random.default_rng(seed).random(len(sequences))[of]
    return starts + (draws * (ends - starts)).astype(np.int64)


def subset(queries: Queries, n: int, *, seed: int = 0) -> Queries:
    """Return ``n`` of the queries, drawn without replacement, in their order; all if fewer."""
    if len(queries) <= n:
        return queries
    chosen = np.zeros(len(queries), dtype=bool)
    chosen[np.random.default_rng(seed).choice(len(queries), n, replace=False)] = True
    histories = queries.histories.keep_sequences(chosen, reason="not among the sampled queries")
    return Queries(histories, queries.targets[chosen])
