"""Side information of a corpus: an item table becomes integers for engines, names for a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.coldstart import ItemTable, TableAttributes, read_item_table
from x2vec.corpus import Sequences, Vocabulary
from x2vec.embeddings import Attributes, shares
from x2vec.errors import ConfigError, SourceError
from x2vec.jobs.config import SideInformation
from x2vec.progress import Listener, Notice, silent
from x2vec.training import Matrices, Side

__all__ = ["Beside", "SideSource"]


@dataclass(frozen=True, eq=False)
class SideSource:
    """Where side information comes from.

    Attributes:
        how: What is taken.
        table: The item table, with a column ``item_id``, as ``ColdStart`` takes it; or None.
    """

    how: SideInformation
    table: Any = None

    def __post_init__(self) -> None:
        if self.how.all_columns is not None and self.table is None:
            columns = ", ".join(map(repr, self.how.all_columns))
            raise ConfigError(
                f"side information names the columns {columns}, and there is no item table; give "
                "one: items = ... in Python, a section [items] in a job"
            )

    def of(
        self, sequences: Sequences, vocabulary: Vocabulary, *, listen: Listener = silent
    ) -> Beside | None:
        """Take what there is of the items of a vocabulary, and of the sequences that it is of.

        Args:
            sequences: Those that are trained on.
            vocabulary: Their items.
            listen: Hears how many items the table does not describe, and if it says nothing of any.

        Returns:
            None where nothing is left to train with, as with a weight of 0.

        Raises:
            SourceError: The table is none, or describes none of the items.
            ConfigError: The ends of sequences are asked for, and none ends in an event of a kind.
        """
        how = self.how
        attributes, segments = _Named.nothing(len(vocabulary)), None
        if how.all_columns is not None:
            table = read_item_table(self.table, how.all_columns)
            rows = _rows(table, vocabulary, listen)
            if how.columns is not None and how.weight > 0:
                attributes = _attributes(table, rows, how, listen)
                if not len(attributes.names):
                    named = ", ".join(map(repr, how.columns))
                    text = f"{named} of the item table: no value of any item, so no attributes"
                    listen(Notice("side information", text))
            if how.segment is not None:
                segments = _segments(table[how.segment], rows)
        ends = _ends(sequences, how)
        if not len(attributes.names) and segments is None and ends is None:
            return None
        lengths = np.diff(attributes.offsets)
        side = Side(
            attributes.offsets,
            attributes.places,
            attributes.shares * np.repeat(how.weights(vocabulary.counts), lengths),
            len(attributes.names),
            ends=ends,
            segments=segments,
            segment_negative=0 if segments is None else how.segment_negative,
        )
        return Beside(self, side, attributes.names, vocabulary.counts)


@dataclass(frozen=True, eq=False)
class Beside:
    """Side information of a corpus, beside what its numbers mean.

    Attributes:
        source: Where it is from.
        side: What the engine takes.
        names: Column and value of each attribute.
        counts: (n_items,) events of each item.
    """

    source: SideSource
    side: Side
    names: pa.Table
    counts: NDArray[np.int64]

    def attributes(self, matrices: Matrices) -> Attributes | None:
        """Return the attributes as a store has them: their mean is the vector of a cold item."""
        side, scale = self.side, np.float32(self.source.how.weight)
        if (
            matrices.attributes is None
            or matrices.attribute_contexts is None
            or not len(self.names)
        ):
            return None
        owners = np.repeat(self.counts, np.diff(side.offsets))
        events = np.zeros(side.n_attributes, np.int64)
        np.add.at(events, side.attributes, owners)
        return Attributes(
            self.names["column"],
            self.names["value"],
            events,
            matrices.attributes * scale,
            matrices.attribute_contexts * scale,
        )


@dataclass(frozen=True, eq=False)
class _Named:
    """The attributes of the items of a vocabulary, in the form of ``Side``."""

    offsets: NDArray[np.int64]
    places: NDArray[np.int32]
    shares: NDArray[np.float32]
    names: pa.Table

    @classmethod
    def nothing(cls, n_items: int) -> _Named:
        names = pa.table({"column": pa.array([], pa.string()), "value": pa.array([], pa.string())})
        zeros = np.zeros(n_items + 1, np.int64)
        return cls(zeros, np.empty(0, np.int32), np.empty(0, np.float32), names)


def _attributes(table: ItemTable, rows: pa.Array, how: SideInformation, listen: Listener) -> _Named:
    """Find the attributes of the items that the table describes; the others have none."""
    columns = how.columns
    assert columns is not None
    known = np.flatnonzero(np.asarray(rows.is_valid()))
    described = table.take(rows.drop_null())
    found = TableAttributes.fit(described, columns)
    for note in found.notes:
        listen(Notice("side information", note))
    matrix = found.matrix(described, columns)
    matrix.sort_indices()
    column_of = np.repeat(np.arange(len(found.widths)), list(found.widths.values()))
    owners = np.repeat(known, np.diff(matrix.indptr))
    lengths = np.bincount(owners, minlength=len(rows))
    names = pa.table(
        {
            "column": pa.array([list(found.widths)[at] for at in column_of], pa.string()),
            "value": pa.array(found.values, pa.string()),
        }
    )
    _refuse_alike(names)
    weights = shares(owners, column_of[matrix.indices])
    offsets = np.append(0, np.cumsum(lengths)).astype(np.int64)
    return _Named(offsets, matrix.indices.astype(np.int32), weights, names)


def _refuse_alike(names: pa.Table) -> None:
    """Refuse attributes of two columns that would have one name."""
    both = pc.binary_join_element_wise(names["column"], names["value"], "=")
    counted = pc.value_counts(both)
    twice = counted.filter(pc.greater(counted.field("counts"), 1)).field("values")
    if len(twice):
        raise SourceError(
            f"side information: {twice[0].as_py()!r} would be the name of attributes of two "
            "columns, for there is a '=' in the name of one. Rename that column."
        )


def _segments(column: pa.Array, rows: pa.Array) -> NDArray[np.int32]:
    """Return the segment of each item, (n_items,); those without one are a segment of their own."""
    encoded = column.take(rows).dictionary_encode(null_encoding="encode")
    return np.asarray(encoded.indices).astype(np.int32)


def _ends(sequences: Sequences, how: SideInformation) -> NDArray[np.bool_] | None:
    """Return which sequences end in an event that is context to all of them."""
    if how.context == "none":
        return None
    if how.context == "last":
        return np.ones(len(sequences), np.bool_)
    ends = np.asarray(sequences.ended_by.is_valid())
    if not ends.any():
        raise ConfigError(
            'context is "ends", and no sequence ends in an event of a kind: read the kinds of '
            "events, and name those that end a sequence (ends in [sequences]); or set it to "
            '"last"'
        )
    return ends


def _rows(table: ItemTable, vocabulary: Vocabulary, listen: Listener) -> pa.Array:
    """Return the row of each item of a vocabulary in the table, null where it has none."""
    items = vocabulary.items
    rows = pa.nulls(len(items), pa.int32())
    if table.ids.type == items.type:
        rows = pc.index_in(items, value_set=table.ids)
    if rows.null_count == len(items):
        raise SourceError(
            f"the item table describes none of the {len(items):,} items of the events: its ids are "
            f"{table.ids.type} such as {table.ids[:3].to_pylist()}, theirs {items.type} such as "
            f"{items[:3].to_pylist()}. Write both alike."
        )
    if rows.null_count:
        listen(
            Notice(
                "side information",
                f"{rows.null_count:,} of {len(items):,} items are not in the item table, and have "
                "no attributes",
            )
        )
    return rows
