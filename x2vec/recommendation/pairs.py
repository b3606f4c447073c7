"""Pairs of items: how often two stand in one sequence, near each other or in order; sparse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.corpus.blocks import offsets_of
from x2vec.errors import ConfigError, DataError

if TYPE_CHECKING:
    from scipy.sparse import csr_array, csr_matrix

__all__ = [
    "events",
    "incidence",
    "for_implicit",
    "pairs_ahead",
    "pairs_in_baskets",
    "pairs_in_sequences",
    "pairs_in_window",
    "runs",
    "sequences_with",
]

MOST_PAIRS = 250_000_000
"""Entries that a table may hold: 2 GB at 8 bytes each; counting stops where there are more."""

WIDEST_WINDOW = 25
"""So that one sequence of a million events, whose pairs are sorted at once, stays below 2 GB."""

PAIRS_AT_ONCE = 1 << 21
"""Pairs of events counted at a time: some 150 MB, whatever the number of events."""


def sequences_with(corpus: Corpus) -> NDArray[np.int64]:
    """Return how many sequences hold each item, (n_items,) int64."""
    holds = incidence(corpus).indices  # each item once a sequence
    return np.bincount(holds, minlength=corpus.n_items).astype(np.int64, copy=False)


def incidence(corpus: Corpus) -> csr_array:
    """Return which sequence holds which item, (n_sequences, n_items) float32 of ones."""
    holds = events(corpus)
    holds.data[:] = 1
    return holds


def pairs_in_baskets(corpus: Corpus) -> csr_array:
    """Count, for each two different items, the sequences that hold both.

    Returns:
        (n_items, n_items) float32, symmetric, with nothing on the diagonal.

    Raises:
        DataError: The table comes to hold more than ``MOST_PAIRS`` entries.
    """
    pairs = _products(incidence(corpus), corpus)
    pairs.data[_is_diagonal(pairs)] = 0
    pairs.eliminate_zeros()
    return pairs


def pairs_in_sequences(corpus: Corpus) -> csr_array:
    """Count, for each two items, the pairs of two events in one sequence, however far apart.

    An item that stands c times in a sequence makes c * (c - 1) pairs with itself.

    Returns:
        (n_items, n_items) float32, symmetric.

    Raises:
        DataError: The table comes to hold more than ``MOST_PAIRS`` entries.
    """
    from scipy.sparse import diags_array

    own = diags_array(corpus.counts().astype(np.float32), format="csr")  # an event with itself
    pairs = (_products(events(corpus), corpus) - own).tocsr()
    pairs.eliminate_zeros()
    return pairs


def pairs_ahead(corpus: Corpus, weights: Sequence[float]) -> csr_array:
    """Weigh, for each two items, how one stands before the other in a sequence.

    Args:
        corpus: Ordered sequences.
        weights: What a pair counts whose second event stands 1, 2, ... steps after the first.

    Returns:
        (n_items, n_items) float32; the row is the item before, the column the one after.

    Raises:
        ConfigError: There are no weights, or more than ``WIDEST_WINDOW``.
        DataError: The table comes to hold more than ``MOST_PAIRS`` entries.
    """
    from scipy.sparse import csr_array

    if not 1 <= len(weights) <= WIDEST_WINDOW:
        raise ConfigError(f"steps must lie in 1 .. {WIDEST_WINDOW}, not {len(weights)}")
    shape = (corpus.n_items, corpus.n_items)

    def tables() -> Iterator[csr_array]:
        for start, end in runs(corpus.offsets, max(1, PAIRS_AT_ONCE // len(weights))):
            pairs = list(_steps(corpus, start, end, len(weights)))
            values = [
                np.full(len(one), weights[i], np.float32) for i, (one, *_) in enumerate(pairs)
            ]
            if pairs:
                before, after, _ = (np.concatenate(some) for some in zip(*pairs, strict=True))
                yield csr_array((np.concatenate(values), (before, after)), shape=shape)

    return _summed(tables(), corpus)


def pairs_in_window(corpus: Corpus, window: int) -> csr_array:
    """Count, for each two items, the sequences where they stand at most ``window`` steps apart.

    An item is paired with itself where it repeats.

    Returns:
        (n_items, n_items) float32, symmetric.

    Raises:
        ConfigError: ``window`` is not in 1 .. ``WIDEST_WINDOW``.
        DataError: The table comes to hold more than ``MOST_PAIRS`` entries.
    """
    from scipy.sparse import csr_array

    if not 1 <= window <= WIDEST_WINDOW:
        raise ConfigError(f"window must lie in 1 .. {WIDEST_WINDOW}, not {window}")
    shape = (corpus.n_items, corpus.n_items)
    upper = (
        csr_array((np.ones(len(low), np.float32), (low, high)), shape=shape)
        for low, high in _distinct_pairs(corpus, window)
    )
    total = _summed(upper, corpus, copies=2)
    mirrored = (total + total.T).tocsr()
    mirrored.data[_is_diagonal(mirrored)] /= 2  # mirroring counted an item with itself twice
    return mirrored


def _summed(tables: Iterable[csr_array], corpus: Corpus, *, copies: int = 1) -> csr_array:
    """Add tables up, those of like size first, so that an entry moves seldom.

    Args:
        tables: Pairs that were counted in parts of the corpus.
        corpus: What is counted.
        copies: How many entries of the finished table each entry here stands for.

    Raises:
        DataError: They hold more than ``MOST_PAIRS``, what they share counted once.
    """
    from scipy.sparse import csr_array

    most = MOST_PAIRS // copies
    held = [csr_array((corpus.n_items, corpus.n_items), dtype=np.float32)]
    for table in tables:
        held.append(table.tocsr())
        while len(held) > 1 and (
            held[-2].nnz <= 2 * held[-1].nnz or sum(one.nnz for one in held) > most
        ):
            held[-2:] = [held[-2] + held[-1]]
        if held[-1].nnz > most:
            raise _too_many(held[-1].nnz * copies, corpus)
    return sum(held[1:], start=held[0])


def _too_many(pairs: int, corpus: Corpus) -> DataError:
    return DataError(
        f"co-occurrence: at least {pairs:,} pairs of items, {8 * pairs / 1e9:,.1f} GB, in "
        f"sequences of up to {np.diff(corpus.offsets).max():,} events; at most {MOST_PAIRS:,} are "
        "counted. Set max_length or min_count, or leave this baseline out."
    )


def _distinct_pairs(
    corpus: Corpus, window: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Give each pair once a sequence, as its lower and its higher row, some sequences at a time."""
    for start, end in runs(corpus.offsets, max(1, PAIRS_AT_ONCE // window)):
        pairs, owners = [], []
        for one, other, owner in _steps(corpus, start, end, window):
            pairs.append(np.minimum(one, other) * corpus.n_items + np.maximum(one, other))
            owners.append(owner)
        if pairs:
            pair, owner = np.concatenate(pairs), np.concatenate(owners)
            order = np.lexsort((pair, owner))
            pair, owner = pair[order], owner[order]
            first = np.append(True, (pair[1:] != pair[:-1]) | (owner[1:] != owner[:-1]))
            yield np.divmod(pair[first], corpus.n_items)


def _steps(
    corpus: Corpus, start: int, end: int, window: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """Give the pairs of events 1, 2, ... steps apart: the rows of both, and their sequence.

    Ends early where no sequence among ``start`` to ``end`` is longer.
    """
    offsets = corpus.offsets[start : end + 1]
    rows = np.asarray(corpus.rows[offsets[0] : offsets[-1]], dtype=np.int64)
    sequence = np.repeat(np.arange(end - start), np.diff(offsets))
    for step in range(1, min(window, len(rows) - 1) + 1):
        same = sequence[:-step] == sequence[step:]
        if not same.any():
            break
        yield rows[:-step][same], rows[step:][same], sequence[:-step][same]


def _products(table: csr_array, corpus: Corpus) -> csr_array:
    """Multiply a table of sequences by items with itself, some sequences at a time."""
    widths = np.diff(table.indptr).astype(np.int64)
    widest = int(widths.max(initial=0))
    if widest * (widest - 1) > MOST_PAIRS:  # one sequence alone, and it would be counted at once
        raise _too_many(widest * (widest - 1), corpus)
    parts = (table[start:end] for start, end in runs(offsets_of(widths**2), PAIRS_AT_ONCE))
    return _summed((some.T @ some for some in parts), corpus)


def runs(offsets: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Cut the sequences into runs of at most ``most`` in all, or of one that is larger."""
    start, n_sequences = 0, len(offsets) - 1
    while start < n_sequences:
        end = int(np.searchsorted(offsets, offsets[start] + most, side="right")) - 1
        end = max(end, start + 1)
        yield start, end
        start = end


def events(corpus: Corpus) -> csr_array:
    """Return how often each sequence holds each item, (n_sequences, n_items) float32."""
    from scipy.sparse import csr_array

    ones = np.ones(len(corpus.rows), dtype=np.float32)
    shape = (len(corpus), corpus.n_items)
    held = csr_array((ones, np.asarray(corpus.rows), corpus.offsets), shape=shape, copy=True)
    held.sum_duplicates()
    return held


def for_implicit(table: csr_array) -> csr_matrix:
    """Return a table as implicit takes it: a csr_matrix of float64 with indices of int32.

    Raises:
        DataError: The table holds more than 2 ** 31 - 1 entries.
    """
    from scipy.sparse import csr_matrix

    most = np.iinfo(np.int32).max
    if table.nnz > most:
        raise DataError(f"{table.nnz:,} pairs of a sequence and an item; implicit takes {most:,}")
    indices, offsets = table.indices.astype(np.int32), table.indptr.astype(np.int32)
    return csr_matrix((table.data.astype(np.float64), indices, offsets), shape=table.shape)


def _is_diagonal(pairs: csr_array) -> NDArray[np.bool_]:
    """Return which of the stored entries pair an item with itself."""
    rows = np.repeat(np.arange(pairs.shape[0], dtype=np.int32), np.diff(pairs.indptr))
    return np.asarray(pairs.indices == rows)
