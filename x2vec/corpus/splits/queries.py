"""Queries: histories with the item that came next, and where each of them comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.frozen import freeze
from x2vec.corpus.sequences import Sequences

__all__ = ["Queries", "subset"]


@dataclass(frozen=True, eq=False)
class Queries:
    """Histories with the item that came next.

    Attributes:
        histories: What is known of each sequence, never empty.
        targets: (n_queries,) int32, the held-out items as codes of ``histories.items``.
        sequence: (n_queries,) int32, which held-out sequence each query comes from: queries of one
            number are no independent draws, and intervals are taken over whole sequences. Each is
            one of its own unless given.
        times: (n_queries,) int64, when the targets happened, or None where nothing has a time.
        left_out: So many more could have been asked, and were not drawn.
        shortened: So many histories were cut to their latest events; see ``split``.

    Raises:
        ValueError: The arrays differ in length.
    """

    histories: Sequences
    targets: NDArray[np.int32]
    sequence: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    times: NDArray[np.int64] | None = None
    left_out: int = 0
    shortened: int = 0

    def __post_init__(self) -> None:
        if not len(self.sequence):
            object.__setattr__(self, "sequence", np.arange(len(self.targets), dtype=np.int32))
        if len(self.targets) != len(self.histories):
            raise ValueError(f"{len(self.targets)} targets for {len(self.histories)} histories")
        if len(self.sequence) != len(self.targets):
            raise ValueError(f"{len(self.sequence)} sequences for {len(self.targets)} targets")
        if self.times is not None and len(self.times) != len(self.targets):
            raise ValueError(f"{len(self.times)} times for {len(self.targets)} targets")
        freeze(self, "targets", "sequence", "times")

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.targets)


def subset(queries: Queries, n: int, *, seed: int = 0) -> Queries:
    """Return ``n`` of the queries, drawn without replacement, in their order; all if fewer."""
    if len(queries) <= n:
        return queries
    chosen = np.zeros(len(queries), dtype=bool)
    chosen[np.random.default_rng(seed).choice(len(queries), n, replace=False)] = True
    return Queries(
        queries.histories.keep_sequences(chosen, reason="not among the sampled queries"),
        queries.targets[chosen],
        queries.sequence[chosen],
        None if queries.times is None else queries.times[chosen],
        left_out=queries.left_out + len(queries) - n,
        shortened=queries.shortened,
    )
