"""Which held-out events are asked for, and what each query knows.

Asked for each event of a sequence in turn, histories would hold the square of its length: a session
of 10,000 clicks would become 50 million. So queries are drawn before their histories are written,
and a history keeps its latest events alone; both are counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import blocks
from x2vec.corpus.ledger import Ledger
from x2vec.corpus.mapped import empty
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits.queries import Queries
from x2vec.errors import ConfigError

__all__ = [
    "ASK", "MOST_HISTORY", "WORDS", "ask_each", "ask_last", "check_ask", "check_seed",
    "check_share", "chosen",
]  # fmt: skip

ASK: Final = ("last", "each", "rest")
"""What may be asked of a held-out sequence: for its last event, for each after the first, or for
all items of the rest at once."""

WORDS: Final = {"last": "for one of each sequence", "each": "for each", "rest": "for the rest"}
"""How descriptions of splits say it."""

MOST_HISTORY: Final = 200
"""Events that a history of ``ask="each"`` keeps: far more than any ranker's decay looks back."""

_COLUMNS: Final = ("codes", "times", "weights", "kinds")


def check_ask(ask: str, most_history: int, max_queries: int | None) -> None:
    """Refuse another question, and bounds below 1.

    Raises:
        ConfigError: The message names what is possible.
    """
    if ask not in ASK:
        raise ConfigError(f'ask is {ask!r}; it must be "last", "each" or "rest"')
    if not _is_count(most_history):
        raise ConfigError(
            f"most_history is {most_history!r}; it must be a whole number of at least 1"
        )
    if max_queries is not None and not _is_count(max_queries):
        raise ConfigError(
            f"max_queries is {max_queries!r}; it must be a whole number of at least 1, or None for "
            "all"
        )


def check_share(test: float) -> None:
    """Refuse a share out of bounds."""
    if not isinstance(test, int | float) or not 0 < test < 1:
        raise ConfigError(f"test is {test!r}; it is a share, and must lie between 0 and 1")


def check_seed(seed: Any) -> None:
    """Refuse what is no seed."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise ConfigError(f"seed is {seed!r}; it must be a whole number from 0 to {2**32 - 1}")


def _is_count(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= 1)


def ask_last(
    sequences: Sequences, askable: NDArray[np.bool_], events: NDArray[np.int64], *, reason: str
) -> Queries:
    """Ask for one event of each askable sequence, given all the others.

    Args:
        sequences: What holds the events.
        askable: (n_sequences,) bool; each of those has two events or more.
        events: (number of askable,) positions of the targets, one in each of them.
        reason: What the ledger says of the sequences that are not asked.
    """
    asked = sequences.keep_sequences(askable, reason=reason)
    targets = asked.offsets[:-1] + events - sequences.offsets[:-1][askable]
    known = asked.keep(blocks.all_but(targets, asked.n_events), reason="asked for")
    return Queries(
        known,
        sequences.codes[events],
        np.flatnonzero(askable).astype(np.int32),
        None if sequences.times is None else sequences.times[events],
    )


def chosen(
    sequences: Sequences,
    of: NDArray[np.bool_],
    seed: int,
    *,
    earliest: int | None = None,
) -> NDArray[np.int64]:
    """Return the position of one event of each of some sequences: the last, or one at random.

    Times ascend inside a sequence, so the events from ``earliest`` on are its tail.
    """
    ends = sequences.offsets[1:][of]
    if sequences.ordered:
        return ends - 1
    starts = sequences.offsets[:-1][of]
    if earliest is not None and sequences.times is not None:
        late = blocks.mask(lambda times, _: times >= earliest, sequences.times, sequences.offsets)
        starts = ends - blocks.count_true(late, sequences.offsets)[of]
    draws = np.random.default_rng(seed).random(len(sequences))[of]
    return starts + (draws * (ends - starts)).astype(np.int64)


def ask_each(
    sequences: Sequences,
    events: NDArray[np.bool_],
    *,
    known: NDArray[np.bool_] | None = None,
    most_history: int = MOST_HISTORY,
    max_queries: int | None = None,
    seed: int = 0,
) -> Queries:
    """Ask for each of some events, given what is known before it, or beside it in a basket.

    Args:
        sequences: What holds the events.
        events: (n_events,) bool, the targets; one whose history is empty is not asked for.
        known: (n_events,) bool, what a history may hold; everything unless given.
        most_history: A longer history keeps its latest events.
        max_queries: More targets than that are drawn from without replacement.
        seed: For that draw.
    """
    targets = np.flatnonzero(events)
    owners = blocks.owners(targets, sequences.offsets)
    first, end = sequences.offsets[:-1][owners], sequences.offsets[1:][owners]
    last, base = targets if sequences.ordered else end, sequences
    place, beside = targets, np.full(len(targets), not sequences.ordered)
    if known is not None:
        base = sequences.keep(known, reason="no part of a history")
        before = np.append(0, np.cumsum(known, dtype=np.int64))
        first, last, place = before[first], before[last], before[targets]
        beside &= known[targets]
    lengths = last - first - beside
    drawn = np.flatnonzero(lengths > 0)
    left_out = 0
    if max_queries is not None and len(drawn) > max_queries:
        left_out = len(drawn) - max_queries
        drawn = np.sort(np.random.default_rng(seed).choice(drawn, max_queries, replace=False))
    kept = np.minimum(lengths[drawn], most_history)
    asked = targets[drawn]
    return Queries(
        _histories(
            base,
            origins=sequences.origins[owners[drawn]],
            starts=first[drawn] + lengths[drawn] - kept,
            lengths=kept,
            without=np.where(beside[drawn], place[drawn], last[drawn] + 1),
        ),
        sequences.codes[asked],
        owners[drawn],
        None if sequences.times is None else sequences.times[asked],
        left_out=left_out,
        shortened=int(np.count_nonzero(lengths[drawn] > most_history)),
    )


def _histories(
    base: Sequences,
    *,
    origins: NDArray[np.int32],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    without: NDArray[np.int64],
) -> Sequences:
    """Write a stretch of events for each query, passing over one of them.

    Args:
        base: What holds the events.
        origins: (n_queries,) the sequences' ids.
        starts: (n_queries,) where each stretch starts, were there nothing to pass over.
        lengths: (n_queries,) events of each.
        without: (n_queries,) the event that is passed over, or one behind the stretch.
    """
    offsets = blocks.offsets_of(lengths)
    columns: dict[str, Any] = {
        name: empty(int(offsets[-1]), column.dtype)
        for name in _COLUMNS
        if (column := getattr(base, name)) is not None
    }
    for some, events in blocks.runs(offsets, *columns.values()):
        at = np.arange(events.start, events.stop)
        at += np.repeat(starts[some] - offsets[some], lengths[some])
        at += at >= np.repeat(without[some], lengths[some])
        for name, column in columns.items():
            column[events] = getattr(base, name)[at]
    ledger = Ledger.of(rows=int(offsets[-1]), sequences=len(lengths))
    return replace(base, origins=origins, offsets=offsets, ledger=ledger, **columns)
