"""A long table, one row an event: what the adapters ``events`` and ``baskets`` share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from x2vec.adapters.base import (
    ITEM_ID,
    KIND,
    SEQUENCE_ID,
    TIME,
    TIME_UNITS,
    Place,
    TimeUnit,
    marked,
)
from x2vec.adapters.columns import check_columns
from x2vec.adapters.tables.csv_form import check_csv
from x2vec.adapters.tables.opening import FORMATS, Format, Table, open_tables
from x2vec.adapters.tables.sql import QueryTable
from x2vec.errors import UsageError

__all__ = ["LongTableOptions", "read_long_table"]


@dataclass(frozen=True)
class LongTableOptions:
    """Where the table is, and what its columns mean.

    Attributes:
        path: A file, a list of files or a glob; ``package:NAME/inside/file`` for a file in an
            installed package; in Python also a table: anything with ``__arrow_c_stream__``.
        sequence: The column that says to which sequence a row belongs.
        item: The column of items.
        time: The column of times; None where rows stand in their order already.
        time_unit: What numbers in the time column count.
        format: The files' format; ``auto`` goes by their endings.
        delimiter: What separates the columns of a CSV, one character or several, such as ``::``;
            None for a comma (a tab in ``.tsv``).
        header: The names of the columns, in their order, of a CSV that has no header.
        encoding: The encoding of a CSV, such as ``latin-1``.
        quote: What stands around a text that holds the delimiter; empty for nothing. None for
            ``"``, and for nothing where the delimiter has several characters.
        sql: A DuckDB query over the table, which it sees as ``source``; the other options then
            name columns of its result.
    """

    path: Any
    sequence: str
    item: str
    time: str | None = None
    time_unit: TimeUnit = "auto"
    format: Format = "auto"
    delimiter: str | None = None
    header: list[str] | None = None
    encoding: str = "utf-8"
    quote: str | None = None
    sql: str | None = None

    def __post_init__(self) -> None:
        _one_of("time_unit", self.time_unit, TIME_UNITS)
        _one_of("format", self.format, FORMATS)
        check_csv(self.delimiter, self.quote, self.encoding, self.header)
        if self.sequence == self.item:
            raise UsageError(
                f"sequence and item are both '{self.item}'; they must be different columns."
            )


def read_long_table(
    options: LongTableOptions, *, sequence: str = "sequence", kind: str | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the wanted columns under their common names, file by file, each row in its place.

    Every file is opened, and its columns are checked, before the first row is yielded.

    Args:
        options: Where the table is, and what its columns mean.
        sequence: The option that names the column of sequences, for messages.
        kind: The column of kinds, where there is one.

    Raises:
        SourceError: A file is missing or damaged, or lacks a column.
        UsageError: The query is wrong, or the path is none.
    """
    wanted = {sequence: options.sequence, "item": options.item}
    names = [SEQUENCE_ID, ITEM_ID]
    if options.time is not None:
        wanted["time"] = options.time
        names.append(TIME)
    if kind is not None:
        wanted["kind"] = kind
        names.append(KIND)
    tables = open_tables(
        options.path,
        format=options.format,
        delimiter=options.delimiter,
        header=options.header,
        encoding=options.encoding,
        quote=options.quote,
    )
    if options.sql is not None:
        tables = [QueryTable.open(tables, options.sql)]
    for table in tables:
        check_columns(table, wanted)
    for table in tables:
        yield from _batches(table, list(wanted.values()), names)


def _batches(table: Table, columns: list[str], names: list[str]) -> Iterator[pa.RecordBatch]:
    if not table.columns:
        return
    row = 1
    for batch in table.batches(columns):
        yield marked(batch.rename_columns(names), Place(table.name, row))
        row += batch.num_rows


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        allowed = ", ".join(repr(choice) for choice in choices)
        raise UsageError(f"{name}: expected one of {allowed}, got {value!r}.")
