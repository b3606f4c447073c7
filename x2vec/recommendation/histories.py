"""Histories: what each query already holds, as rows of a vocabulary; the question to a ranker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Histories"]


@dataclass(frozen=True, eq=False)
class Histories:
    """One list of rows a query, the latest last, held as two flat arrays. A history may be empty.

    Attributes:
        rows: (n_tokens,) int32, rows of a vocabulary.
        offsets: (n_queries + 1,) int64; history ``i`` is ``rows[offsets[i]:offsets[i + 1]]``.
        n_items: Rows that the vocabulary has.

    Raises:
        ValueError: The arrays contradict each other, or a row lies outside the vocabulary.

    Example:
        >>> histories = Histories.of([[2, 0], [], [1]], n_items=3)
        >>> len(histories), histories.lengths.tolist()
        (3, [2, 0, 1])
    """

    rows: NDArray[np.int32]
    offsets: NDArray[np.int64]
    n_items: int

    def __post_init__(self) -> None:
        if len(self.offsets) < 1 or self.offsets[0] != 0 or self.offsets[-1] != len(self.rows):
            raise ValueError(f"offsets must run from 0 to {len(self.rows)}, the number of rows")
        if (np.diff(self.offsets) < 0).any():
            raise ValueError("offsets must not fall")
        if len(self.rows) and not 0 <= self.rows.min() <= self.rows.max() < self.n_items:
            raise ValueError(f"rows must lie in 0 .. {self.n_items - 1}")

    @classmethod
    def of(cls, lists: Iterable[Sequence[int]], *, n_items: int) -> Histories:
        """Write lists of rows, one a query."""
        rows = [np.asarray(one, dtype=np.int32) for one in lists]
        lengths = np.fromiter((len(one) for one in rows), np.int64, len(rows))
        return cls(np.concatenate([np.empty(0, np.int32), *rows]), offsets_of(lengths), n_items)

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.offsets) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The number of rows of each history, (n_queries,)."""
        return np.diff(self.offsets)

    @property
    def queries(self) -> NDArray[np.int64]:
        """The query that each of ``rows`` belongs to, (n_tokens,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def take(self, queries: NDArray[np.integer] | NDArray[np.bool_]) -> Histories:
        """Return the histories of some queries, named by position or by a mask over all."""
        chosen = np.arange(len(self))[queries]
        lengths = self.lengths[chosen]
        offsets = offsets_of(lengths)
        positions = np.arange(offsets[-1]) + np.repeat(
            self.offsets[:-1][chosen] - offsets[:-1], lengths
        )
        return Histories(self.rows[positions], offsets, self.n_items)

    def tail(self, n: int) -> Histories:
        """Return the last ``n`` items of each history; all of one that has fewer.

        Example:
            >>> Histories.of([[2, 0], [], [1]], n_items=3).tail(1).rows.tolist()
            [0, 1]
        """
        lengths = np.minimum(self.lengths, n)
        offsets = offsets_of(lengths)
        positions = np.arange(offsets[-1]) + np.repeat(self.offsets[1:] - offsets[1:], lengths)
        return Histories(self.rows[positions], offsets, self.n_items)

    def hold(self, items: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which histories hold one of the marked items.

        Args:
            items: (n_items,) bool.

        Returns:
            (n_queries,) bool; False for an empty history.

        Example:
            >>> Histories.of([[2, 0], [], [1]], n_items=3).hold(np.array([True, False, False]))
            array([ True, False, False])
        """
        held = np.zeros(len(self), dtype=np.bool_)
        held[self.queries[items[self.rows]]] = True
        return held

    def distinct(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return each pair of a query and an item of its history once, ordered by both.

        Returns:
            Two arrays of one length: positions of queries, and rows.
        """
        pairs = np.unique(self.queries * self.n_items + self.rows)
        return np.divmod(pairs, max(self.n_items, 1))

    def weights(self, *, decay: float = 1.0, places: Sequence[float] | None = None) -> csr_array:
        """Return how much each item weighs in each history: ``decay ** (steps from the end)``.

        An item that occurs twice has the sum of both weights. With ``decay = 1`` the weights are
        plain counts.

        Args:
            decay: What an item weighs against the one after it.
            places: What it weighs instead by its place, the last one first; no history may be
                longer than this.

        Returns:
            (n_queries, n_items) float32, sparse.

        Example:
            >>> Histories.of([[2, 0]], n_items=3).weights(decay=0.5).toarray().tolist()
            [[1.0, 0.0, 0.5]]
        """
        from scipy.sparse import csr_array

        steps = np.repeat(self.offsets[1:], self.lengths) - 1 - np.arange(len(self.rows))
        by_place = np.power(decay, steps) if places is None else np.asarray(places)[steps]
        values = by_place.astype(np.float32)
        shape = (len(self), self.n_items)
        weights = csr_array((values, self.rows, self.offsets), shape=shape, copy=True)
        weights.sum_duplicates()
        return weights
