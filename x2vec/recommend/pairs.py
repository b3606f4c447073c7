"""Pairs of items: how many sequences hold both, as a sparse symmetric table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.errors import ConfigError, DataError
from x2vec.recommend.histories import offsets_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["pairs_in_baskets", "pairs_in_window", "sequences_with"]

MOST_PAIRS = 250_000_000
"""Entries that a table may hold: 2 GB at 8 bytes each; counting stops where there are more."""

WIDEST_WINDOW = 25
"""So that one sequence of a million events, whose pairs are sorted at once, stays below 2 GB."""

PAIRS_AT_ONCE = 1 << 21
"""Pairs of events counted at a time: some 150 MB, whatever the number of events."""


def sequences_with(corpus: Corpus) -> NDArray[np.int64]:
    """Return how many sequences hold each item, (n_items,) int64."""
    holds = _incidence(corpus).indices  # each item once a sequence
    return np.bincount(holds, minlength=corpus.n_items).astype(np.int64, copy=False)


def pairs_in_baskets(corpus: Corpus) -> csr_array:
    """Count, for each two different items, the sequences that hold both.

    Returns:
        (n_items, n_items) float32, symmetric, with nothing on the diagonal.

    Raises:
        DataError: The table comes to hold more than ``MOST_PAIRS`` entries.
    """
    incidence = _incidence(corpus)
    widths = np.diff(incidence.indptr).astype(np.int64)
    widest = int(widths.max(initial=0))
    if widest * (widest - 1) > MOST_PAIRS:  # one basket alone, and it would be counted at once
        raise _too_many(widest * (widest - 1), corpus)
    baskets = (incidence[start:end] for start, end in _runs(offsets_of(widths**2), PAIRS_AT_ONCE))
    pairs = _summed((some.T @ some for some in baskets), corpus)
    pairs.data[_is_diagonal(pairs)] = 0
    pairs.eliminate_zeros()
    return pairs


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
    for start, end in _runs(corpus.offsets, max(1, PAIRS_AT_ONCE // window)):
        offsets = corpus.offsets[start : end + 1]
        rows = np.asarray(corpus.rows[offsets[0] : offsets[-1]], dtype=np.int64)
        sequence = np.repeat(np.arange(end - start), np.diff(offsets))
        pairs, owners = [], []
        for step in range(1, min(window, len(rows) - 1) + 1):
            same = sequence[:-step] == sequence[step:]
            if not same.any():
                break
            one, other = rows[:-step][same], rows[step:][same]
            pairs.append(np.minimum(one, other) * corpus.n_items + np.maximum(one, other))
            owners.append(sequence[:-step][same])
        if pairs:
            pair, owner = np.concatenate(pairs), np.concatenate(owners)
            order = np.lexsort((pair, owner))
            pair, owner = pair[order], owner[order]
            first = np.append(True, (pair[1:] != pair[:-1]) | (owner[1:] != owner[:-1]))
            yield np.divmod(pair[first], corpus.n_items)


def _runs(offsets: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Cut the sequences into runs of at most ``most`` in all, or of one that is larger."""
    start, n_sequences = 0, len(offsets) - 1
    while start < n_sequences:
        end = int(np.searchsorted(offsets, offsets[start] + most, side="right")) - 1
        end = max(end, start + 1)
        yield start, end
        start = end


def _incidence(corpus: Corpus) -> csr_array:
    """Return which sequence holds which item, (n_sequences, n_items) float32 of ones."""
    from scipy.sparse import csr_array

    ones = np.ones(len(corpus.rows), dtype=np.float32)
    shape = (len(corpus), corpus.n_items)
    incidence = csr_array((ones, np.asarray(corpus.rows), corpus.offsets), shape=shape, copy=True)
    incidence.sum_duplicates()
    incidence.data[:] = 1
    return incidence


def _is_diagonal(pairs: csr_array) -> NDArray[np.bool_]:
    """Return which of the stored entries pair an item with itself."""
    rows = np.repeat(np.arange(pairs.shape[0], dtype=np.int32), np.diff(pairs.indptr))
    return np.asarray(pairs.indices == rows)
