"""Where one model put the right items of each query; what metrics and intervals start from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.frozen import freeze

__all__ = ["Ranks"]


@dataclass(frozen=True, eq=False)
class Ranks:
    """The rank of each target, in the order of the queries; a query has one target or many.

    A target has no rank where the model does not answer the query, where training never saw the
    target, or where it left the ranking with its own history: a miss at any cut-off. The ranks of
    one query differ from each other.

    Attributes:
        ranked: (n_targets,) bool, whether the target has a rank.
        ranks: (number of ranked,) int64 from 1.
        offsets: (n_queries + 1,) int64, where the targets of each query start; None where each
            query has one.

    Raises:
        ValueError: The arrays contradict each other, or a rank is below 1.

    Example:
        >>> ranks = Ranks(np.array([True, False, True]), np.array([1, 4]))
        >>> len(ranks), ranks.owners.tolist()
        (3, [0, 2])
    """

    ranked: NDArray[np.bool_]
    ranks: NDArray[np.int64]
    offsets: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        if len(self.ranks) != np.count_nonzero(self.ranked):
            raise ValueError(
                f"{len(self.ranks)} ranks for {np.count_nonzero(self.ranked)} ranked targets"
            )
        if len(self.ranks) and self.ranks.min() < 1:
            raise ValueError(f"ranks start at 1, not at {self.ranks.min()}")
        check_offsets(self.offsets, len(self.ranked))
        freeze(self, "ranked", "ranks", "offsets")

    @classmethod
    def of(cls, lists: Iterable[Sequence[int | None]]) -> Ranks:
        """Write the ranks of the targets of each query, None for a target without one.

        Example:
            >>> Ranks.of([[1, None], [], [3]]).offsets.tolist()
            [0, 2, 2, 3]
        """
        ranks = [list(one) for one in lists]
        flat = [rank for one in ranks for rank in one]
        return cls(
            np.array([rank is not None for rank in flat], dtype=np.bool_),
            np.array([rank for rank in flat if rank is not None], dtype=np.int64),
            np.cumsum([0, *map(len, ranks)], dtype=np.int64),
        )

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.ranked) if self.offsets is None else len(self.offsets) - 1

    @property
    def n_targets(self) -> NDArray[np.int64]:
        """How many targets each query has, (n_queries,)."""
        if self.offsets is None:
            return np.ones(len(self.ranked), dtype=np.int64)
        return np.diff(self.offsets)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The query of each rank, (number of ranked,)."""
        ranked = np.flatnonzero(self.ranked)
        if self.offsets is None:
            return ranked
        return np.searchsorted(self.offsets, ranked, side="right") - 1

    def among(self, targets: NDArray[np.bool_]) -> Ranks:
        """Leave some targets out; a query may then have none.

        Args:
            targets: (n_targets,) bool, those that stay.

        Example:
            >>> Ranks.of([[1, None], [3]]).among(np.array([True, False, False])).n_targets.tolist()
            [1, 0]
        """
        before = np.append(0, np.cumsum(targets, dtype=np.int64))
        offsets = before if self.offsets is None else before[self.offsets]
        return Ranks(self.ranked[targets], self.ranks[targets[self.ranked]], offsets)


def check_offsets(offsets: NDArray[np.int64] | None, n_targets: int) -> None:
    """Refuse offsets that do not cut ``n_targets`` targets into queries."""
    if offsets is None:
        return
    if len(offsets) < 1 or offsets[0] != 0 or offsets[-1] != n_targets:
        raise ValueError(f"offsets must run from 0 to {n_targets}, the number of targets")
    if (np.diff(offsets) < 0).any():
        raise ValueError("offsets must not fall")
