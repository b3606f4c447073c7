"""Events in a table of DuckDB: loaded once, in a file that spills, ordered by whoever asks."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from x2vec._memory import available
from x2vec.adapters import Events, mixed_note
from x2vec.adapters.tables.duck import hushed, interruptible, literal
from x2vec.corpus.kinds import KindCodes
from x2vec.errors import StorageError, UsageError

__all__ = ["EventTable", "event_table"]

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


@dataclass(frozen=True, eq=False)
class EventTable:
    """Events in the table ``events`` of a connection that spills to disk.

    Its columns are ``sequence_number`` and ``sequence_text``, ``item_number`` and ``item_text``, of
    which one of each two is null, ``time``, ``position`` (in the source), ``weight`` and ``kind``
    (a number of ``kinds``).

    Attributes:
        connection: Of DuckDB.
        types: Of the columns that the source has, by their names in ``Events``.
        kinds: The kinds that were met.
    """

    connection: Any
    types: dict[str, pa.DataType]
    kinds: KindCodes

    def id_of(self, what: str) -> tuple[str, pa.DataType, tuple[str, ...]]:
        """Say how the id of a ``"sequence"`` or an ``"item"`` is spelled in SQL.

        Returns:
            The expression, the type of its values, and a note where numbers and text were mixed,
            of which all become text.
        """
        has_numbers, has_text = self.connection.execute(
            f"SELECT count({what}_number) > 0, count({what}_text) > 0 FROM events"
        ).fetchall()[0]
        if not (has_numbers and has_text):
            kind = pa.string() if has_text else pa.int64()
            return f"{what}_text" if has_text else f"{what}_number", kind, ()
        n_both, example = self.connection.execute(
            f"SELECT count(*), min(id) FROM (SELECT {what}_number::VARCHAR AS id FROM events "
            f"WHERE {what}_number IS NOT NULL INTERSECT SELECT {what}_text FROM events)"
        ).fetchall()[0]
        expression = f"coalesce({what}_text, {what}_number::VARCHAR)"
        return expression, pa.string(), (mixed_note(f"{what}_id", n_both, example),)

    def distinct(self, what: str) -> tuple[str, pa.Array, tuple[str, ...]]:
        """Number the distinct ids in ascending order, in a table ``items`` or ``sequences``.

        Returns:
            The SQL expression of the id, the ids, and a note where numbers and text were mixed.
        """
        expression, kind, notes = self.id_of(what)
        self.connection.execute(
            f"CREATE TABLE {what}s AS "
            "SELECT id, (row_number() OVER (ORDER BY id) - 1)::INTEGER AS code "
            f"FROM (SELECT DISTINCT {expression} AS id FROM events)"
        )
        read = self.connection.sql(f"SELECT id FROM {what}s ORDER BY code").to_arrow_table()
        return expression, pc.cast(read.column("id").combine_chunks(), kind), notes


@contextmanager
def event_table(
    events: Events,
    *,
    memory_limit: str | None = None,
    each: Callable[[pa.RecordBatch], None] | None = None,
) -> Iterator[EventTable]:
    """Load events into a table, which is there until the block ends.

    Args:
        events: What an adapter reads.
        memory_limit: How much memory the tables may take before they spill to a temporary
            directory, in DuckDB's spelling; half of what is available unless given, at most 1 GB.
        each: Sees each batch of events on the way.

    Raises:
        SourceError: The source failed, or its rows break the schema of events.
        StorageError: The memory limit is too small, or the temporary directory has no room; also
            where the block finds that out.
        UsageError: The memory limit is none in DuckDB's spelling.
    """
    import duckdb

    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="x2vec-") as scratch,
        hushed(duckdb.connect(str(Path(scratch) / "events.duckdb"))) as tables,
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
            yield EventTable(tables, _load(tables, events, kinds, each), kinds)
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


def _load(
    tables: Any,
    events: Events,
    kinds: KindCodes,
    each: Callable[[pa.RecordBatch], None] | None,
) -> dict[str, pa.DataType]:
    """Copy the events into a table; return the types of the columns that they have."""
    failure: list[BaseException] = []
    types: dict[str, pa.DataType] = {}

    def batches() -> Iterator[pa.RecordBatch]:
        position = 0
        try:
            for batch in events:
                types.update(zip(batch.schema.names, batch.schema.types, strict=True))
                if each is not None:
                    each(batch)
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
