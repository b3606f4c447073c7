"""The rows that a query never gets, such as what it holds already: ragged, as two flat arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import UsageError

__all__ = ["Excluded", "protect"]


@dataclass(frozen=True, eq=False)
class Excluded:
    """For every query the rows that it never gets; any order, a row may stand twice.

    Attributes:
        offsets: (n_queries + 1,) int64; query ``i`` bars ``rows[offsets[i]:offsets[i + 1]]``.
        rows: (n_barred,) int32, rows of the matrix that is searched.

    Raises:
        UsageError: The arrays contradict each other.

    Example:
        >>> barred = Excluded.of([[2, 0], [], [1]])
        >>> barred.offsets.tolist(), barred.rows.tolist()
        ([0, 2, 2, 3], [2, 0, 1])
    """

    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]

    def __post_init__(self) -> None:
        if len(self.offsets) < 1 or self.offsets[0] != 0 or self.offsets[-1] != len(self.rows):
            raise UsageError(f"exclude: offsets must run from 0 to {len(self.rows)}, its rows.")
        if (np.diff(self.offsets) < 0).any():
            raise UsageError("exclude: offsets must not fall.")
        protect(self, "offsets", "rows")

    @classmethod
    def of(cls, lists: Iterable[Any]) -> Excluded:
        """Write lists of rows, one a query."""
        rows = [np.asarray(one, dtype=np.int32).reshape(-1) for one in lists]
        offsets = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(one) for one in rows], out=offsets[1:])
        return cls(offsets, np.concatenate([np.empty(0, np.int32), *rows]))

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.offsets) - 1

    def check(self, n_queries: int, n_rows: int) -> None:
        """Make sure that it goes with so many queries, and with a matrix of so many rows.

        Raises:
            UsageError: It does not.
        """
        if len(self) != n_queries:
            raise UsageError(f"exclude has {len(self)} entries for {n_queries} queries.")
        if len(self.rows) and not 0 <= self.rows.min() <= self.rows.max() < n_rows:
            raise UsageError(f"exclude names rows outside 0..{n_rows - 1}.")

    def part(self, queries: slice) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return rows and offsets of a run of queries, the offsets from 0."""
        first, last, _ = queries.indices(len(self))
        begin, end = self.offsets[first], self.offsets[last]
        return self.rows[begin:end], self.offsets[first : last + 1] - begin

    def among(self, kept: NDArray[np.bool_]) -> Excluded:
        """Return it for a matrix of the (n_rows,) kept rows alone.

        Example:
            >>> barred = Excluded.of([[2, 0], [1]]).among(np.array([False, True, True]))
            >>> barred.offsets.tolist(), barred.rows.tolist()
            ([0, 1, 2], [1, 0])
        """
        stays = kept[self.rows]
        before = np.zeros(len(self.rows) + 1, dtype=np.int64)
        np.cumsum(stays, out=before[1:])
        places = np.cumsum(kept, dtype=np.int32) - np.int32(1)
        return Excluded(before[self.offsets], places[self.rows[stays]])


def protect(value: Any, *names: str) -> None:
    """Replace arrays of a frozen value by views of them that may not be written.

    So kernels, which are compiled for each kind of array, are compiled once.
    """
    for name in names:
        view = getattr(value, name).view()
        view.flags.writeable = False
        object.__setattr__(value, name, view)
