"""The table of who is asked about, read in a stream into a table ``asked`` beside the events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters import Place, check_columns, normalise_ids, open_tables
from x2vec.adapters.tables import QueryTable
from x2vec.errors import DataError, SourceError, X2VecError
from x2vec.jobs.export.config import Queries
from x2vec.jobs.export.digest import Digest
from x2vec.recommendation import listed

__all__ = ["Asked", "load_asked", "open_asked"]

_SECTION = "[queries]"


@dataclass(frozen=True)
class Asked:
    """What was read.

    Attributes:
        n: How many queries there are.
        kind: The type of their ids.
        without_id: Rows that have none; they are left out.
        liked: From columns of the item table to those of ``asked`` that hold what is liked.
    """

    n: int
    kind: pa.DataType
    without_id: int
    liked: dict[str, str]


def open_asked(queries: Queries) -> list[Any]:
    """Open the tables, and check that they have the columns.

    Raises:
        SourceError: A file is missing or damaged, or lacks a column.
        UsageError: The query over them is wrong.
    """
    tables: list[Any] = list(
        open_tables(
            queries.path,
            format=queries.format,
            delimiter=queries.delimiter,
            header=queries.header,
            encoding=queries.encoding,
            quote=queries.quote,
        )
    )
    if queries.sql is not None:
        tables = [QueryTable.open(tables, queries.sql)]
    wanted = {"query": queries.query, "segment": queries.segment}
    wanted |= {f"preferences.{column}": name for column, name in queries.preferences.items()}
    for table in tables:
        check_columns(table, {key: name for key, name in wanted.items() if name is not None})
    return tables


def load_asked(connection: Any, queries: Queries, kind: pa.DataType | None, seen: Digest) -> Asked:
    """Make the table ``asked``: ``query``, ``segment``, and what is liked as lists of text.

    Args:
        connection: That of the events.
        queries: The section.
        kind: The type of the histories' ids; None where there are none to go by.
        seen: Hashes what is read.

    Raises:
        SourceError: A file is damaged, or a query stands in the table twice.
        DataError: The ids are of another type than those of the histories.
    """
    failure: list[BaseException] = []
    without_id = 0
    parts = _batches(queries)
    first = next(parts, None)
    kind = kind or (pa.int64() if first is None else first.schema.field("query").type)

    def rows() -> Iterator[pa.RecordBatch]:
        nonlocal without_id
        try:
            for batch in [] if first is None else [first, *parts]:
                yield kept(batch)
        except X2VecError as error:
            failure.append(error)  # DuckDB would hand on its text alone
            raise

    def kept(batch: pa.RecordBatch) -> pa.RecordBatch:
        nonlocal without_id
        there = batch["query"].is_valid()
        without_id += batch.num_rows - (there.true_count or 0)
        batch = batch.filter(there)
        if batch.num_rows and batch["query"].type != kind:
            raise DataError(
                f"{_SECTION}: the column {queries.query!r} is {batch['query'].type}, such as "
                f"{batch['query'][0].as_py()!r}; the sequences of the histories are {kind}. "
                "Write both in one type."
            )
        seen.add(batch)
        return batch.set_column(0, "query", batch["query"].cast(kind))

    liked = {column: f"liked_{n}" for n, column in enumerate(queries.preferences)}
    lists = [(name, pa.list_(pa.string())) for name in liked.values()]
    schema = pa.schema([("query", kind), ("segment", pa.string()), *lists])
    connection.register("asked_reader", pa.RecordBatchReader.from_batches(schema, rows()))
    try:
        connection.execute("CREATE TABLE asked AS SELECT * FROM asked_reader")
    except Exception:
        if failure:
            raise failure[0] from None
        raise
    connection.unregister("asked_reader")
    _refuse_repeats(connection, queries)
    n = connection.execute("SELECT count(*) FROM asked").fetchall()[0][0]
    return Asked(n, kind, without_id, liked)


def _batches(queries: Queries) -> Iterator[pa.RecordBatch]:
    for table in open_asked(queries):
        if not table.columns:
            continue
        wanted = [queries.query, queries.segment, *queries.preferences.values()]
        columns = list(dict.fromkeys(name for name in wanted if name is not None))
        row = 1
        for batch in table.batches(columns):
            place = Place(table.name, row)
            held = dict(zip(columns, batch.columns, strict=True))
            ids = normalise_ids(held[queries.query], name=queries.query, place=place)
            segments = pa.nulls(batch.num_rows, pa.string())
            if queries.segment:
                named = normalise_ids(held[queries.segment], name=queries.segment, place=place)
                segments = pc.cast(named, pa.string())
            liked = {
                f"liked_{n}": listed(held[name])
                for n, name in enumerate(queries.preferences.values())
            }
            row += batch.num_rows
            yield pa.RecordBatch.from_pydict({"query": ids, "segment": segments, **liked})


def _refuse_repeats(connection: Any, queries: Queries) -> None:
    twice = "SELECT query FROM asked GROUP BY query HAVING count(*) > 1"
    n, some = connection.execute(
        f"SELECT count(*), list(query ORDER BY query)[:5] FROM ({twice})"
    ).fetchall()[0]
    if n:
        raise SourceError(
            f"{_SECTION}: {n:,} ids stand in the table more than once, such as "
            f"{', '.join(map(repr, some))}. Keep one row for each {queries.query}."
        )
