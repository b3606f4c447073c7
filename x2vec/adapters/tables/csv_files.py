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
from typing import Final

import pyarrow as pa

from x2vec.adapters.base import BATCH_ROWS
from x2vec.adapters.files.recoded import recoded
from x2vec.adapters.files.streams import UNREADABLE, check_packed, name_of, open_bytes, packed_by
from x2vec.adapters.tables.csv_form import CsvForm
from x2vec.adapters.tables.duck import connect, literal, path_literal, read_errors
from x2vec.errors import SourceError

__all__ = ["CsvTable"]

_MAX_LINE_BYTES: Final = 4 << 20
"""DuckDB sizes its buffers by it: with 16 MB, ten million rows peaked at 624 MB, not 394."""

_NEVER_NULL: Final = "\x01x2vec: no text means null\x01"


@dataclass(frozen=True)
class CsvTable:
    """One CSV file.

    Attributes:
        path: The file.
        columns: The names of its columns.
        form: How it is written.
        text: What is read: the file itself, or a copy in UTF-8.
    """

    path: Path
    columns: tuple[str, ...]
    form: CsvForm
    text: Path

    @property
    def name(self) -> str:
        """The file's path or address."""
        return name_of(self.path)

    @classmethod
    def open(cls, path: Path, form: CsvForm) -> CsvTable:
        """Read the header; a file of no bytes has no columns but those that the form names.

        Raises:
            SourceError: The first line cannot be read, or the file is in another encoding.
            StorageError: A copy in UTF-8 is needed, and there is no room for it.
        """
        text = path if form.is_utf8 else recoded(path, form.encoding)
        first = _first_record(path, text, form)
        if form.header is None:
            return cls(path, tuple(first or ()), form, text)
        if first == list(form.header):
            raise SourceError(
                f"{name_of(path)}: the first line holds the names of the columns already. Leave "
                "header out."
            )
        return cls(path, tuple(form.header), form, text)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order, all text and never null.

        Raises:
            SourceError: A line has too few or too many columns, is not UTF-8, or does not parse;
                what is packed is damaged or truncated.
        """
        numbers = ", ".join(f"c{self.columns.index(column)}" for column in columns)
        try:
            with connect() as connection:
                relation = connection.sql(f"SELECT {numbers} FROM {self.scan()}")
                for batch in relation.to_arrow_reader(BATCH_ROWS):
                    yield batch.rename_columns(list(columns))
        except read_errors() as error:
            check_packed(self.text)
            raise SourceError(f"{self.name}{self._what_is_wrong(str(error))}") from error
        check_packed(self.text)

    def scan(self) -> str:
        """Return the DuckDB expression that reads the file, with columns ``c0``, ``c1`` ..."""
        types = ", ".join(f"c{number}: 'VARCHAR'" for number in range(len(self.columns)))
        quote = literal(self.form.quotes)
        return (
            f"read_csv({path_literal(self.text)}, auto_detect=false, "
            f"header={'true' if self.form.header is None else 'false'}, "
            f"delim={literal(self.form.delimiter)}, quote={quote}, escape={quote}, "
            f"compression='{packed_by(self.text)}', "
            f"nullstr=[{literal(_NEVER_NULL)}], max_line_size={_MAX_LINE_BYTES}, "
            f"columns={{{types}}})"
        )

    def _what_is_wrong(self, message: str) -> str:
        """Say in one line what DuckDB says in fifteen."""
        line = re.search(r"Line: (\d+)", message)
        where = f", line {line[1]}" if line else ""
        ragged = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
        if ragged:
            quote = self.form.quotes
            rule = f"must stand in {quote}quotes{quote}" if quote else "cannot be told from it"
            return (
                f"{where}: found {ragged[2]} columns, expected {ragged[1]} as in the header. Mend "
                f"the line; text that holds the delimiter {rule}."
            )
        if "unicode" in message:
            return f'{where}: not UTF-8. Set encoding to what it is, such as "latin-1".'
        if "unterminated quote" in message:
            return (
                f"{where}: a quoted text does not end, or goes on after its ending "
                f'{self.form.quotes}. Mend the line, or set quote = "" if nothing is quoted.'
            )
        if "invalid state" in message:
            return (
                f"{where}: not a regular CSV; do some lines end in \\r\\n and some in \\n? Use one."
            )
        first = message.strip().splitlines()[0]
        return f"{where}: {first.replace(str(self.text), self.name)}"


def _first_record(path: Path, text: Path, form: CsvForm) -> list[str] | None:
    """Read the first line; what is no UTF-8 in a later one is found by the reader."""
    try:
        with io.TextIOWrapper(
            open_bytes(text), "utf-8-sig", errors="surrogateescape", newline=""
        ) as file:
            first = form.first_record(file)
        "".join(first or ()).encode()
    except UNREADABLE as error:
        raise SourceError(f"{name_of(path)}: cannot be read ({error}). Copy it again.") from error
    except (UnicodeError, csv.Error) as error:
        advice = 'Set encoding to what it is, such as "latin-1".'
        raise SourceError(
            f"{name_of(path)}: the header is no UTF-8 CSV line ({error}). {advice}"
        ) from error
    if first == [] and form.header is None:
        raise SourceError(f"{name_of(path)}: the first line is empty; expected the column names.")
    return first
