"""The leak detector: what is asked for must not stand in the training part.

Rules by what was held out and what the data have. Where whole sequences are the test part, none of
their ids may train, nor may they under another id, which their times tell; and where items are,
none of these. Where events have times, an event
is known by its sequence, item and time, and that of a target must not train. Elsewhere no training
sequence may hold the history and then its target. What training shares with the queries rightly,
the histories, is recognised and passed over.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.corpus.leaks.found import Leaks, told
from x2vec.corpus.leaks.rules import (
    beside,
    goes_on,
    same_elsewhere,
    same_event,
    same_place,
)
from x2vec.corpus.leaks.sides import Rest, Sides
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits import Queries
from x2vec.errors import DataError

__all__ = ["check_leaks", "find_leaks"]


def check_leaks(train: Sequences, queries: Queries) -> None:
    """Refuse a training part that holds what is asked for; see ``find_leaks``.

    Raises:
        DataError: The message has the rule, and the first five by their ids.

    Example:
        >>> train = Sequences.from_lists([["tea", "milk", "jam"]], ids=["u1"])
        >>> from x2vec.corpus import queries_of
        >>> asked = queries_of(Sequences.from_lists([["tea", "jam"]], ids=["u1"]))
        >>> check_leaks(train, asked)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        x2vec.errors.DataError: 1 of 1 queries leak: their sequences train too. They ...
    """
    leaks = find_leaks(train, queries)
    if leaks:
        raise DataError(
            f"{leaks} What is measured on them means nothing. Split the data anew, or remove these "
            "sequences from the training part; if an event was recorded twice, remove its double."
        )


def find_leaks(train: Sequences, queries: Queries) -> Leaks:
    """Find the queries whose answer, or whose own sequence, stands in the training part.

    Args:
        train: The training part, before any rule that cleans it after the split.
        queries: What is asked, before any sample of it is drawn. Where whole sequences were held
            out (``queries.held_out``), or were given, no id may stand on both sides. But where two
            sources both number their sequences (0, 1, 2 ... or 1, 2, 3 ...), a number says nothing;
            then it is a leak if at least half of the test sequences whose number training has too
            stand there, item for item.

    Returns:
        The leaks; false where there are none. In a basket the order plays no part.

        An event that was recorded twice, at one time in one sequence that was then cut between the
        two, cannot be told from a leak.

    Example:
        >>> from x2vec.corpus import split
        >>> made = split(Sequences.from_lists([["tea", "milk"], ["tea", "jam"]]))
        >>> bool(find_leaks(made.train, made.queries))
        False
    """
    sides = Sides.of(train, queries)
    histories = queries.histories
    whole = queries.held_out == "sequences"
    if queries.held_out == "items":
        leaking = _trains(train, sides)
        return told(leaking, queries, "items held out train", with_item=True)
    has_clock = train.has_clock and histories.has_clock and queries.times is not None
    if whole and train.ordered and has_clock:
        leaking = same_elsewhere(train, queries, sides)
        if leaking.any():
            return told(leaking, queries, "training holds them item for item and time for time")
    if whole and (histories.names is train.names or not _both_numbered(train, histories)):
        leaking = sides.has_training
        return told(leaking, queries, "their sequences train too")
    if whole:
        leaking = same_place(train, queries, sides)
        return told(leaking, queries, "most test sequences stand in the training part")
    known = sides.known_sequences(train, histories)
    suspect = sides.concerned() & ~known.of_training
    rest = Rest(train.keep_sequences(suspect, reason="no part of a leak"), sides.train_ids[suspect])
    if train.times is not None and queries.times is not None and histories.times is not None:
        leaking = same_event(rest, queries, sides, known.of_queries)
        return told(leaking, queries, "the event asked for trains", with_item=True)
    follows = goes_on if train.ordered else beside
    leaking = follows(rest, queries, sides)
    words = "a training sequence holds the history, then the target"
    if not train.ordered:
        words = "a training basket holds the target beside the history"
    return told(leaking, queries, words, with_item=True)


def _trains(train: Sequences, sides: Sides) -> NDArray[np.bool_]:
    """Return which targets' items have an event in training."""
    trains = np.zeros(sides.n_items, dtype=np.bool_)
    trains[np.flatnonzero(train.counts())] = True
    return trains[sides.targets]


def _both_numbered(train: Sequences, histories: Sequences) -> bool:
    return _numbered(train.names) and _numbered(histories.names)


def _numbered(names: pa.Array) -> bool:
    """Say whether ids are the numbers from 0 or 1 on, as readers give them to lines."""
    if not pa.types.is_int64(names.type) or not len(names) or names.null_count:
        return False
    numbers = np.asarray(names)
    return numbers[0] in (0, 1) and bool((np.diff(numbers) == 1).all())
