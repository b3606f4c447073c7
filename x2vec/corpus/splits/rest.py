"""The rest of a basket: some of its items are known, and all the others are asked for at once.

Of a sequence in order the rest is how it goes on: its first part is known, and the new items after
that are asked for.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import blocks
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits.queries import Queries
from x2vec.errors import ConfigError, NothingLeftError

__all__ = ["KNOWN", "ask_rest", "check_known"]

KNOWN: Final = 0.5
"""Share of a basket that is known, unless given."""


def check_known(known: float) -> None:
    """Refuse a share out of bounds.

    Raises:
        ConfigError: ``known`` is not between 0 and 1.
    """
    if not 0 < known < 1:
        raise ConfigError(
            f"known is {known}; it is the share of a basket that is known, and must lie between "
            "0 and 1"
        )


def ask_rest(
    sequences: Sequences, events: NDArray[np.bool_], *, known: float = KNOWN, seed: int = 0
) -> Queries:
    """Ask each sequence for several items at once, none of which its history holds.

    Args:
        sequences: What holds the events.
        events: (n_events,) bool, those that may be asked for, a tail of each sequence; what comes
            before is known.
        known: Share of the distinct items among these that is known too: drawn at random from a
            basket, the first ones of a sequence. At least one item is known and one asked for.
        seed: Decides which items of a basket are known.

    Raises:
        NothingLeftError: No sequence has both.
    """
    owners = np.repeat(np.arange(len(sequences)), sequences.lengths)
    pairs = owners * max(len(sequences.items), 1) + sequences.codes
    _, first, item = np.unique(pairs, return_index=True, return_inverse=True)
    first = first[events[first]]  # an item seen before is no target
    if not sequences.ordered:
        first = np.random.default_rng(seed).permutation(first)
    first = first[np.lexsort((first, owners[first]) if sequences.ordered else (owners[first],))]
    counts = np.bincount(owners[first], minlength=len(sequences))
    has_past = np.zeros(len(sequences), dtype=np.bool_)
    has_past[owners[~events]] = True
    n_known = np.clip(np.rint(known * counts).astype(np.int64), ~has_past, counts - 1)
    askable = (n_known >= 0) & (n_known + has_past > 0)
    starts = np.append(0, np.cumsum(counts))[:-1]
    place = np.arange(len(first)) - starts[owners[first]]
    is_target = (place >= n_known[owners[first]]) & askable[owners[first]]
    targets = np.sort(first[is_target])
    if not len(targets):
        raise NothingLeftError(
            "Nothing to ask: no basket that was held out has two different items. Hold out a "
            "larger part, or leave out baskets of one item first (min_length = 2)."
        )
    history = np.repeat(askable, sequences.lengths)
    if sequences.ordered:
        cut = np.full(len(sequences), sequences.n_events)
        np.minimum.at(cut, owners[targets], targets)
        history &= np.arange(sequences.n_events) < cut[owners]
    else:
        asked = np.zeros(len(sequences.codes) + 1, dtype=np.bool_)
        asked[item[targets]] = True
        history &= ~asked[item]
    return Queries(
        sequences.keep(history, reason="asked for, or not asked"),
        sequences.codes[targets],
        np.flatnonzero(askable).astype(np.int32),
        None if sequences.times is None else sequences.times[targets],
        offsets=blocks.offsets_of(np.bincount(owners[targets], minlength=len(sequences))[askable]),
    )
