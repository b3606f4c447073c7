"""The rows of a query in batches of Arrow: as a stream where the driver has one, else fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from x2vec.adapters.base import BATCH_ROWS, Place
from x2vec.adapters.columns import check_columns
from x2vec.adapters.sql.connections import Connected
from x2vec.adapters.sql.failures import telling
from x2vec.adapters.tables.python_values import column_of
from x2vec.errors import UsageError

__all__ = ["read_result"]


def read_result(
    database: Connected, query: str, wanted: Mapping[str, str]
) -> Iterator[pa.RecordBatch]:
    """Run a query, and yield the wanted columns of its rows.

    Args:
        database: An open connection; it stays open.
        query: One query.
        wanted: For each option, such as ``item``, the column that it names.

    Raises:
        UsageError: The query is wrong, or gives no rows.
        SourceError: A column is missing, or the database fails on the way.
    """
    name, secrets = database.name, database.secrets
    with closing(_cursor(database)) as cursor:
        with telling(name, is_query=True, secrets=secrets):
            parts = _parts(cursor, query)
        n_rows = 0
        while True:
            with telling(name, f"failed after {n_rows:,} rows: ", secrets=secrets):
                part = next(parts, None)
            if part is None:
                return
            result = _Result(f"the result of query in {name}", tuple(part.columns))
            check_columns(result, wanted)
            batch = part.select(list(wanted.values()), Place(result.name, n_rows + 1))
            n_rows += batch.num_rows
            if batch.num_rows:
                yield batch


@dataclass(frozen=True)
class _Result:
    """What ``check_columns`` looks at."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Streamed:
    """A batch that came as Arrow."""

    batch: pa.RecordBatch

    @property
    def columns(self) -> list[str]:
        return list(self.batch.schema.names)

    def select(self, names: list[str], place: Place) -> pa.RecordBatch:
        return self.batch.select(names)


@dataclass(frozen=True, eq=False)
class _Rows:
    """A batch that came as rows of Python's values."""

    columns: list[str]
    rows: Sequence[Any]

    def select(self, names: list[str], place: Place) -> pa.RecordBatch:
        keys: list[Any] = [self.columns.index(name) for name in names]
        if self.rows and isinstance(self.rows[0], Mapping):
            keys = names
        arrays = [
            column_of([row[key] for row in self.rows], name=name, place=place)
            for key, name in zip(keys, names, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, names=names)


def _cursor(database: Connected) -> Any:
    """Return a cursor that holds one batch at a time, if the driver has such."""
    connection = database.connection
    with telling(database.name, secrets=database.secrets):
        if type(connection).__module__.startswith("psycopg"):
            return connection.cursor(name="x2vec")  # on the server; others fetch all at once
        return connection.cursor()


def _parts(cursor: Any, query: str) -> Iterator[_Streamed | _Rows]:
    """Run the query; its rows come as an Arrow stream where the driver has one."""
    if type(cursor).__name__ == "DuckDBPyConnection":
        return _sliced(cursor.sql(query).to_arrow_reader(BATCH_ROWS))
    cursor.execute(query)
    if hasattr(cursor, "fetch_record_batch"):  # ADBC
        return _sliced(cursor.fetch_record_batch())
    return _fetched(cursor)


def _sliced(reader: Any) -> Iterator[_Streamed]:
    """Yield the batches, none too large, and before them one without rows, for its columns."""
    yield _Streamed(pa.RecordBatch.from_pylist([], schema=reader.schema))
    for batch in reader:
        for start in range(0, batch.num_rows, BATCH_ROWS):
            yield _Streamed(batch.slice(start, BATCH_ROWS))


def _fetched(cursor: Any) -> Iterator[_Rows]:
    """Yield the rows by ``fetchmany``; one batch without rows, if there are none."""
    is_first = True
    while True:
        rows = cursor.fetchmany(BATCH_ROWS)
        if cursor.description is None:
            raise UsageError("query: it gives no rows; expected a query that reads.")
        if rows or is_first:
            yield _Rows([column[0] for column in cursor.description], rows)
        if not rows:
            return
        is_first = False
