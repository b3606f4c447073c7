"""Whole sequences that training never sees: some drawn at random, or a test part of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import blocks
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits.asking import (
    MOST_HISTORY,
    WORDS,
    ask_each,
    ask_last,
    check_ask,
    check_share,
    chosen,
)
from x2vec.corpus.splits.queries import Queries
from x2vec.corpus.splits.rest import KNOWN, ask_rest, check_known
from x2vec.corpus.splits.value import Split
from x2vec.errors import NothingLeftError

__all__ = ["hold_out_sequences", "queries_of"]


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
    check_share(test)
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
        description=f"{n_held} of {len(ids)} sequences held out at random, ask {WORDS[ask]}",
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


def _queries(
    sequences: Sequences,
    askable: NDArray[np.bool_],
    ask: str,
    most_history: int,
    max_queries: int | None,
    known: float,
    seed: int,
) -> Queries:
    """Ask the askable sequences, each of two events or more, held out whole."""
    reason = "not asked: not held out, or too short"
    if ask == "last":
        targets = chosen(sequences, askable, seed)
        made = ask_last(sequences, askable, targets, reason=reason)
        return replace(made, held_out="sequences")
    events = blocks.spread(askable, sequences.offsets)
    if ask == "rest":
        asked = sequences.keep_sequences(askable, reason=reason)
        made = ask_rest(asked, np.ones(asked.n_events, dtype=np.bool_), known=known, seed=seed)
        sequence = np.flatnonzero(askable).astype(np.int32)[made.sequence]
        return replace(made, sequence=sequence, held_out="sequences")
    made = ask_each(
        sequences, events, most_history=most_history, max_queries=max_queries, seed=seed
    )
    return replace(made, held_out="sequences")
