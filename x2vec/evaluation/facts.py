"""Facts of queries: what the quality of a model is broken down by, the same for every model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.frozen import freeze
from x2vec.errors import ConfigError
from x2vec.evaluation.ranks import check_offsets

__all__ = ["GROUPS", "TERCILES", "QueryFacts", "terciles_of"]

TERCILES: Final = ("head", "middle", "tail", "unknown")
"""How often training saw an item: see ``terciles_of``. Unknown is one that it never saw."""

GROUPS: Final = ("new", *TERCILES[:3])
"""The groups of targets that have figures of their own."""


@dataclass(frozen=True, eq=False)
class QueryFacts:
    """What is known of each query, whoever answers it.

    Attributes:
        history_length: (n_queries,) int32, items that the query knows.
        sequence: (n_queries,) int32, the held-out sequence that it comes from: queries of one
            sequence are no independent observations, so intervals draw sequences.
        is_new: (n_targets,) bool, whether the target is not in the query's history.
        tercile: (n_targets,) int8, positions in ``TERCILES``; None where nobody knows the counts.
        events: (n_targets,) int64, training events of the target, 0 of one that training never saw;
            None where nobody knows the counts.
        offsets: (n_queries + 1,) int64, where the targets of each query start; None where each
            query has one.
        fingerprint: Hash of what is asked, in hexadecimal: reports of one fingerprint can be
            compared query by query.

    Raises:
        ValueError: The arrays contradict each other.

    Example:
        >>> facts = QueryFacts(
        ...     history_length=np.array([3, 1]),
        ...     sequence=np.array([0, 0]),
        ...     is_new=np.array([True, False]),
        ... )
        >>> len(facts), facts.targets("new").tolist()
        (2, [True, False])
    """

    history_length: NDArray[np.int32]
    sequence: NDArray[np.int32]
    is_new: NDArray[np.bool_]
    tercile: NDArray[np.int8] | None = None
    offsets: NDArray[np.int64] | None = None
    fingerprint: str = ""
    events: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        n_targets = len(self.is_new)
        check_offsets(self.offsets, n_targets)
        n_queries = n_targets if self.offsets is None else len(self.offsets) - 1
        if not n_queries == len(self.history_length) == len(self.sequence):
            raise ValueError(
                f"{len(self.history_length)} history lengths and {len(self.sequence)} sequences "
                f"for {n_queries} queries"
            )
        if self.tercile is not None and len(self.tercile) != n_targets:
            raise ValueError(f"{len(self.tercile)} terciles for {n_targets} targets")
        if self.events is not None and len(self.events) != n_targets:
            raise ValueError(f"{len(self.events)} counts of events for {n_targets} targets")
        freeze(self, "history_length", "sequence", "is_new", "tercile", "offsets", "events")

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.history_length)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of targets that can be told apart."""
        return GROUPS if self.tercile is not None else GROUPS[:1]

    def targets(self, group: str) -> NDArray[np.bool_]:
        """Return which targets belong to a group, (n_targets,) bool; all to the group ``""``.

        Raises:
            ConfigError: There is no such group.
        """
        if not group:
            return np.ones(len(self.is_new), dtype=np.bool_)
        if group not in self.groups:
            raise ConfigError(f"no group of targets {group!r}; there are {', '.join(self.groups)}")
        if group == "new":
            return self.is_new
        assert self.tercile is not None
        return np.asarray(self.tercile == TERCILES.index(group))


def terciles_of(counts: NDArray[np.int64]) -> NDArray[np.int8]:
    """Cut a catalogue into three by popularity, so that each third holds a third of the events.

    Items stand by falling count, then by row, and an item belongs to the third that the middle of
    its own events lies in. The head is few items, the tail many: what a model earns on the tail is
    what it earns on the rare third of what people do, not on the rare third of the items.

    Args:
        counts: (n_items,) training events of each item.

    Returns:
        (n_items,) int8, positions in ``TERCILES``; an item without events is in the tail.

    Example:
        >>> terciles_of(np.array([4, 2, 2, 1, 1, 1, 1])).tolist()
        [0, 1, 1, 2, 2, 2, 2]
    """
    order = np.argsort(-counts, kind="stable")
    ordered = counts[order]
    middles = np.cumsum(ordered) - ordered / 2
    cuts = counts.sum() * np.array([1 / 3, 2 / 3])
    terciles = np.empty(len(counts), dtype=np.int8)
    terciles[order] = np.searchsorted(cuts, middles, side="left")
    terciles[counts == 0] = TERCILES.index("tail")
    return terciles
