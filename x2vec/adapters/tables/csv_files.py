"""CSV files as tables whose every column is text, exactly as written: "00123" is not 123.

DuckDB parses; its sniffer stays off, for on a file with one ragged line it takes a later line for
the header and drops all before it. The header is read here, and columns go by number, because
DuckDB holds names that differ only in case to be the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

import pyarrow as pa

from x2vec.adapters.base import BATCH_ROWS
from x2vec.adapters.files.streams import open_bytes
from x2vec.adapters.tables.duck import connect, literal, path_literal, read_errors
from x2vec.errors import SourceError

__all__ = ["CsvTable"]

_MAX_LINE_BYTES: Final = 4 << 20
"""DuckDB sizes its buffers by it: with 16 MB, ten million rows peaked at 624 MB, not 394."""

_NEVER_NULL: Final = "\x01x2vec: no text means null\x01"


@dataclass(frozen=True)
class CsvTable:
    """One CSV file, UTF-8, with a header; quotes are ``"`` and are doubled inside quotes."""

    path: Path
    columns: tuple[str, ...]
    delimiter: str

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    @classmethod
    def open(cls, path: Path, delimiter: str | None = None) -> CsvTable:
        """Read the header; a file of no bytes has no columns and no rows.

        Raises:
            SourceError: The header cannot be read.
        """
        if delimiter is None:
            delimiter = "\t" if ".tsv" in path.suffixes[-2:] else ","
        try:
            with _open_text(path) as file:
                header = next(csv.reader(file, delimiter=delimiter), None)
            "".join(header or ()).encode()
        except (UnicodeError, csv.Error, OSError, EOFError) as error:
            raise SourceError(f"{path}: the header is no UTF-8 CSV line ({error}).") from error
        if header == []:
            raise SourceError(f"{path}: the first line is empty; expected the column names.")
        return cls(path, tuple(header or ()), delimiter)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order, all text and never null.

        Raises:
            SourceError: A line has too few or too many columns, is not UTF-8, or does not parse.
        """
        numbers = ", ".join(f"c{self.columns.index(column)}" for column in columns)
        try:
            with connect() as connection:
                relation = connection.sql(f"SELECT {numbers} FROM {self.scan()}")
                for batch in relation.to_arrow_reader(BATCH_ROWS):
                    yield batch.rename_columns(list(columns))
        except read_errors() as error:
            raise SourceError(f"{self.path}{_what_is_wrong(str(error))}") from error

    def scan(self) -> str:
        """Return the DuckDB expression that reads the file, with columns ``c0``, ``c1`` ..."""
        types = ", ".join(f"c{number}: 'VARCHAR'" for number in range(len(self.columns)))
        return (
            f"read_csv({path_literal(self.path)}, auto_detect=false, header=true, "
            f"delim={literal(self.delimiter)}, quote='\"', escape='\"', "
            f"nullstr=[{literal(_NEVER_NULL)}], max_line_size={_MAX_LINE_BYTES}, "
            f"columns={{{types}}})"
        )


def _open_text(path: Path) -> TextIO:
    """Open for the header alone: what is no UTF-8 in a later line is found by the reader."""
    return io.TextIOWrapper(open_bytes(path), "utf-8-sig", errors="surrogateescape", newline="")


def _what_is_wrong(message: str) -> str:
    """Say in one line what DuckDB says in fifteen."""
    line = re.search(r"Line: (\d+)", message)
    where = f", line {line[1]}" if line else ""
    ragged = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    if ragged:
        return (
            f"{where}: found {ragged[2]} columns, expected {ragged[1]} as in the header. Mend the "
            f'line; text that holds the delimiter must stand in "quotes".'
        )
    if "unicode" in message:
        return f"{where}: not UTF-8. Convert the file: iconv -f latin1 -t utf-8 ..."
    if "unterminated quote" in message:
        return f'{where}: a quoted text does not end, or goes on after its ending ". Mend the line.'
    if "invalid state" in message:
        return f"{where}: not a regular CSV; do some lines end in \\r\\n and some in \\n? Use one."
    return f"{where}: {message.strip().splitlines()[0]}"
