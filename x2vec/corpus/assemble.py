"""Events become sequences: grouped, ordered and coded by DuckDB, which spills to disk."""

from __future__ import annotations

import tempfile
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec._memory import in_words
from x2vec.adapters import Events
from x2vec.corpus.blocks import offsets_of
from x2vec.corpus.event_table import EventTable, event_table
from x2vec.corpus.ledger import Ledger, Removal
from x2vec.corpus.mapped import empty, is_mapped, release
from x2vec.corpus.sequences import Sequences

__all__ = ["assemble"]

_UNUSED: Final = "weights are kept beside the events; training does not use them yet"

_OF_EVENTS: Final = {"time": np.int64, "weight": np.float32, "kind": np.int16}
"""Columns that a source may lack, and what holds them."""


def assemble(events: Events, *, memory_limit: str | None = None) -> Sequences:
    """Order events inside their sequences by time, then by the order in which they came.

    Sequences come in ascending order of their ids, whatever the order of the input. Where ids
    came both as numbers and as text, all become text, and the note says how many met.

    Args:
        events: What an adapter reads.
        memory_limit: How much memory the tables may take before they spill to a temporary
            directory, in DuckDB's spelling; half of what is available unless given, at most 1 GB.
            The result itself takes 4 bytes an event, 8 more with times, 4 with weights, 2 with
            kinds, which lie in temporary files where that is much, and 12 a sequence; beside that
            its ids, which stay in memory.

    Returns:
        The sequences, none of them where there are no events. Rows that the adapter left out, or
        that were set aside at the border, are in the ledger.

    Raises:
        SourceError: The source failed, or its rows break the schema of events.
        StorageError: The memory limit is too small, or the temporary directory has no room.
        UsageError: The memory limit is none in DuckDB's spelling.
    """
    with event_table(events, memory_limit=memory_limit) as table:
        return _ordered(table, events)


def _ordered(table: EventTable, events: Events) -> Sequences:
    tables, types, kinds = table.connection, table.types, table.kinds
    item, items, item_notes = table.distinct("item")
    sequence, names, sequence_notes = table.distinct("sequence")
    n_events = tables.execute("SELECT count(*) FROM events").fetchall()[0][0]
    columns: dict[str, NDArray[Any]] = {"item": empty(n_events, np.int32)}
    columns |= {name: empty(n_events, of) for name, of in _OF_EVENTS.items() if name in types}
    lengths = np.zeros(len(names), np.int64)
    more = "".join(f", {name}" for name in columns if name != "item")
    ordered = tables.sql(  # ordered on the outside, for inside another query order is not kept
        f"SELECT s.code AS sequence, i.code AS item{more} FROM events "
        f"JOIN items i ON i.id = {item} JOIN sequences s ON s.id = {sequence} "
        "ORDER BY s.code, time, position"
    ).to_arrow_reader(1_000_000)
    start, ranks = 0, kinds.ranks
    for batch in ordered:
        end = start + batch.num_rows
        for name, column in columns.items():
            values = np.asarray(batch.column(name))
            column[start:end] = ranks[values] if name == "kind" else values
            release(column[start:end])
        np.add.at(lengths, np.asarray(batch.column("sequence")), 1)
        start = end
    unused = [_UNUSED] if "weight" in types else []
    spilled = [_spilled(*columns.values())] if is_mapped(columns["item"]) else []
    lost = [*events.left_out.items(), *events.set_aside.items()]
    set_aside = [Removal(reason, rows) for reason, rows in lost]
    return Sequences(
        names=names,
        origins=np.arange(len(names), dtype=np.int32),
        items=items,
        codes=columns["item"],
        offsets=offsets_of(lengths),
        times=columns.get("time"),
        ordered=events.ordered,
        has_clock="time" in types and pa.types.is_timestamp(types["time"]),
        ledger=Ledger.of(rows=events.rows_read, sequences=len(names)).without(*set_aside),
        notes=(*events.notes, *item_notes, *sequence_notes, *unused, *spilled),
        weights=columns.get("weight"),
        kinds=columns.get("kind"),
        kind_names=kinds.names,
    )


def _spilled(*columns: NDArray[Any]) -> str:
    size = in_words(sum(column.nbytes for column in columns))
    return (
        f"the events take {size}, which is much beside the memory that is left; they lie in "
        f"temporary files in {tempfile.gettempdir()}"
    )
