"""What is suspicious about sequences and items: sizes that no honest data have."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from x2vec.corpus import Sequences
from x2vec.profiling.finding import Finding, percent
from x2vec.profiling.scan import Scan
from x2vec.profiling.statistics import Lengths, Popularity

__all__ = [
    "common_item",
    "giant",
    "long_sequences",
    "longest_usual",
    "singles",
    "unique_items",
]

_FEWEST: Final = 20
"""Of fewer sequences, each is a large share."""

_GIANT_SHARE: Final = 0.05
_GIANT_TIMES: Final = 20
_LONG: Final = 10
"""Times the length that one sequence in a hundred has: nobody does ten times as much."""
_LEAST_LONG: Final = 100
_NEARLY_ALL: Final = 0.9
_COMMON: Final = 0.8


def giant(sequences: Sequences, of: Lengths) -> Finding | None:
    """Find one sequence with a large share of all events, far longer than is usual."""
    share = of.longest / sequences.n_events
    is_usual = of.longest < _GIANT_TIMES * of.median
    if len(sequences) < _FEWEST or share < _GIANT_SHARE or is_usual:
        return None
    place = int(np.argmax(sequences.lengths))
    return Finding(
        "giant_sequence",
        "warning",
        f"One sequence has {of.longest:,} of all events ({percent(share)}); half of the sequences "
        f"have {of.median:,} or fewer.",
        share,
        f"sequence {_name(sequences, place)!r}",
        "An id for 'unknown' or 'guest' often stands for many. Leave it out in sql = ..., or by "
        "max_length.",
    )


def longest_usual(of: Lengths) -> int:
    """Return the length above which a sequence is no person's."""
    return max(_LEAST_LONG, _LONG * of.quantiles["0.99"])


def long_sequences(sequences: Sequences, of: Lengths) -> Finding | None:
    """Find sequences so long that no person is behind them, such as those of robots."""
    bound = longest_usual(of)
    if len(sequences) < _FEWEST or of.longest <= bound:
        return None
    lengths = sequences.lengths
    too_long = lengths > bound
    share = float(lengths[too_long].sum() / sequences.n_events)
    n, place = int(too_long.sum()), int(np.argmax(lengths))
    return Finding(
        "long_sequences",
        "warning" if share >= _GIANT_SHARE else "note",
        f"{n:,} sequence{'s have' if n > 1 else ' has'} more than {bound:,} events, {_LONG} times "
        f"what 99 in 100 stay below, and {percent(share)} of all events.",
        share,
        f"sequence {_name(sequences, place)!r}, with {of.longest:,} events",
        f"Robots, shops' own tills or shared accounts look like that. max_length = {bound} leaves "
        "them out.",
    )


def singles(sequences: Sequences, of: Lengths) -> Finding | None:
    """Find a sequence column that is nearly unique: sequences of one event, nearly all."""
    if len(sequences) < _FEWEST or of.of_one_share < _NEARLY_ALL:
        return None
    place = int(np.argmin(sequences.lengths))
    return Finding(
        "sequences_of_one",
        "warning",
        f"{of.of_one:,} of {len(sequences):,} sequences ({percent(of.of_one_share)}) have one "
        "event; nothing is learnt from these.",
        of.of_one_share,
        f"sequence {_name(sequences, place)!r}",
        "The sequence column is nearly unique. Name the column that groups events which belong "
        "together: the order, not its line; the user or session, not the click.",
    )


def unique_items(sequences: Sequences, of: Popularity, n_items: int) -> Finding | None:
    """Find an item column that is nearly unique, as where it and the sequence are mixed up."""
    if n_items < _FEWEST or n_items <= len(sequences) or of.once_share < _NEARLY_ALL:
        return None
    once = sequences.items[int(np.argmax(sequences.counts() == 1))].as_py()
    return Finding(
        "items_seen_once",
        "warning",
        f"{of.once:,} of {n_items:,} items ({percent(of.once_share)}) have one event, and there "
        f"are more items than sequences ({len(sequences):,}).",
        of.once_share,
        f"item {once!r}",
        "Perhaps item and sequence are mixed up, or item names the number of a row. Exchange the "
        "two, or name the column of the product, page or song.",
    )


def common_item(sequences: Sequences, found: Scan) -> Finding | None:
    """Find an item that nearly every sequence holds, and that so tells nothing."""
    if len(sequences) < _FEWEST or np.count_nonzero(found.events_of) < 2:
        return None
    code = int(np.argmax(found.sequences_of))
    share = float(found.sequences_of[code] / len(sequences))
    if share < _COMMON:
        return None
    return Finding(
        "item_everywhere",
        "note",
        f"One item is in {int(found.sequences_of[code]):,} of {len(sequences):,} sequences "
        f"({percent(share)}).",
        share,
        f"item {sequences.items[code].as_py()!r}",
        "What everyone has tells nothing about anyone: a bag, postage, a start page. Leave it out "
        "in sql = ..., or set sample = 0.001 in [model], which skips most of its events.",
    )


def _name(sequences: Sequences, place: int) -> Any:
    return sequences.names[int(sequences.origins[place])].as_py()
