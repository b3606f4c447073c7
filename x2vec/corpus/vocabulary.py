"""The vocabulary: which item has which row of the matrices."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.corpus.frozen import freeze
from x2vec.corpus.sequences import Sequences

__all__ = ["Vocabulary"]

_BLOCK = 65_536  # items hashed at once


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """A bijection between items and the rows ``0 .. n_items - 1``.

    Rows go by falling count, then by item, so the same data give the same rows, and the rows
    that training touches most lie together.

    Attributes:
        items: (n_items,) string or int64, distinct, not null.
        counts: (n_items,) int64, falling, each at least 1.

    Example:
        >>> vocabulary = Vocabulary.of(Sequences.from_lists([["b", "a"], ["c", "b"]]))
        >>> vocabulary.items.to_pylist(), vocabulary.counts.tolist()
        (['b', 'a', 'c'], [2, 1, 1])
    """

    items: pa.Array
    counts: NDArray[np.int64]

    def __post_init__(self) -> None:
        if len(self.items) != len(self.counts):
            raise ValueError(f"{len(self.items)} items with {len(self.counts)} counts")
        if len(self.counts) and (self.counts[-1] < 1 or (np.diff(self.counts) > 0).any()):
            raise ValueError("counts must fall from row to row and be at least 1")
        if self.items.null_count or pc.count_distinct(self.items).as_py() < len(self.items):
            raise ValueError("items must be distinct, and none of them null")
        freeze(self, "counts")

    @classmethod
    def of(cls, sequences: Sequences) -> Vocabulary:
        """Take the items that have an event in these sequences."""
        counts = sequences.counts()
        order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
        return cls(sequences.items.take(pa.array(order)), counts[order])

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of items and counts, in hexadecimal."""
        digest = hashlib.sha256(f"{self.items.type} {len(self)} ".encode())
        if pa.types.is_string(self.items.type):
            digest.update(np.asarray(pc.binary_length(self.items), dtype="<i8").tobytes())
            for start in range(0, len(self), _BLOCK):
                digest.update("".join(self.items[start : start + _BLOCK].to_pylist()).encode())
        else:
            digest.update(np.asarray(self.items, dtype="<i8").tobytes())
        digest.update(self.counts.astype("<i8").tobytes())
        return digest.hexdigest()

    def rows(self, items: pa.Array) -> pa.Array:
        """Return the row of each item, (n,) int32, null where the vocabulary does not hold it.

        It holds no number where its items are text, and no text where they are numbers.

        Args:
            items: (n,) string or int64.
        """
        if items.type != self.items.type:
            return pa.nulls(len(items), pa.int32())
        return pc.index_in(items, value_set=self.items)
