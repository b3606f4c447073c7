"""By time: training ends strictly before a moment, and questions are about what comes after it."""

from __future__ import annotations

import numpy as np

from x2vec.corpus.blocks import mask, nth_smallest
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits.asking import MOST_HISTORY, ask_each, ask_last, check_ask, chosen
from x2vec.corpus.splits.rest import KNOWN, ask_rest, check_known
from x2vec.corpus.splits.value import Split
from x2vec.errors import ConfigError, NothingLeftError

__all__ = ["split_by_time"]


def split_by_time(
    sequences: Sequences,
    *,
    holdout: float = 0.1,
    ask: str = "last",
    most_history: int = MOST_HISTORY,
    max_queries: int | None = None,
    known: float = KNOWN,
    seed: int = 0,
) -> Split:
    """Train strictly before a moment, and ask for what goes on after it.

    A sequence that spans the moment trains with its part before it, and is asked given all that
    came earlier: for its last item, or for each item after the moment.

    Args:
        sequences: What to split; its events have times.
        holdout: Share of the events from the moment on, between 0 and 1.
        ask: ``"last"``; ``"each"`` event after the moment that is not the first of its sequence;
            or the ``"rest"``, all new items from the moment on at once.
        most_history: Where each is asked, a longer history keeps its latest events.
        max_queries: Where each is asked, more than that are drawn from without replacement.
        known: Where the rest is asked, the share of these items that is known.
        seed: Decides which items of a basket are asked for, and which queries are drawn.

    Raises:
        ConfigError: An argument is out of bounds, or the events have no times.
        NothingLeftError: One side is empty, as where all events have the same time.
    """
    check_ask(ask, most_history, max_queries)
    check_known(known)
    if not 0 < holdout < 1:
        raise ConfigError(f"holdout is {holdout}; it must lie between 0 and 1")
    if sequences.times is None:
        raise ConfigError(
            'split = "time" needs a time of each event, and the source gives none. '
            'Name the time column, or set split = "leave-last-out".'
        )
    position = min(int(sequences.n_events * (1 - holdout)), max(sequences.n_events - 1, 0))
    moment = nth_smallest(sequences.times, position) if sequences.n_events else 0
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
    if ask == "each":
        queries = ask_each(
            sequences, ~before, most_history=most_history, max_queries=max_queries, seed=seed
        )
    elif ask == "rest":
        queries = ask_rest(sequences, ~before, known=known, seed=seed)
    else:
        targets = chosen(sequences, askable, seed, earliest=moment)
        reason = "not asked: ends before, or too short"
        queries = ask_last(sequences, askable, targets, reason=reason)
    return Split(
        train=sequences.keep(before, reason=f"held out: from {when} on"),
        queries=queries,
        rows_held_out=sequences.n_events - int(np.count_nonzero(before)),
        description=f"train before {when}, ask {_WORDS[ask]}after",
    )


_WORDS = {"last": "", "each": "for each ", "rest": "for the rest "}
