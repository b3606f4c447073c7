"""Opening any table: files of several formats, and tables that are in memory already.

Each file is a table of its own, opened before any is read, so that a damaged one is named and the
others are not silently used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, Protocol, get_args

import pyarrow as pa

from x2vec.adapters.files.copies import local_copies
from x2vec.adapters.files.paths import find_files
from x2vec.adapters.files.streams import base_name, name_of
from x2vec.adapters.tables.csv_files import CsvTable
from x2vec.adapters.tables.csv_form import CsvForm, check_csv
from x2vec.adapters.tables.duck import interruptible
from x2vec.adapters.tables.json_files import JsonTable
from x2vec.adapters.tables.json_values import decode_json, is_json
from x2vec.adapters.tables.memory import open_memory
from x2vec.adapters.tables.parquet_files import ParquetTable
from x2vec.errors import SourceError, UsageError

__all__ = ["FORMATS", "Format", "Table", "format_of", "gather", "open_tables", "read_table"]

Format = Literal["auto", "parquet", "csv", "jsonl"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)

_ENDINGS: Final = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


class Table(Protocol):
    """One opened table.

    Attributes:
        name: What messages call it: the file's path, or the kind of object.
        columns: Its column names, in order; none where a file holds nothing at all.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - described above

    @property
    def columns(self) -> tuple[str, ...]: ...  # noqa: D102

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order, with only these columns, at most ``BATCH_ROWS`` at a time."""
        ...


def open_tables(
    source: Any,
    *,
    format: Format = "auto",  # shadows the builtin: it is the option's name
    delimiter: str | None = None,
    header: Sequence[str] | None = None,
    encoding: str = "utf-8",
    quote: str | None = None,
) -> list[Table]:
    """Open every table that a source means.

    Args:
        source: A path, a list of paths or a glob (see ``find_files``), or a table in memory:
            anything with ``__arrow_c_stream__``, so Arrow, pandas, polars and DuckDB.
        format: The files' format; ``auto`` goes by the file's ending.
        delimiter: What separates the columns of a CSV; by default a comma, a tab in ``.tsv``.
        header: The names of the columns of a CSV that has no header.
        encoding: The encoding of a CSV.
        quote: What quotes text in a CSV; see ``CsvForm``.

    Raises:
        SourceError: A file is missing or is not what its format says.
        UsageError: The source is neither a path nor a table, or an option is out of bounds.
    """
    check_csv(delimiter, quote, encoding, header)
    if hasattr(source, "__arrow_c_stream__"):
        return [open_memory(source)]
    is_list = isinstance(source, list | tuple) and all(isinstance(p, str | Path) for p in source)
    if not is_list and not isinstance(source, str | Path):
        raise UsageError(
            f"path: expected a path, a list of paths or a table with __arrow_c_stream__ (Arrow, "
            f"pandas, polars), got {type(source).__name__}."
        )
    form = partial(CsvForm, quote=quote, encoding=encoding, header=header)
    return [
        _open_file(file, format, form(_delimiter_of(file) if delimiter is None else delimiter))
        for file in find_files(source)
    ]


@local_copies()
def read_table(
    source: Any,
    *,
    format: Format = "auto",
    delimiter: str | None = None,
    header: Sequence[str] | None = None,
    encoding: str = "utf-8",
    quote: str | None = None,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Read a whole table into memory: for small ones, such as the items' descriptions.

    The columns of a CSV are text, exactly as written. A JSON column takes its natural type; one
    that mixes text and numbers becomes text.

    Args:
        source: As for ``open_tables``.
        format: As for ``open_tables``.
        delimiter: As for ``open_tables``.
        header: As for ``open_tables``.
        encoding: As for ``open_tables``.
        quote: As for ``open_tables``.
        columns: The columns wanted; all where None.

    Raises:
        SourceError: As for ``open_tables``; a wanted column is missing; files do not fit together.
    """
    opened = open_tables(
        source, format=format, delimiter=delimiter, header=header, encoding=encoding, quote=quote
    )
    return gather(opened, columns)


@interruptible()
def gather(tables: Sequence[Table], columns: Sequence[str] | None = None) -> pa.Table:
    """Read opened tables into one in memory; see ``read_table``."""
    parts: list[pa.Table] = []
    for table in tables:
        wanted = list(table.columns if columns is None else columns)
        missing = [column for column in wanted if column not in table.columns]
        if missing and table.columns:
            raise SourceError(
                f"{table.name}: no column {_listed(missing)}; found {_listed(table.columns)}."
            )
        if table.columns:
            parts += [pa.Table.from_batches([batch]) for batch in table.batches(wanted)]
    if not parts:
        there = (name for table in tables for name in table.columns)
        names = dict.fromkeys(there if columns is None else columns)
        return pa.table({name: pa.nulls(0) for name in names})
    try:
        whole = pa.concat_tables(parts, promote_options="permissive")
    except pa.ArrowException as error:
        raise SourceError(f"The files do not fit together: {error}") from error
    return _with_natural_types(whole.replace_schema_metadata(None))


def format_of(file: Path, format: Format) -> str:
    """Return the format of a file, by its ending where ``format`` is ``auto``.

    >>> format_of(Path("clicks.csv.gz"), "auto")
    'csv'
    """
    if format != "auto":
        return format
    found = _ENDINGS.get(Path(base_name(file)).suffix)
    if found is not None:
        return found
    raise SourceError(
        f"{name_of(file)}: the ending does not tell the format. "
        'Set format = "parquet", "csv" or "jsonl" (JSON Lines).'
    )


def _delimiter_of(file: Path) -> str:
    return "\t" if base_name(file).endswith(".tsv") else ","


def _open_file(file: Path, format: Format, form: CsvForm) -> Table:
    match format_of(file, format):
        case "csv":
            return CsvTable.open(file, form)
        case "jsonl":
            return JsonTable.open(file)
        case _:
            return ParquetTable.open(file)


def _with_natural_types(table: pa.Table) -> pa.Table:
    for position, field in enumerate(table.schema):
        if is_json(field.type):
            decoded = decode_json(table.column(position).combine_chunks()).values
            table = table.set_column(position, field.name, decoded)
    return table


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
