"""One verb for all ways of splitting, by the names that jobs use."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypedDict

from x2vec._text import closest
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits.asking import MOST_HISTORY, check_ask, check_seed, check_share
from x2vec.corpus.splits.by_time import split_by_time
from x2vec.corpus.splits.cold import hold_out_items
from x2vec.corpus.splits.last_out import leave_last_out
from x2vec.corpus.splits.queries import subset
from x2vec.corpus.splits.rest import KNOWN, check_known
from x2vec.corpus.splits.value import Split
from x2vec.corpus.splits.whole import hold_out_sequences
from x2vec.errors import ConfigError

__all__ = ["SPLITS", "split"]

SPLITS: Final = ("time", "leave-last-out", "sequences", "items")


def split(
    sequences: Sequences,
    by: str | None = None,
    *,
    test: float = 0.1,
    ask: str = "last",
    most_history: int = MOST_HISTORY,
    max_queries: int | None = None,
    known: float = KNOWN,
    seed: int = 0,
) -> Split:
    """Hold a part out, and make the queries that ask for it.

    Args:
        sequences: What to split.
        by: ``"time"``: train strictly before a moment; the default where events have a clock.
            ``"leave-last-out"``: the last item of each sequence, or one of each basket; the
            default elsewhere. ``"sequences"``: whole ones. ``"items"``: for cold start.
        test: Share that is held out: of the events by time, of the sequences or the items; leaving
            the last out takes one event of each sequence, whatever this is.
        ask: ``"last"``, one query a held-out sequence, or ``"each"``: every event after the first
            is a target given what came before, and every item of a basket given the others. Or
            ``"rest"``, several targets a query: all items of a basket that are not known, all new
            items of a sequence after its first part.
        most_history: Where each is asked, a longer history keeps its latest events, and
            ``queries.shortened`` counts them.
        max_queries: More queries than that are drawn from, and ``queries.left_out`` counts the
            others.
        known: Where the rest is asked, the share of a basket's items that is known.
        seed: Decides every draw.

    Returns:
        The split; ``train, test = split(...)`` unpacks it.

    Raises:
        ConfigError: An argument is unknown or out of bounds, the events have no times to split
            by, or more is asked than is held out.
        NothingLeftError: One side is empty.

    Example:
        >>> orders = Sequences.from_lists([["tea", "milk", "jam"], ["tea", "jam"]])
        >>> train, asked = split(orders, by="leave-last-out")
        >>> list(train), list(asked.histories)
        ([['tea', 'milk'], ['tea']], [['tea', 'milk'], ['tea']])
    """
    check_ask(ask, most_history, max_queries)
    check_known(known)
    check_share(test)
    check_seed(seed)
    if by is None:
        by = "time" if sequences.has_clock else "leave-last-out"
    how = _Ask(ask=ask, most_history=most_history, max_queries=max_queries, seed=seed)
    if by == "time":
        made = split_by_time(sequences, holdout=test, known=known, **how)
    elif by == "sequences":
        made = hold_out_sequences(sequences, test=test, known=known, **how)
    elif by == "items":
        made = hold_out_items(sequences, test=test, **how)
    elif by == "leave-last-out":
        if ask != "last":
            raise ConfigError(
                f'ask is "{ask}", and split = "leave-last-out" holds out one event of a sequence. '
                'Set ask = "last", or split by "time" or "sequences".'
            )
        made = leave_last_out(sequences, seed=seed)
    else:
        close = closest(str(by), SPLITS)
        hint = f" Did you mean {close!r}?" if close else ""
        raise ConfigError(f"no split {by!r}; there are {', '.join(SPLITS)}.{hint}")
    if max_queries is None:
        return made
    return replace(made, queries=subset(made.queries, max_queries, seed=seed))


class _Ask(TypedDict):
    """What is asked, as every way of splitting takes it."""

    ask: str
    most_history: int
    max_queries: int | None
    seed: int
