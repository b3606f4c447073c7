"""Events become sequences: grouped, ordered and coded by DuckDB, which spills to disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec._memory import available, in_words
from x2vec.adapters import Events, mixed_note
from x2vec.adapters.tables.duck import interruptible, literal
from x2vec.corpus.blocks import offsets_of
from x2vec.corpus.kinds import KindCodes
from x2vec.corpus.ledger import Ledger, Removal
from x2vec.corpus.mapped import empty, is_mapped, release
from x2vec.corpus.sequences import Sequences
from x2vec.errors import StorageError, UsageError

__all__ = ["assemble"]

_UNUSED: Final = "weights are kept beside the events; training does not use them yet"

_LEAST_MEGABYTES: Final = 100

_PLAIN_TEXT: Final = "SET disabled_compression_methods = 'dictionary,fsst,dict_fsst,zstd'"
"""Compressing text that is read three times does not pay. (Nor does ``preserve_insertion_order =
false``: loading would use both cores, but with it Ctrl-C while loading hangs.)"""

_LOADED: Final = pa.schema(
    [
        ("sequence_number", pa.int64()),
        ("sequence_text", pa.string()),
        ("item_number", pa.int64()),
        ("item_text", pa.string()),
        ("time", pa.int64()),
        ("position", pa.int64()),
        ("weight", pa.float32()),
        ("kind", pa.int16()),
    ]
)

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
    import duckdb

    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="x2vec-") as scratch,
        duckdb.connect(str(Path(scratch) / "events.duckdb")) as tables,
    ):
        try:
            memory_limit = memory_limit or _memory_limit()
            tables.execute(f"SET memory_limit = {literal(memory_limit)}")
        except duckdb.Error as error:
            raise UsageError(
                f"memory_limit is {memory_limit!r}; write a number and a unit: 500MB, 2GB"
            ) from error
        tables.execute(f"SET temp_directory = {literal(f'{scratch}/spill')}")
        tables.execute(_PLAIN_TEXT)
        try:
            kinds = KindCodes()
            read = _load(tables, events, kinds)
            return _ordered(tables, events, read, kinds)
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            raise _no_room(error, scratch, memory_limit) from error


def _memory_limit() -> str:
    left = available()
    megabytes = 1000 if left is None else min(1000, left // 2_000_000)
    return f"{max(megabytes, _LEAST_MEGABYTES)}MB"


def _no_room(error: Exception, scratch: str, memory_limit: str) -> StorageError:
    """Tell memory from disk: DuckDB calls both out of memory, and names the disk's limit."""
    import duckdb

    found = str(error).strip().splitlines()[0].rstrip(".")
    if isinstance(error, duckdb.OutOfMemoryException) and "temp_directory" not in str(error):
        return StorageError(
            f"Ordering the events needs more memory than {memory_limit} ({found}). "
            "Raise the memory_limit of assemble, or read less."
        )
    return StorageError(
        f"Ordering the events needs more room than {scratch} has ({found}). "
        "Set TMPDIR to a directory with more space."
    )


def _load(tables: Any, events: Events, kinds: KindCodes) -> dict[str, pa.DataType]:
    """Copy the events into a table; return the types of the columns that they have."""
    failure: list[BaseException] = []
    types: dict[str, pa.DataType] = {}

    def batches() -> Iterator[pa.RecordBatch]:
        position = 0
        try:
            for batch in events:
                types.update(zip(batch.schema.names, batch.schema.types, strict=True))
                yield _loaded(batch, position, kinds)
                position += batch.num_rows
        except BaseException as error:
            failure.append(error)  # DuckDB would hand on its text alone
            raise

    reader = pa.RecordBatchReader.from_batches(_LOADED, batches())
    tables.register("reader", reader)
    if events.in_one_thread:
        tables.execute("SET threads = 1")  # the one that calls
    try:
        tables.execute("CREATE TABLE events AS SELECT * FROM reader")
    except Exception:
        if failure:
            raise failure[0] from None
        raise
    tables.unregister("reader")
    tables.execute("RESET threads")
    return types


def _loaded(batch: pa.RecordBatch, position: int, kinds: KindCodes) -> pa.RecordBatch:
    """Return a batch in the one form of the table, ids in the column of their kind."""
    n = batch.num_rows
    columns: list[pa.Array] = []
    for name in ("sequence_id", "item_id"):
        ids = batch.column(name)
        is_text = pa.types.is_string(ids.type)
        columns.append(pa.nulls(n, pa.int64()) if is_text else ids)
        columns.append(ids if is_text else pa.nulls(n, pa.string()))

    def of_events(name: str, read: Callable[[pa.Array], pa.Array]) -> pa.Array:
        has_it = name in batch.schema.names
        return read(batch.column(name)) if has_it else pa.nulls(n, _LOADED.field(name).type)

    columns.append(of_events("time", lambda times: times.cast(pa.int64())))
    columns.append(pa.array(np.arange(position, position + n, dtype=np.int64)))
    columns.append(of_events("weight", lambda weights: weights.cast(pa.float32()).fill_null(1)))
    columns.append(of_events("kind", kinds.encode))
    return pa.RecordBatch.from_arrays(columns, schema=_LOADED)


def _ordered(
    tables: Any, events: Events, types: dict[str, pa.DataType], kinds: KindCodes
) -> Sequences:
    item, items, item_notes = _distinct(tables, "item")
    sequence, names, sequence_notes = _distinct(tables, "sequence")
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


def _distinct(tables: Any, what: str) -> tuple[str, pa.Array, tuple[str, ...]]:
    """Number the distinct ids in ascending order, in a table ``items`` or ``sequences``.

    Returns:
        The SQL expression of the id, the ids, and a note where numbers and text were mixed.
    """
    has_numbers, has_text = tables.execute(
        f"SELECT count({what}_number) > 0, count({what}_text) > 0 FROM events"
    ).fetchall()[0]
    notes: tuple[str, ...] = ()
    if has_numbers and has_text:
        expression = f"coalesce({what}_text, {what}_number::VARCHAR)"
        n_both, example = tables.execute(
            f"SELECT count(*), min(id) FROM (SELECT {what}_number::VARCHAR AS id FROM events "
            f"WHERE {what}_number IS NOT NULL INTERSECT SELECT {what}_text FROM events)"
        ).fetchall()[0]
        notes = (mixed_note(f"{what}_id", n_both, example),)
    else:
        expression = f"{what}_text" if has_text else f"{what}_number"
    tables.execute(
        f"CREATE TABLE {what}s AS "
        "SELECT id, (row_number() OVER (ORDER BY id) - 1)::INTEGER AS code "
        f"FROM (SELECT DISTINCT {expression} AS id FROM events)"
    )
    ids = tables.sql(f"SELECT id FROM {what}s ORDER BY code").to_arrow_table().column("id")
    kind = pa.string() if has_text else pa.int64()
    return expression, pc.cast(ids.combine_chunks(), kind), notes
