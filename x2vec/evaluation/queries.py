"""Queries of an evaluation: histories and held-out targets, written in the rows of a vocabulary."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.corpus import Queries, Vocabulary
from x2vec.corpus.frozen import freeze
from x2vec.evaluation.facts import TERCILES, QueryFacts, terciles_of
from x2vec.evaluation.ranks import check_offsets
from x2vec.recommendation import Histories

__all__ = ["NextItemQueries"]


@dataclass(frozen=True, eq=False)
class NextItemQueries:
    """What to ask of every ranker, and the right answers: one a query, or several.

    Attributes:
        histories: What each query knows: the items that the vocabulary holds, in order.
        known: (n_targets,) bool, whether the vocabulary holds the target.
        targets: (number of known,) int32, the rows of those targets, in the order of the queries.
        n_unknown: Items of histories that the vocabulary does not hold, and that were left out.
        sequence: (n_queries,) int32, the held-out sequence that each query comes from; one of its
            own for each query unless given.
        offsets: (n_queries + 1,) int64, where the targets of each query start; None where each
            query has one target. The targets of one query differ from each other.
        fingerprint: Hash of what is asked, in hexadecimal; of the rows unless given.
        repeated: (n_targets,) bool, whether the history of its query holds the target, known or
            not; told by the rows unless given, where an unknown target cannot be found.

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
    sequence: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    offsets: NDArray[np.int64] | None = None
    fingerprint: str = ""
    repeated: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))

    def __post_init__(self) -> None:
        n_queries = len(self.known) if self.offsets is None else len(self.offsets) - 1
        if n_queries != len(self.histories):
            raise ValueError(f"{n_queries} targets for {len(self.histories)} histories")
        if len(self.targets) != np.count_nonzero(self.known):
            raise ValueError(
                f"{len(self.targets)} target rows for {np.count_nonzero(self.known)} known targets"
            )
        last = self.histories.n_items - 1
        if len(self.targets) and not 0 <= self.targets.min() <= self.targets.max() <= last:
            raise ValueError(f"targets must lie in 0 .. {last}")
        check_offsets(self.offsets, len(self.known))
        if not len(self.sequence):
            object.__setattr__(self, "sequence", np.arange(n_queries, dtype=np.int32))
        if len(self.sequence) != n_queries:
            raise ValueError(f"{len(self.sequence)} sequences for {n_queries} queries")
        if not len(self.repeated):
            object.__setattr__(self, "repeated", self._in_rows())
        if len(self.repeated) != len(self.known):
            raise ValueError(f"{len(self.repeated)} repeated for {len(self.known)} targets")
        freeze(self, "known", "targets", "sequence", "offsets", "repeated")
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", self._hash_of_rows())

    @classmethod
    def of(cls, queries: Queries, vocabulary: Vocabulary) -> NextItemQueries:
        """Write the queries of a split in the rows of the training vocabulary."""
        rows = vocabulary.rows(queries.histories.items)
        is_known = np.asarray(rows.is_valid())
        row_of_code = np.asarray(rows.fill_null(0), dtype=np.int32)
        asked = queries.histories
        codes = asked.codes
        kept = is_known[codes]
        known = is_known[queries.targets]
        histories = Histories(
            codes,
            asked.offsets,
            len(asked.items),
            asked.times if asked.has_clock else None,
            asked.weights,
        ).keep(kept)
        return cls(
            histories=replace(histories, rows=row_of_code[histories.rows], n_items=len(vocabulary)),
            known=known,
            targets=row_of_code[queries.targets[known]],
            n_unknown=int(np.count_nonzero(~kept)),
            sequence=queries.sequence,
            offsets=queries.offsets,
            fingerprint=_hash_of_ids(queries),
            repeated=_pairs_are_in(
                queries.owners,
                queries.targets,
                np.repeat(np.arange(len(queries)), queries.histories.lengths),
                codes,
                len(queries.histories.items),
            ),
        )

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.histories)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The query of each target, (n_targets,)."""
        if self.offsets is None:
            return np.arange(len(self.known))
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def target_in_history(self) -> NDArray[np.bool_]:
        """Return which known targets the history of their own query holds, (n_targets,) bool."""
        return self.repeated & self.known

    def _in_rows(self) -> NDArray[np.bool_]:
        held = np.zeros(len(self.known), dtype=np.bool_)
        histories, owners = self.histories, self.owners[self.known]
        held[self.known] = _pairs_are_in(
            owners, self.targets, histories.queries, histories.rows, histories.n_items
        )
        return held

    def facts(self, counts: NDArray[np.int64] | None = None) -> QueryFacts:
        """Return what figures are broken down by.

        Args:
            counts: (n_items,) training events of each item; without them there are no terciles
                and no events.
        """
        tercile = events = None
        if counts is not None:
            tercile = np.full(len(self.known), TERCILES.index("unknown"), dtype=np.int8)
            tercile[self.known] = terciles_of(counts)[self.targets]
            events = np.zeros(len(self.known), dtype=np.int64)
            events[self.known] = counts[self.targets]
        return QueryFacts(
            history_length=self.histories.lengths.astype(np.int32),
            sequence=self.sequence,
            is_new=~self.repeated,
            tercile=tercile,
            offsets=self.offsets,
            fingerprint=self.fingerprint,
            events=events,
        )

    def _hash_of_rows(self) -> str:
        made = hashlib.sha256(f"rows {self.histories.n_items} ".encode())
        arrays = (self.histories.offsets, self.histories.rows, self.known, self.targets)
        for array in arrays if self.offsets is None else (*arrays, self.offsets):
            made.update(np.ascontiguousarray(array).data)
        return made.hexdigest()


def _pairs_are_in(
    owners: NDArray[np.int64],
    targets: NDArray[np.int32],
    queries: NDArray[np.int64],
    items: NDArray[np.int32],
    n: int,
) -> NDArray[np.bool_]:
    """Return which targets stand, as a pair with their query, among items and their queries."""
    n = max(n, 1)
    return np.isin(owners * n + targets, queries * n + items)


def _hash_of_ids(queries: Queries) -> str:
    """Hash what is asked by item ids, whatever the vocabulary: another one may hold fewer items."""
    codes = queries.histories.codes
    used = np.zeros(len(queries.histories.items), dtype=np.bool_)
    used[codes] = True
    used[queries.targets] = True
    place = np.cumsum(used, dtype=np.int64) - 1  # ids ascend, so places depend on used ids alone
    ids = queries.histories.items.filter(pa.array(used))
    made = hashlib.sha256(f"{ids.type} {len(ids)} ".encode())
    for one in ids.to_pylist():
        written = str(one).encode()
        made.update(len(written).to_bytes(8, "little"))
        made.update(written)
    arrays = (queries.histories.offsets, place[codes], place[queries.targets])
    for array in arrays if queries.offsets is None else (*arrays, queries.offsets):
        made.update(np.ascontiguousarray(array, dtype="<i8").data)
    return made.hexdigest()
