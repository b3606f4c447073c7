"""Held out whole: some sequences that training never sees, or some items that it never sees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import blocks
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits.asking import MOST_HISTORY, ask_each, ask_last, check_ask, chosen
from x2vec.corpus.splits.queries import Queries
from x2vec.corpus.splits.rest import KNOWN, ask_rest, check_known
from x2vec.corpus.splits.value import Split
from x2vec.errors import ConfigError, NothingLeftError

__all__ = ["hold_out_items", "hold_out_sequences", "queries_of"]


def hold_out_sequences(
    sequences: Sequences,
    *,
    test: float = 0.1,
    ask: str = "last",
    most_history: int = MOST_HISTORY,
    max_queries: int | None = None,
    known: float = KNOWN,
    seed: int = 0,
) -> Split:
    """Hold out whole sequences, drawn at random; what was cut from one id stays together.

    Args:
        sequences: What to split.
        test: Share of the ids that are held out, between 0 and 1; at least one is, and one stays.
        ask: ``"last"``; ``"each"`` event of a held-out sequence after its first; or its
            ``"rest"``, all items that are not known at once.
        most_history: Where each is asked, a longer history keeps its latest events.
        max_queries: Where each is asked, more than that are drawn from without replacement.
        known: Where the rest is asked, the share of a sequence's items that is known.
        seed: Decides which sequences are held out, which item of a basket is the target, and
            which queries are drawn.

    Raises:
        ConfigError: An argument is out of bounds.
        NothingLeftError: There is one id only, or no sequence that was held out has two events.
    """
    check_ask(ask, most_history, max_queries)
    check_known(known)
    _check_share(test)
    ids_of = np.asarray(sequences.names.dictionary_encode().indices)[sequences.origins]
    ids = np.unique(ids_of)
    if len(ids) < 2:
        raise NothingLeftError(
            f"No sequences can be held out of {len(ids)}: both sides need one. "
            'Set split = "leave-last-out", or bring more data.'
        )
    n_held = min(max(1, round(test * len(ids))), len(ids) - 1)
    is_held = np.zeros(len(sequences.names), dtype=bool)
    is_held[np.random.default_rng(seed).choice(ids, n_held, replace=False)] = True
    held = blocks.take(is_held, ids_of)
    askable = held & (sequences.lengths >= 2)
    if not askable.any():
        raise NothingLeftError(
            f"None of the {n_held} sequences held out has two events, so there is nothing to ask. "
            "Hold out a larger share, or leave out sequences of one event first (min_length = 2)."
        )
    train = sequences.keep_sequences(~held, reason="held out: whole sequences")
    return Split(
        train=train,
        queries=_queries(sequences, askable, ask, most_history, max_queries, known, seed),
        rows_held_out=sequences.n_events - train.n_events,
        description=f"{n_held} of {len(ids)} sequences held out at random, ask {_WORDS[ask]}",
        whole=True,
    )


def hold_out_items(
    sequences: Sequences,
    *,
    test: float = 0.1,
    ask: str = "last",
    most_history: int = MOST_HISTORY,
    max_queries: int | None = None,
    seed: int = 0,
) -> Split:
    """Hold out items, drawn at random: all of their events leave training, as if never seen.

    The queries ask for a held-out item, given the other items of its sequence: those before it, or
    in a basket those beside it. Who has no features of an item cannot find it.

    Args:
        sequences: What to split.
        test: Share of the items that are held out, between 0 and 1; at least one is, and one stays.
        ask: ``"last"`` asks each sequence for the last of its held-out items, or for any one of a
            basket; ``"each"`` for every one.
        most_history: A longer history keeps its latest events.
        max_queries: More than that are drawn from without replacement.
        seed: Decides which items are held out, and which queries are drawn.

    Raises:
        ConfigError: An argument is out of bounds.
        NothingLeftError: There is one item only, or no held-out item has another one before it.
    """
    check_ask(ask, most_history, max_queries)
    if ask == "rest":
        raise ConfigError(
            'ask is "rest", and held-out items are asked for one by one. Set ask = "last" or '
            '"each", or split by "time" or "sequences".'
        )
    _check_share(test)
    items = np.flatnonzero(sequences.counts())
    if len(items) < 2:
        raise NothingLeftError(f"No items can be held out of {len(items)}: both sides need one.")
    n_held = min(max(1, round(test * len(items))), len(items) - 1)
    draws = np.random.default_rng(seed)
    is_held = np.zeros(len(sequences.items), dtype=bool)
    is_held[draws.choice(items, n_held, replace=False)] = True
    held = blocks.take(is_held, sequences.codes)
    train = sequences.keep(~held, reason="held out: items")
    targets = held
    if ask == "last":
        targets = _one_of_each(sequences, _with_history(sequences, held), draws)
    queries = ask_each(
        sequences,
        targets,
        known=~held,
        most_history=most_history,
        max_queries=max_queries,
        seed=seed,
    )
    if not len(queries):
        raise NothingLeftError(
            f"None of the {n_held} items held out has another item "
            f"{'before' if sequences.ordered else 'beside'} it, so there is nothing to ask. "
            "Hold out a larger share, or take another seed."
        )
    return Split(
        train=train,
        queries=queries,
        rows_held_out=sequences.n_events - train.n_events,
        description=f"{n_held} of {len(items)} items held out at random, ask {_WORDS[ask]}",
    )


def queries_of(
    sequences: Sequences,
    *,
    ask: str = "last",
    most_history: int = MOST_HISTORY,
    max_queries: int | None = None,
    known: float = KNOWN,
    seed: int = 0,
) -> Queries:
    """Make queries of sequences that are a test part of their own, such as a published one.

    An item that training never saw is left out of histories, and as a target it is a miss; both
    are counted where the queries meet a vocabulary.

    Args:
        sequences: The test part; sequences of one event are not asked.
        ask: ``"last"``; ``"each"`` event after the first; or the ``"rest"``, all items that are not
            known at once.
        most_history: Where each is asked, a longer history keeps its latest events.
        max_queries: Where each is asked, more than that are drawn from without replacement.
        known: Where the rest is asked, the share of a sequence's items that is known.
        seed: Decides which item of a basket is the target, and which queries are drawn.

    Raises:
        ConfigError: An argument is out of bounds.
        NothingLeftError: The test part is empty, or none of its sequences has two events.

    Example:
        >>> test = Sequences.from_lists([["tea", "milk", "jam"], ["tea"]])
        >>> asked = queries_of(test, ask="each")
        >>> list(asked.histories), asked.sequence.tolist()
        ([['tea'], ['tea', 'milk']], [0, 0])
    """
    check_ask(ask, most_history, max_queries)
    check_known(known)
    askable = sequences.lengths >= 2
    if not askable.any():
        raise NothingLeftError(
            f"The test part has {len(sequences)} sequences, none of two events, so there is "
            "nothing to ask. Check its source and the rules that clean it."
        )
    return _queries(sequences, askable, ask, most_history, max_queries, known, seed)


_WORDS = {"last": "for one of each sequence", "each": "for each", "rest": "for the rest"}


def _check_share(test: float) -> None:
    if not 0 < test < 1:
        raise ConfigError(f"test is {test}; it is a share, and must lie between 0 and 1")


def _queries(
    sequences: Sequences,
    askable: NDArray[np.bool_],
    ask: str,
    most_history: int,
    max_queries: int | None,
    known: float,
    seed: int,
) -> Queries:
    """Ask the askable sequences, each of two events or more."""
    if ask == "last":
        targets = chosen(sequences, askable, seed)
        return ask_last(sequences, askable, targets, reason="not asked: not held out, or too short")
    events = blocks.spread(askable, sequences.offsets)
    if ask == "rest":
        asked = sequences.keep_sequences(askable, reason="not asked: not held out, or too short")
        made = ask_rest(asked, np.ones(asked.n_events, dtype=np.bool_), known=known, seed=seed)
        return replace(made, sequence=np.flatnonzero(askable).astype(np.int32)[made.sequence])
    return ask_each(
        sequences, events, most_history=most_history, max_queries=max_queries, seed=seed
    )


def _with_history(sequences: Sequences, held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which held-out events have a known one before them, or beside them in a basket."""
    known = np.append(0, np.cumsum(~held, dtype=np.int64))
    first = np.repeat(known[sequences.offsets[:-1]], sequences.lengths)
    if sequences.ordered:
        return held & (known[:-1] > first)
    return held & (np.repeat(known[sequences.offsets[1:]], sequences.lengths) > first)


def _one_of_each(
    sequences: Sequences, events: NDArray[np.bool_], draws: np.random.Generator
) -> NDArray[np.bool_]:
    """Return one of these events of each sequence that has one: the last, or any of a basket."""
    places = np.flatnonzero(events)
    owners = blocks.owners(places, sequences.offsets)
    starts = np.flatnonzero(np.append(True, owners[1:] != owners[:-1])) if len(owners) else places
    counts = np.diff(np.append(starts, len(owners)))
    steps = counts - 1
    if not sequences.ordered:
        steps = (draws.random(len(counts)) * counts).astype(np.int64)
    one = np.zeros(len(events), dtype=bool)
    one[places[starts + steps]] = True
    return one
