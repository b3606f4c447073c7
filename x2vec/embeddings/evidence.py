"""Evidence: how often the training sequences held two items together, kept beside the vectors.

A store holds no sequences. This is what is kept of them, so that whoever opens it can ask what goes
together, what never does, and in which sequences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.errors import DataError

__all__ = ["Evidence", "HeldPairs", "PairSource", "Pairs"]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of items that were together, or remarkably never, each in both directions.

    Attributes:
        offsets: (n_items + 1,) int64; the partners of row ``i`` are those from ``offsets[i]`` to
            ``offsets[i + 1]``.
        others: (n_pairs,) int32, rows, ascending within an item, never the item itself.
        counts: (n_pairs,) int64, the sequences that hold both; 0 for a pair that is kept as chance
            would have had it, and it never was.

    Raises:
        DataError: The arrays contradict each other, or a pair lacks its other direction.
    """

    offsets: NDArray[np.int64]
    others: NDArray[np.int32]
    counts: NDArray[np.int64]

    def __post_init__(self) -> None:
        n_items, n_pairs = len(self.offsets) - 1, len(self.others)
        if self.offsets[0] != 0 or self.offsets[-1] != n_pairs or (np.diff(self.offsets) < 0).any():
            raise DataError(f"evidence: offsets must rise from 0 to {n_pairs}")
        if len(self.counts) != n_pairs or (n_pairs and self.counts.min() < 0):
            raise DataError("evidence: expected a count for every pair, none below zero")
        if n_pairs and not (self.others.min() >= 0 and self.others.max() < n_items):
            raise DataError(f"evidence: partners must be rows from 0 to {n_items - 1}")
        starts = np.zeros(n_pairs, np.bool_)
        starts[self.offsets[:-1][np.diff(self.offsets) > 0]] = True
        if (np.diff(self.others) <= 0)[~starts[1:]].any():
            raise DataError("evidence: the partners of an item must ascend")
        self._refuse_one_way()

    def _refuse_one_way(self) -> None:
        """Make sure that a pair stands in both directions, and that none is an item with itself."""
        from scipy.sparse import csr_array

        n_items = len(self.offsets) - 1
        table = csr_array((self.counts, self.others, self.offsets), shape=(n_items, n_items))
        mirrored = table.T.tocsr()
        if table.diagonal().any():
            raise DataError("evidence: an item is no partner of its own")
        if not (
            np.array_equal(mirrored.indptr, self.offsets)
            and np.array_equal(mirrored.indices, self.others)
            and np.array_equal(mirrored.data, self.counts)
        ):
            raise DataError("evidence: every pair must stand in both directions, with one count")

    def __len__(self) -> int:
        """Return the number of pairs, each direction counted."""
        return len(self.others)

    def of(self, row: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the partners of a row, ascending, and their counts."""
        own = slice(self.offsets[row], self.offsets[row + 1])
        return self.others[own], self.counts[own]

    def position(self, row: int, other: int) -> int | None:
        """Return where a pair stands, or None if it is not kept."""
        start, others = int(self.offsets[row]), self.of(row)[0]
        place = int(np.searchsorted(others, other))
        is_there = place < len(others) and others[place] == other
        return start + place if is_there else None


class PairSource(Protocol):
    """Where pairs are: in memory, or in the file of a version."""

    def pairs(self) -> Pairs:
        """Return all of them."""
        ...

    def examples(self, start: int, stop: int) -> pa.Array:
        """Return the ids of some sequences that hold each of the pairs ``start`` to ``stop - 1``.

        Up to three each, none of a pair that was never together.
        """
        ...


@dataclass(frozen=True, eq=False)
class HeldPairs:
    """Pairs in memory.

    Attributes:
        held: The pairs.
        ids: (n_pairs,) lists of ids of sequences.
    """

    held: Pairs
    ids: pa.LargeListArray

    def __post_init__(self) -> None:
        if len(self.ids) != len(self.held):
            raise DataError(f"evidence: {len(self.ids)} examples for {len(self.held)} pairs")

    def pairs(self) -> Pairs:
        """Return the pairs."""
        return self.held

    def examples(self, start: int, stop: int) -> pa.Array:
        """Return the examples of some pairs."""
        return self.ids.slice(start, stop - start)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the training sequences say of pairs of items.

    Two items are together in a sequence where they stand at most ``reach`` steps apart in it. Of
    each item those partners are kept that tell most; a pair that is kept for one of its items is
    kept for both.

    Attributes:
        n_sequences: The sequences that were counted.
        reach: How many steps apart two items are together.
        sequences: (n_items,) int64, how many sequences hold each item.
        meetings: (n_items,) int64, the counts of all of an item's partners, kept or not, summed up.
        cut: (n_items,) int64, how many partners of an item are not kept.
        at_most: (n_items,) int64, no pair of the item that is not kept has a larger count.
        source: Where the pairs are.

    Raises:
        DataError: The columns are not of one length, or hold numbers below zero.
    """

    n_sequences: int
    reach: int
    sequences: NDArray[np.int64]
    meetings: NDArray[np.int64]
    cut: NDArray[np.int64]
    at_most: NDArray[np.int64]
    source: PairSource

    def __post_init__(self) -> None:
        for name in ("sequences", "meetings", "cut", "at_most"):
            column = np.asarray(getattr(self, name), dtype=np.int64).view()
            if column.shape != (len(self.sequences),) or (len(column) and column.min() < 0):
                raise DataError(
                    f"evidence: {name} of shape {column.shape}; expected ({len(self.sequences)},) "
                    "whole numbers, none below zero"
                )
            column.flags.writeable = False
            object.__setattr__(self, name, column)

    @cached_property
    def pairs(self) -> Pairs:
        """The pairs that are kept; read when they are first asked for.

        Raises:
            DamagedError: The file that holds them is not what was written.
        """
        pairs = self.source.pairs()
        if len(pairs.offsets) != len(self) + 1:
            raise DataError(
                f"evidence: pairs of {len(pairs.offsets) - 1} items; expected {len(self)}"
            )
        return pairs

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.sequences)

    def expected(self, rows: Any, others: Any) -> Any:
        """Return how often two items would be together if partners were drawn at random.

        Each item keeps the number of its meetings, so one of long sequences is expected to meet
        more. Seen from item i, its ``m_i`` meetings fall on item j by j's share of all that are not
        i's own, ``m_j / (total - m_i)``; seen from j likewise, and this is the mean of both.

        Args:
            rows: A row, or an array of rows.
            others: The same, of a shape that goes with it.
        """
        near, far = (self.meetings[some].astype(np.float64) for some in (rows, others))
        left = [np.maximum(self._n_meetings - some, 1.0) for some in (near, far)]
        return near * far * (1 / left[0] + 1 / left[1]) / 2

    def extended(self, n_new: int) -> Evidence:
        """Return the evidence with so many more items at its end, of which nothing is known."""
        if not n_new:
            return self
        nothing = np.zeros(n_new, np.int64)
        return replace(
            self,
            sequences=np.append(self.sequences, nothing),
            meetings=np.append(self.meetings, nothing),
            cut=np.append(self.cut, nothing),
            at_most=np.append(self.at_most, nothing),
            source=_WithMore(self.source, n_new),
        )

    def count(self, row: int, other: int) -> int | None:
        """Return how many sequences hold two items together; None where the pair is not kept."""
        position = self.pairs.position(row, other)
        return None if position is None else int(self.pairs.counts[position])

    def examples(self, row: int, other: int) -> list[Any]:
        """Return the ids of up to three sequences that hold two items; none where not kept."""
        position = self.pairs.position(row, other)
        if position is None:
            return []
        found: list[Any] = self.source.examples(position, position + 1)[0].as_py()
        return found

    @cached_property
    def _n_meetings(self) -> int:
        return int(self.meetings.sum())


@dataclass(frozen=True, eq=False)
class _WithMore:
    """Pairs of more items than were counted: the last ones have none."""

    inner: PairSource
    n_new: int

    def pairs(self) -> Pairs:
        pairs = self.inner.pairs()
        return replace(pairs, offsets=np.append(pairs.offsets, np.full(self.n_new, len(pairs))))

    def examples(self, start: int, stop: int) -> pa.Array:
        return self.inner.examples(start, stop)
