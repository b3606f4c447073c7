"""Histories: what each query already holds, as rows of a vocabulary; the question to a ranker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of
from x2vec.recommendation.priors import Priors

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
        times: (n_tokens,) int64, when each event happened, in microseconds since 1970; None where
            that is not known, or only in which order.
        event_weights: (n_tokens,) float32, finite, at least 0, what each event weighs by its
            source, such as a rating; None where the source says nothing.
        priors: What is known of each query beside its history; None where nothing is.

    Raises:
        ValueError: The arrays contradict each other, a row lies outside the vocabulary, or a
            weight is out of bounds.

    Example:
        >>> histories = Histories.of([[2, 0], [], [1]], n_items=3)
        >>> len(histories), histories.lengths.tolist()
        (3, [2, 0, 1])
    """

    rows: NDArray[np.int32]
    offsets: NDArray[np.int64]
    n_items: int
    times: NDArray[np.int64] | None = None
    event_weights: NDArray[np.float32] | None = None
    priors: Priors | None = None

    def __post_init__(self) -> None:
        if len(self.offsets) < 1 or self.offsets[0] != 0 or self.offsets[-1] != len(self.rows):
            raise ValueError(f"offsets must run from 0 to {len(self.rows)}, the number of rows")
        if (np.diff(self.offsets) < 0).any():
            raise ValueError("offsets must not fall")
        if len(self.rows) and not 0 <= self.rows.min() <= self.rows.max() < self.n_items:
            raise ValueError(f"rows must lie in 0 .. {self.n_items - 1}")
        for what, column in (("times", self.times), ("event weights", self.event_weights)):
            if column is not None and len(column) != len(self.rows):
                raise ValueError(f"{len(column)} {what} for {len(self.rows)} rows")
        if self.priors is not None and len(self.priors.vectors) != len(self):
            raise ValueError(f"{len(self.priors.vectors)} priors for {len(self)} histories")
        weights = self.event_weights
        if weights is not None and not (np.isfinite(weights) & (weights >= 0)).all():
            raise ValueError("event weights must be finite numbers from 0 on")

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
        priors = None if self.priors is None else self.priors.take(chosen)
        apart = replace(self, priors=None)._pieces(self.offsets[:-1][chosen], self.lengths[chosen])
        return replace(apart, priors=priors)

    def tail(self, n: int) -> Histories:
        """Return the last ``n`` items of each history; all of one that has fewer.

        Example:
            >>> Histories.of([[2, 0], [], [1]], n_items=3).tail(1).rows.tolist()
            [0, 1]
        """
        lengths = np.minimum(self.lengths, n)
        return self._pieces(self.offsets[1:] - lengths, lengths)

    def keep(self, events: NDArray[np.bool_]) -> Histories:
        """Return the histories with some of their events alone, (n_tokens,) bool.

        Example:
            >>> histories = Histories.of([[2, 0], [], [1]], n_items=3)
            >>> histories.keep(np.array([False, True, True])).lengths.tolist()
            [1, 0, 1]
        """
        before = np.append(0, np.cumsum(events, dtype=np.int64))
        return self._of_events(events, before[self.offsets])

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

    def weights(
        self,
        *,
        decay: float = 1.0,
        places: Sequence[float] | None = None,
        half_life: int | None = None,
        by_event: bool = False,
    ) -> csr_array:
        """Return how much each item weighs in each history: ``decay ** (steps from the end)``.

        An item that occurs twice has the sum of both weights. With ``decay = 1`` the weights are
        plain counts. What age and source say is multiplied with that.

        Args:
            decay: What an item weighs against the one after it.
            places: What it weighs instead by its place, the last one first; no history may be
                longer than this.
            half_life: Microseconds after which an event weighs half as much as the latest one of
                its history, for which ``times`` are needed; None where age does not count.
            by_event: Whether an event weighs, besides, by ``event_weights``, which are needed then:
                as a share of the largest one of its history.

        Returns:
            (n_queries, n_items) float32, sparse.

        Example:
            >>> Histories.of([[2, 0]], n_items=3).weights(decay=0.5).toarray().tolist()
            [[1.0, 0.0, 0.5]]
        """
        from scipy.sparse import csr_array

        steps = np.repeat(self.offsets[1:], self.lengths) - 1 - np.arange(len(self.rows))
        values = np.power(decay, steps) if places is None else np.asarray(places)[steps]
        if half_life is not None and len(values):
            assert self.times is not None
            values = values * np.exp2((self.times - self._highest(self.times)) / half_life)
        if by_event and len(values):
            assert self.event_weights is not None
            highest = self._highest(self.event_weights)
            values = values * self.event_weights / np.where(highest > 0, highest, 1)
        shape = (len(self), self.n_items)
        weights = csr_array(
            (values.astype(np.float32), self.rows, self.offsets), shape=shape, copy=True
        )
        weights.sum_duplicates()
        return weights

    def _pieces(self, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Histories:
        """Return so many events from each start on, as a history each."""
        offsets = offsets_of(lengths)
        return self._of_events(
            np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths), offsets
        )

    def _of_events(
        self, events: NDArray[np.int64] | NDArray[np.bool_], offsets: NDArray[np.int64]
    ) -> Histories:
        """Select every column of an event, here and nowhere else."""
        return replace(
            self,
            rows=self.rows[events],
            offsets=offsets,
            times=None if self.times is None else self.times[events],
            event_weights=None if self.event_weights is None else self.event_weights[events],
        )

    def _highest(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return for each event the highest value in its history, (n_tokens,)."""
        filled = self.lengths > 0
        if not filled.any():
            return values
        highest = np.maximum.reduceat(values, self.offsets[:-1][filled])
        return np.repeat(highest, self.lengths[filled])
