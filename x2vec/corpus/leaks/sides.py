"""The two sides in one set of terms: training's ids and items, and what both rightly hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.corpus.leaks.digests import digests_of, mixed
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits import Queries

__all__ = ["Known", "Rest", "Sides"]


@dataclass(frozen=True, eq=False)
class Known:
    """Sequences that training and the queries share: histories.

    Attributes:
        of_training: (n_training_sequences,) bool, which of training's are a query's history.
        of_queries: (n_queries,) bool, which histories are a training sequence.
    """

    of_training: NDArray[np.bool_]
    of_queries: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Rest:
    """Training sequences that have the id of a query, and are none of the histories.

    Attributes:
        sequences: These.
        ids: (n_sequences,) int64, the number of each one's id.
    """

    sequences: Sequences
    ids: NDArray[np.int64]

    def pairs(self, n_items: int) -> NDArray[np.int64]:
        """Return a number for each event that tells its id and its item, (n_events,)."""
        return np.repeat(self.ids, self.sequences.lengths) * n_items + self.sequences.codes


@dataclass(frozen=True, eq=False)
class Sides:
    """Ids and items of the queries in training's terms.

    Attributes:
        train_ids: (n_training_sequences,) int64, the number of each one's id; an id that occurs
            twice among the names is one.
        owners: (n_targets,) int64, the query of each target.
        ids: (n_targets,) int64, of the target's query, in the same terms, or a number beyond them.
        has_training: (n_targets,) bool, whether a training sequence has this id.
        code_of: (n_items of the queries,) int64, in training's items, or a number beyond them.
        targets: (n_targets,) int64, in the same terms.
        n_items: A bound above all of these.
        n_ids: A bound above all ids.
    """

    train_ids: NDArray[np.int64]
    owners: NDArray[np.int64]
    ids: NDArray[np.int64]
    has_training: NDArray[np.bool_]
    code_of: NDArray[np.int64]
    targets: NDArray[np.int64]
    n_items: int
    n_ids: int

    @classmethod
    def of(cls, train: Sequences, queries: Queries) -> Sides:
        """Bring both sides together."""
        histories = queries.histories
        names = train.names.dictionary_encode()
        train_ids = np.asarray(names.indices)[train.origins].astype(np.int64)
        others = names
        if histories.names is not train.names:
            others = histories.names.dictionary_encode()
        number_of = _in_terms_of(names.dictionary, others.dictionary)
        owners = queries.owners
        ids = number_of[np.asarray(others.indices)[histories.origins]][owners]
        code_of = _in_terms_of(train.items, histories.items)
        n_ids = len(names.dictionary) + len(others.dictionary)
        trains = np.zeros(n_ids, dtype=np.bool_)
        trains[train_ids] = True
        return cls(
            train_ids=train_ids,
            owners=owners,
            ids=ids,
            has_training=trains[ids],
            code_of=code_of,
            targets=code_of[queries.targets],
            n_items=len(train.items) + len(histories.items),
            n_ids=n_ids,
        )

    def concerned(self) -> NDArray[np.bool_]:
        """Return which training sequences have the id of a query."""
        asked = np.zeros(self.n_ids, dtype=np.bool_)
        asked[self.ids[self.has_training]] = True
        return asked[self.train_ids]

    def known_sequences(self, train: Sequences, histories: Sequences) -> Known:
        """Find the sequences that are, id and event for event, on both sides."""
        with_times = train.times is not None and histories.times is not None
        of_train = np.flatnonzero(self.concerned())
        asked, first = np.unique(self.owners[self.has_training], return_index=True)
        ids = self.ids[self.has_training][first]
        one = digests_of(train, None, with_times)[of_train]
        other = digests_of(histories, self.code_of, with_times)[asked]
        one ^= mixed(self.train_ids[of_train].astype(np.uint64))
        other ^= mixed(ids.astype(np.uint64))
        known = Known(np.zeros(len(train), np.bool_), np.zeros(len(histories), np.bool_))
        known.of_training[of_train[np.isin(one, other)]] = True
        known.of_queries[asked[np.isin(other, one)]] = True
        return known


def _in_terms_of(table: pa.Array, values: pa.Array) -> NDArray[np.int64]:
    """Return where each value stands in a table of distinct ones, or a number of its own beyond."""
    if values is table:
        return np.arange(len(values))
    own = np.arange(len(values)) + len(table)
    if values.type != table.type:
        return own
    return np.asarray(
        pc.coalesce(pc.index_in(values, value_set=table).cast("int64"), pa.array(own))
    )
