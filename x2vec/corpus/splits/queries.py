"""Queries: histories with the items asked for, and where each of them comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of
from x2vec.corpus.frozen import freeze
from x2vec.corpus.sequences import Sequences

__all__ = ["HeldOut", "Queries", "subset"]

HeldOut = Literal["events", "sequences", "items"]


@dataclass(frozen=True, eq=False)
class Queries:
    """Histories with the item that came next, or with all items of the rest.

    Attributes:
        histories: What is known of each sequence, never empty.
        targets: (n_targets,) int32, the held-out items as codes of ``histories.items``, in the
            order of the queries.
        sequence: (n_queries,) int32, which held-out sequence each query comes from: queries of one
            number are no independent draws, and intervals are taken over whole sequences. Each is
            one of its own unless given.
        times: (n_targets,) int64, when the targets happened, or None where nothing has a time.
        left_out: So many more could have been asked, and were not drawn.
        shortened: So many histories were cut to their latest events; see ``split``.
        held_out: What may not train: ``"events"``, the targets; ``"sequences"``, all of those that
            they come from; or ``"items"``, all events of the targets' items.
        offsets: (n_queries + 1,) int64, where the targets of each query start, each at least one
            and all different; None where each query has one.

    Raises:
        ValueError: The arrays differ in length.
    """

    histories: Sequences
    targets: NDArray[np.int32]
    sequence: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    times: NDArray[np.int64] | None = None
    left_out: int = 0
    shortened: int = 0
    held_out: HeldOut = "events"
    offsets: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        if not len(self.sequence):
            object.__setattr__(self, "sequence", np.arange(len(self), dtype=np.int32))
        if self.offsets is None and len(self.targets) != len(self.histories):
            raise ValueError(f"{len(self.targets)} targets for {len(self.histories)} histories")
        if self.offsets is not None:
            if len(self.offsets) - 1 != len(self.histories) or self.offsets[0] != 0:
                raise ValueError(f"{len(self.offsets)} offsets for {len(self.histories)} histories")
            if self.offsets[-1] != len(self.targets) or (np.diff(self.offsets) < 1).any():
                raise ValueError("offsets must rise to the number of targets")
        if len(self.sequence) != len(self):
            raise ValueError(f"{len(self.sequence)} sequences for {len(self)} queries")
        if self.times is not None and len(self.times) != len(self.targets):
            raise ValueError(f"{len(self.times)} times for {len(self.targets)} targets")
        freeze(self, "targets", "sequence", "times", "offsets")

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.histories)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The query of each target, (n_targets,)."""
        if self.offsets is None:
            return np.arange(len(self.targets))
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))


def subset(queries: Queries, n: int, *, seed: int = 0) -> Queries:
    """Return ``n`` of the queries, drawn without replacement, in their order; all if fewer."""
    if len(queries) <= n:
        return queries
    chosen = np.zeros(len(queries), dtype=bool)
    chosen[np.random.default_rng(seed).choice(len(queries), n, replace=False)] = True
    asked = chosen[queries.owners]
    offsets = queries.offsets
    return Queries(
        queries.histories.keep_sequences(chosen, reason="not among the sampled queries"),
        queries.targets[asked],
        queries.sequence[chosen],
        None if queries.times is None else queries.times[asked],
        left_out=queries.left_out + len(queries) - n,
        shortened=queries.shortened,
        held_out=queries.held_out,
        offsets=None if offsets is None else offsets_of(np.diff(offsets)[chosen]),
    )
