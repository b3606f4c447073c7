"""A DuckDB query over a table that it sees as ``source``, and over nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from x2vec.adapters.base import BATCH_ROWS
from x2vec.adapters.files.streams import check_packed, packed_by
from x2vec.adapters.tables.csv_files import CsvTable
from x2vec.adapters.tables.duck import connect, literal, path_literal, quoted, read_errors
from x2vec.adapters.tables.json_files import JsonTable
from x2vec.adapters.tables.json_values import as_json
from x2vec.adapters.tables.opening import Table
from x2vec.errors import SourceError, UsageError

__all__ = ["QueryTable"]

_PLAIN: Final = ("BIGINT", "UBIGINT", "HUGEINT", "DOUBLE", "BOOLEAN", "VARCHAR", "JSON")
_NESTED: Final = ("STRUCT", "MAP", "[]")


@dataclass(frozen=True, eq=False)
class QueryTable:
    """The result of a query, read once.

    The query may read the opened files as ``source``; it cannot read other files, fetch
    extensions, write, or see Python's variables. Columns of a CSV are text in it. In JSON Lines a
    column has the type that all its values share, text stays text, and what is mixed is JSON.
    """

    columns: tuple[str, ...]
    connection: Any
    relation: Any
    tables: tuple[Table, ...] = ()
    name: str = "the result of sql"

    @classmethod
    def open(cls, tables: Sequence[Table], sql: str) -> QueryTable:
        """Plan the query.

        Raises:
            UsageError: The query is wrong; the message is DuckDB's.
            SourceError: The tables cannot be read.
        """
        connection = connect()
        try:
            _show_source(connection, tables)
        except read_errors() as error:
            raise SourceError(f"{tables[0].name}: {_first_line(error, tables)}") from error
        try:
            kinds = [statement.type.name for statement in connection.extract_statements(sql)]
            if kinds != ["SELECT"]:
                raise UsageError(
                    f"sql: found {' and '.join(kinds) or 'nothing'}; expected one SELECT, such as "
                    "SELECT * FROM source."
                )
            relation = connection.sql(sql)
        except read_errors() as error:
            raise UsageError(f"sql: {' '.join(str(error).split())}") from error
        return cls(tuple(relation.columns), connection, relation, tuple(tables))

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the result's rows in order.

        Raises:
            SourceError: The query fails on the way, on a damaged file or a value it cannot cast;
                or a packed file is damaged where the query did not look.
        """
        numbers = [self.columns.index(column) for column in columns]
        json = {n for n in numbers if str(self.relation.types[n]) == "JSON"}
        try:
            for batch in self.relation.to_arrow_reader(BATCH_ROWS):
                arrays = [batch.column(number) for number in numbers]
                arrays = [
                    as_json(a) if n in json else a for n, a in zip(numbers, arrays, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(arrays, names=list(columns))
        except read_errors() as error:
            self._check_packed()
            raise SourceError(f"sql: {_first_line(error, self.tables)}") from error
        finally:
            self.connection.close()
        self._check_packed()

    def _check_packed(self) -> None:
        for table in self.tables:
            if isinstance(table, CsvTable | JsonTable):
                check_packed(table.path)


def _show_source(connection: Any, tables: Sequence[Table]) -> None:
    """Make ``source`` from the tables, then close the door to everything else."""
    selects = []
    paths = []
    for number, table in enumerate(tables):
        path = table.text if isinstance(table, CsvTable) else getattr(table, "path", None)
        if path is None:
            connection.register(f"memory_{number}", _in_memory(table))
            selects.append(f"SELECT * FROM memory_{number}")
        elif table.columns:
            absolute = Path(path).absolute()
            paths += [literal(absolute), path_literal(absolute)]  # both are asked for, in a scan
            selects.append(_select(connection, table, absolute))
    if not selects:
        raise SourceError(f"{tables[0].name}: the file is empty; sql has nothing to read.")
    connection.execute(f"SET allowed_paths = [{', '.join(paths)}]")
    connection.execute(f"CREATE VIEW source AS {' UNION ALL BY NAME '.join(selects)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _in_memory(table: Table) -> pa.Table:
    batches = list(table.batches(table.columns))
    if not batches:
        return pa.table({column: pa.nulls(0) for column in table.columns})
    return pa.Table.from_batches(batches)


def _select(connection: Any, table: Table, path: Path) -> str:
    if isinstance(table, CsvTable):
        renamed = (f"c{n} AS {quoted(column)}" for n, column in enumerate(table.columns))
        scan = replace(table, text=path).scan()
        return f"SELECT {', '.join(renamed)} FROM {scan}"
    if isinstance(table, JsonTable):
        compression = f"compression='{packed_by(path)}'"
        options = f"format='newline_delimited', {compression}, hive_partitioning=false"
        scan = f"read_json({path_literal(path)}, {options}"
        found = connection.sql(f"SELECT * FROM {scan})")
        types = zip(found.columns, map(str, found.types), strict=True)
        columns = ", ".join(f"{literal(name)}: {literal(_kept(kind))}" for name, kind in types)
        return f"SELECT * FROM {scan}, columns={{{columns}}})"
    return f"SELECT * FROM read_parquet({path_literal(path)}, hive_partitioning=false)"


def _kept(kind: str) -> str:
    """Return the type a JSON column is read as: DuckDB would turn text into dates and UUIDs."""
    return kind if kind in _PLAIN or any(part in kind for part in _NESTED) else "VARCHAR"


def _first_line(error: Exception, tables: Sequence[Table]) -> str:
    """Return what DuckDB says, with files called what the user calls them."""
    line = str(error).strip().splitlines()[0]
    for table in tables:
        for path in (getattr(table, "text", None), getattr(table, "path", None)):
            line = line if path is None else line.replace(str(path), table.name)
    return line
