"""A finished export as a table of a database: the new one takes the old one's place at once.

The partitions are staged in files first, so a stopped export goes on as any other does. Then one
transaction makes the table anew, fills it, and says in the table ``x2vec_exports`` what it is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from x2vec.adapters.sql.addresses import expanded
from x2vec.adapters.tables.duck import hushed, interruptible, quoted
from x2vec.errors import DataError, MissingPackageError, StorageError, X2VecError
from x2vec.jobs.export.journal import Identity, Journal, journal_from
from x2vec.jobs.export.output import Output
from x2vec.jobs.export.staging import Staging

__all__ = ["Database"]

_EXPORTS: Final = "x2vec_exports"
_ROWS: Final = 65_536  # read from the files at once

_TYPES: Final = {
    pa.string(): "TEXT",
    pa.int64(): "BIGINT",
    pa.int32(): "INTEGER",
    pa.float32(): "REAL",
}


class Database:
    """Where the partitions go.

    Args:
        output: The section, its paths located.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._mark = "$1" if output.format == "postgresql" else "?"

    def check(self) -> None:
        """Make sure that the database opens, and that the table is none of somebody else's.

        Raises:
            StorageError: It does not, or the table is there and no export of x2vec.
            MissingPackageError: The driver is not installed.
        """
        self._there()

    def found(self, identity: Identity) -> Journal | None:
        """Return what is said of this very export, if its table is there."""
        there = self._there()
        return there if there is not None and there.identity == identity else None

    def publish(self, staged: Staging) -> None:
        """Fill a new table from the partitions, and put it in the place of the old one."""
        files = [staged.parts / part.name for part in staged.journal.parts]
        output = self._output
        table, new = output.table, f"{output.table}_x2vec_new"
        schema = pq.read_schema(files[0])
        columns = ", ".join(
            f"{quoted(field.name)} {_sql_type(field.type)}{'' if field.nullable else ' NOT NULL'}"
            for field in schema
        )
        with self._connected() as connection, closing(connection.cursor()) as cursor:
            if output.format != "postgresql":  # whose driver begins by itself
                cursor.execute("BEGIN")
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {_EXPORTS} (name TEXT PRIMARY KEY, manifest TEXT)"
            )
            cursor.execute(f"DROP TABLE IF EXISTS {quoted(new)}")
            cursor.execute(f"CREATE TABLE {quoted(new)} ({columns})")
            self._fill(connection, cursor, new, schema, _batches(files))
            cursor.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
            cursor.execute(f"ALTER TABLE {quoted(new)} RENAME TO {quoted(table)}")
            cursor.execute(f"DELETE FROM {_EXPORTS} WHERE name = {self._mark}", (table,))
            values = "($1, $2)" if self._mark == "$1" else "(?, ?)"
            said = json.dumps(staged.journal.to_dict(), ensure_ascii=False)
            cursor.execute(f"INSERT INTO {_EXPORTS} VALUES {values}", (table, said))
            connection.commit() if output.format == "postgresql" else cursor.execute("COMMIT")
        staged.clear()

    def _fill(
        self,
        connection: Any,
        cursor: Any,
        table: str,
        schema: pa.Schema,
        batches: Iterator[pa.RecordBatch],
    ) -> None:
        if self._output.format == "postgresql":
            reader = pa.RecordBatchReader.from_batches(schema, batches)
            cursor.adbc_ingest(table, reader, mode="append")
        elif self._output.format == "duckdb":
            for batch in batches:
                cursor.register("batch", pa.Table.from_batches([batch]))
                cursor.execute(f"INSERT INTO {quoted(table)} SELECT * FROM batch")
                cursor.unregister("batch")
        else:
            marks = ", ".join("?" * len(schema))
            for batch in batches:
                rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
                cursor.executemany(f"INSERT INTO {quoted(table)} VALUES ({marks})", rows)

    def _there(self) -> Journal | None:
        """Return what the database says of the table; None where there is none."""
        output = self._output
        if output.format != "postgresql" and not Path(output.path).exists():
            if not Path(output.path).parent.is_dir():
                raise StorageError(f"{output.path}: there is no directory of it. Make it first.")
            return None
        with self._connected() as connection, closing(connection.cursor()) as cursor:
            tables = "sqlite_master" if output.format == "sqlite" else "information_schema.tables"
            column = "name" if output.format == "sqlite" else "table_name"
            cursor.execute(f"SELECT {column} FROM {tables}")
            names = {name for (name,) in cursor.fetchall()}
            said = []
            if _EXPORTS in names:
                cursor.execute(
                    f"SELECT manifest FROM {_EXPORTS} WHERE name = {self._mark}", (output.table,)
                )
                said = cursor.fetchall()
        if output.table not in names:
            return None
        if not said:
            raise StorageError(
                f"{output.path}: has a table {output.table!r} already, no export of x2vec, "
                "which is never overwritten. Set another table."
            )
        try:
            return journal_from(json.loads(said[0][0]), output.path)
        except DataError:
            return None

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """Open the database for one transaction, which is rolled back unless it is committed."""
        path, secrets = self._output.path, list[str]()
        try:
            with interruptible():
                if self._output.format == "postgresql":
                    path, secrets = expanded(path)
                with closing(_opened(self._output.format, path)) as connection:
                    yield connection
        except X2VecError:
            raise
        except Exception as error:  # drivers raise what they like
            text = " ".join(str(error).split()) or type(error).__name__
            for secret in secrets:
                text = text.replace(secret, "***") if secret else text
            raise StorageError(
                f"{self._output.path}: {text}. The table is as it was before."
            ) from (None if secrets else error)


def _sql_type(kind: pa.DataType) -> str:
    return f"{_TYPES[kind.value_type]}[]" if pa.types.is_list(kind) else _TYPES[kind]


def _opened(form: str, path: str) -> Any:
    if form == "sqlite":
        return sqlite3.connect(path, isolation_level=None)
    if form == "duckdb":
        import duckdb

        return hushed(duckdb.connect(path))
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError as error:
        raise MissingPackageError(
            "postgresql:// needs a driver. Run: pip install adbc-driver-postgresql"
        ) from error
    return dbapi.connect(path)


def _batches(files: list[Path]) -> Iterator[pa.RecordBatch]:
    for file in files:
        with pq.ParquetFile(file) as opened:
            yield from opened.iter_batches(_ROWS)
