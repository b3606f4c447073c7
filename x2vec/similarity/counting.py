"""Counting: a corpus becomes evidence of which items are together in its sequences.

Items go one after the other, a stripe of them at a time: where they stand is noted, then whoever
stands near them is counted into one array over all items. So memory follows the items and the
pairs that are kept, and the corpus may lie in a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.corpus.blocks import offsets_of, runs
from x2vec.embeddings import Evidence, HeldPairs, Pairs
from x2vec.progress import Listener, Progress, silent
from x2vec.similarity.kernel import find_places, meet

__all__ = ["BASKET_REACH", "N_EXAMPLES", "N_KEPT", "ORDERED_REACH", "count_together"]

ORDERED_REACH: Final = 10
"""Steps: what the co-occurrence baseline takes, whose figures say why."""

BASKET_REACH: Final = 1000
"""Steps: a basket is counted whole, but for one of thousands of lines, which says little."""

N_KEPT: Final = 50
"""Partners of an item: with those that keep it themselves some 80, and the file stays of the size
of the matrices."""

N_EXAMPLES: Final = 3

_STRIPE_EVENTS: Final = 1 << 22
_STRIPE_ITEMS: Final = 1 << 15
"""A stripe takes 12 bytes an event, and 1.2 KB an item for what it keeps."""


def count_together(
    corpus: Corpus,
    ids: pa.Array,
    *,
    reach: int | None = None,
    n_kept: int = N_KEPT,
    listen: Listener = silent,
) -> Evidence:
    """Count in how many sequences two items are together.

    An item's most frequent partners are kept; of those with one count, the rarer items.

    Args:
        corpus: The sequences.
        ids: (n_sequences,) their ids, string or int64, perhaps dictionary-encoded.
        reach: How many steps apart two items are together; 10 unless given, and 1,000 in baskets,
            whose order means nothing.
        n_kept: So many partners of each item are kept.
        listen: Hears the progress.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> lists = Sequences.from_lists([["tea", "milk"], ["tea", "milk", "jam"]], ordered=False)
        >>> corpus = Corpus.of(lists, Vocabulary.of(lists))
        >>> found = count_together(corpus, lists.ids)
        >>> found.count(0, 1), found.examples(0, 1), found.meetings.tolist()
        (2, [0, 1], [3, 3, 2])
    """
    if reach is None:
        reach = ORDERED_REACH if corpus.ordered else BASKET_REACH
    bounds = offsets_of(corpus.counts())
    parts = []
    for low, high in _stripes(bounds):
        parts.append(_count_stripe(corpus, bounds[low : high + 1], low, reach, n_kept))
        corpus.release()
        listen(Progress("evidence", int(bounds[high]), corpus.n_tokens, "tokens"))
    whole = _Stripe(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    return Evidence(
        n_sequences=len(corpus),
        reach=reach,
        sequences=whole.sequences,
        meetings=whole.meetings,
        cut=whole.cut,
        at_most=whole.at_most,
        source=_both_ways(whole, ids),
    )


class _Stripe(NamedTuple):
    """What is counted of some items: a number each, then a row for each partner that is kept."""

    sequences: NDArray[np.int64]
    meetings: NDArray[np.int64]
    cut: NDArray[np.int64]
    at_most: NDArray[np.int64]
    lengths: NDArray[np.int64]
    others: NDArray[np.int32]
    counts: NDArray[np.int64]
    examples: NDArray[np.int32]


def _stripes(bounds: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Cut the items into stripes of so many events or items, or of one that has more."""
    low, n_items = 0, len(bounds) - 1
    while low < n_items:
        most = bounds[low] + _STRIPE_EVENTS
        high = int(np.searchsorted(bounds, most, side="right")) - 1
        high = min(max(high, low + 1), low + _STRIPE_ITEMS)
        yield low, high
        low = high


def _count_stripe(
    corpus: Corpus, bounds: NDArray[np.int64], low: int, reach: int, n_kept: int
) -> _Stripe:
    bounds = bounds - bounds[0]
    n_items, n_events = len(bounds) - 1, int(bounds[-1])
    places, owners = np.empty(n_events, np.int64), np.empty(n_events, np.int32)
    ends = bounds[:-1].copy()
    for some, events in runs(corpus.offsets, corpus.rows):
        offsets = corpus.offsets[some.start : some.stop + 1]
        high = low + n_items
        find_places(corpus.rows[events], offsets, some.start, low, high, ends, places, owners)
    numbers = [np.zeros(n_items, np.int64) for _ in range(5)]
    others = np.empty(n_items * n_kept, np.int32)
    counts = np.empty(n_items * n_kept, np.int64)
    examples = np.empty((n_items * n_kept, N_EXAMPLES), np.int32)
    meet(
        corpus.rows, corpus.offsets, corpus.n_items, reach, n_kept, low, bounds, places, owners,
        *numbers, others, counts, examples,
    )  # fmt: skip
    n_pairs = int(numbers[4].sum())
    kept = (column[:n_pairs].copy() for column in (others, counts, examples))
    return _Stripe(*numbers, *kept)


def _both_ways(whole: _Stripe, ids: pa.Array) -> HeldPairs:
    """Let each pair stand in both directions, whichever of its items keeps it."""
    from scipy.sparse import csr_array

    n_items = len(whole.lengths)
    numbered = np.arange(1, len(whole.others) + 1)
    shape = (n_items, n_items)
    one_way = csr_array((numbered, whole.others, offsets_of(whole.lengths)), shape=shape)
    both = one_way.maximum(one_way.T.tocsr())
    source = both.data - 1
    counts = whole.counts[source]
    held = np.minimum(counts, N_EXAMPLES)
    chosen = whole.examples[source][np.arange(N_EXAMPLES) < held[:, None]]
    used, codes = np.unique(chosen, return_inverse=True)
    named = ids.take(pa.array(used))
    if pa.types.is_dictionary(named.type):
        named = named.dictionary_decode()
    values = pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), named)
    pairs = Pairs(both.indptr.astype(np.int64), both.indices.astype(np.int32), counts)
    return HeldPairs(pairs, pa.LargeListArray.from_arrays(pa.array(offsets_of(held)), values))
