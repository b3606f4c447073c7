"""Counting: a corpus becomes evidence of which items are together in its sequences.

Items go one after the other, a stripe of them at a time: where they stand is noted, then whoever
stands near them is counted into one array over all items. So memory follows the items and the
pairs that are kept, and the corpus may lie in a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.corpus.blocks import offsets_of, runs
from x2vec.embeddings import Evidence, HeldPairs, Pairs
from x2vec.progress import Listener, Progress, silent
from x2vec.similarity.kernel import add_room, find_places, meet

__all__ = ["count_together"]

ORDERED_REACH: Final = 10
"""Steps: what the co-occurrence baseline takes, whose figures say why."""

BASKET_REACH: Final = 1000
"""Steps: a basket is counted whole, but for one of thousands of lines, which says little."""

N_OFTEN: Final = 50
N_SELDOM: Final = 20
"""Partners kept of an item, those that tell most: 70, and those that keep it themselves."""

N_EXAMPLES: Final = 3

_STRIPE_EVENTS: Final = 1 << 22
_STRIPE_ITEMS: Final = 1 << 15
"""A stripe takes 12 bytes an event, and 1.4 KB an item for what it keeps."""


def count_together(
    corpus: Corpus,
    ids: pa.Array,
    *,
    reach: int | None = None,
    n_often: int = N_OFTEN,
    n_seldom: int = N_SELDOM,
    listen: Listener = silent,
) -> Evidence:
    """Count in how many sequences two items are together.

    Of each item those partners are kept that tell most: whose count is the least likely to be an
    accident, be it high or low (``kernel._told``).

    Args:
        corpus: The sequences.
        ids: (n_sequences,) their ids, string or int64, perhaps dictionary-encoded.
        reach: How many steps apart two items are together; 10 unless given, and 1,000 in baskets,
            whose order means nothing.
        n_often: So many partners of an item are kept that it meets more often than by chance; all
            that it ever meets where they are no more than that.
        n_seldom: So many are kept that it meets less often, or never.
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
    task = _Task(corpus, reach, _weights(corpus, reach), n_often, n_seldom)
    bounds = offsets_of(corpus.counts())
    parts = []
    for low, high in _stripes(bounds):
        parts.append(task.count(low, bounds[low : high + 1]))
        corpus.release()
        listen(Progress("evidence", int(bounds[high]), corpus.n_tokens, "tokens"))
    whole = _Stripe(*map(np.concatenate, zip(*parts, strict=True)))
    sequences, meetings, cut, at_most, lengths = whole.numbers.T
    return Evidence(
        n_sequences=len(corpus),
        reach=reach,
        sequences=sequences,
        meetings=meetings,
        cut=cut,
        at_most=at_most,
        source=_both_ways(whole, lengths, ids),
    )


def _weights(corpus: Corpus, reach: int) -> NDArray[np.float64]:
    """Return numbers whose products are the counts that chance has, about: repeats count too."""
    room = np.zeros(corpus.n_items)
    for some, events in runs(corpus.offsets, corpus.rows):
        add_room(corpus.rows[events], corpus.offsets[some.start : some.stop + 1], reach, room)
    room /= np.sqrt(max(room.sum(), 1.0))
    return room


def _stripes(bounds: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Cut the items into stripes of so many events or items, or of one that has more."""
    low, n_items = 0, len(bounds) - 1
    while low < n_items:
        most = bounds[low] + _STRIPE_EVENTS
        high = int(np.searchsorted(bounds, most, side="right")) - 1
        high = min(max(high, low + 1), low + _STRIPE_ITEMS)
        yield low, high
        low = high


class _Stripe(NamedTuple):
    """What is counted of some items: five numbers each, then a row for each pair that is kept."""

    numbers: NDArray[np.int64]
    others: NDArray[np.int32]
    counts: NDArray[np.int32]
    examples: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class _Task:
    """What is the same for every stripe."""

    corpus: Corpus
    reach: int
    weights: NDArray[np.float64]
    n_often: int
    n_seldom: int

    def count(self, low: int, bounds: NDArray[np.int64]) -> _Stripe:
        """Count the items from row ``low`` on, whose events are as many as the bounds say."""
        corpus, bounds = self.corpus, bounds - bounds[0]
        n_items, n_events = len(bounds) - 1, int(bounds[-1])
        places, owners = np.empty(n_events, np.int64), np.empty(n_events, np.int32)
        ends, high = bounds[:-1].copy(), low + n_items
        for some, events in runs(corpus.offsets, corpus.rows):
            offsets = corpus.offsets[some.start : some.stop + 1]
            find_places(corpus.rows[events], offsets, some.start, low, high, ends, places, owners)
        most = n_items * (self.n_often + self.n_seldom)
        numbers, others = np.zeros((n_items, 5), np.int64), np.empty(most, np.int32)
        counts, examples = np.empty(most, np.int32), np.empty((most, N_EXAMPLES), np.int32)
        meet(
            corpus.rows, corpus.offsets, self.reach, low, bounds, places, owners, self.weights,
            np.argsort(-self.weights, kind="stable"), self.n_often, self.n_seldom,
            numbers, others, counts, examples,
        )  # fmt: skip
        kept = slice(0, int(numbers[:, 4].sum()))
        return _Stripe(numbers, others[kept].copy(), counts[kept].copy(), examples[kept].copy())


def _both_ways(whole: _Stripe, lengths: NDArray[np.int64], ids: pa.Array) -> HeldPairs:
    """Let each pair stand in both directions, whichever of its items keeps it."""
    from scipy.sparse import csr_array

    n_items = len(lengths)
    numbered = np.arange(1, len(whole.others) + 1)
    shape = (n_items, n_items)
    one_way = csr_array((numbered, whole.others, offsets_of(lengths)), shape=shape)
    both = one_way.maximum(one_way.T.tocsr())
    source = both.data - 1
    counts = whole.counts[source].astype(np.int64)
    held = np.minimum(counts, N_EXAMPLES)
    chosen = whole.examples[source][np.arange(N_EXAMPLES) < held[:, None]]
    used, codes = np.unique(chosen, return_inverse=True)
    named = ids.take(pa.array(used))
    if pa.types.is_dictionary(named.type):
        named = named.dictionary_decode()
    values = pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), named)
    pairs = Pairs(both.indptr.astype(np.int64), both.indices.astype(np.int32), counts)
    return HeldPairs(pairs, pa.LargeListArray.from_arrays(pa.array(offsets_of(held)), values))
