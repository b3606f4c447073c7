"""Next-item queries: histories and held-out targets, written in the rows of a vocabulary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Queries, Vocabulary
from x2vec.recommend import Histories

__all__ = ["NextItemQueries"]


@dataclass(frozen=True, eq=False)
class NextItemQueries:
    """What to ask of every ranker, and the right answers.

    Attributes:
        histories: What each query knows: the items that the vocabulary holds, in order.
        known: (n_queries,) bool, whether the vocabulary holds the query's target.
        targets: (number of known,) int32, the rows of those targets, in the order of the queries.
        n_unknown: Items of histories that the vocabulary does not hold, and that were left out.

    Raises:
        ValueError: The arrays contradict each other, or a target lies outside the vocabulary.

    Example:
        >>> from x2vec.corpus import Sequences, leave_last_out
        >>> split = leave_last_out(Sequences.from_lists([["a", "b", "a"], ["b", "a", "z"]]))
        >>> queries = NextItemQueries.of(split.queries, Vocabulary.of(split.train))
        >>> queries.known.tolist(), queries.targets.tolist()
        ([True, False], [0])
    """

    histories: Histories
    known: NDArray[np.bool_]
    targets: NDArray[np.int32]
    n_unknown: int = 0

    def __post_init__(self) -> None:
        if len(self.known) != len(self.histories):
            raise ValueError(f"{len(self.known)} targets for {len(self.histories)} histories")
        if len(self.targets) != np.count_nonzero(self.known):
            raise ValueError(
                f"{len(self.targets)} target rows for {np.count_nonzero(self.known)} known targets"
            )
        last = self.histories.n_items - 1
        if len(self.targets) and not 0 <= self.targets.min() <= self.targets.max() <= last:
            raise ValueError(f"targets must lie in 0 .. {last}")

    @classmethod
    def of(cls, queries: Queries, vocabulary: Vocabulary) -> NextItemQueries:
        """Write the queries of a split in the rows of the training vocabulary."""
        rows = vocabulary.rows(queries.histories.items)
        is_known = np.asarray(rows.is_valid())
        row_of_code = np.asarray(rows.fill_null(0), dtype=np.int32)
        codes = queries.histories.codes
        kept = is_known[codes]
        known = is_known[queries.targets]
        before = np.append(0, np.cumsum(kept, dtype=np.int64))
        return cls(
            histories=Histories(
                rows=row_of_code[codes[kept]],
                offsets=before[queries.histories.offsets],
                n_items=len(vocabulary),
            ),
            known=known,
            targets=row_of_code[queries.targets[known]],
            n_unknown=int(np.count_nonzero(~kept)),
        )

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.histories)

    def target_in_history(self) -> NDArray[np.bool_]:
        """Return which queries have a target that their own history holds, (n_queries,) bool."""
        row_of_target = np.zeros(len(self), dtype=np.int32)
        row_of_target[self.known] = self.targets
        owner = self.histories.queries
        same = self.known[owner] & (self.histories.rows == row_of_target[owner])
        held = np.zeros(len(self), dtype=np.bool_)
        held[owner[same]] = True
        return held
