"""Items that training never sees, for cold start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import blocks
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits.asking import MOST_HISTORY, WORDS, ask_each, check_ask, check_share
from x2vec.corpus.splits.value import Split
from x2vec.errors import ConfigError, NothingLeftError

__all__ = ["hold_out_items"]


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
    check_share(test)
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
        queries=replace(queries, held_out="items"),
        rows_held_out=sequences.n_events - train.n_events,
        description=f"{n_held} of {len(items)} items held out at random, ask {WORDS[ask]}",
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
