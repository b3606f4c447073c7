"""The form of a CSV file: what separates its columns, what quotes, its encoding, its header."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from x2vec.errors import UsageError

__all__ = ["CsvForm", "check_csv"]

_COMMA: Final = ","
_LONGEST: Final = 4
"""Bytes of a delimiter, of which DuckDB takes no more."""

_UNIT: Final = "\x1f"
"""Stands in for a delimiter of several characters, which Python's reader does not take."""


@dataclass(frozen=True)
class CsvForm:
    """How a CSV is written; making one checks it.

    Attributes:
        delimiter: One to four bytes between the columns.
        quote: What stands around a text that holds the delimiter, and is doubled inside it; none
            where empty. None for ``"``, and for none where the delimiter has several characters.
        encoding: A name that Python knows, such as ``latin-1`` or ``cp1252``.
        header: The names of the columns of a file without a header; None where it has one.
    """

    delimiter: str = _COMMA
    quote: str | None = None
    encoding: str = "utf-8"
    header: Sequence[str] | None = None

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise UsageError(problem)

    @property
    def quotes(self) -> str:
        """The quote, empty where there is none."""
        if self.quote is None:
            return '"' if len(self.delimiter) == 1 else ""
        return self.quote

    @property
    def is_utf8(self) -> bool:
        """Whether DuckDB can read it as it is."""
        return codecs.lookup(self.encoding).name == "utf-8"

    def first_record(self, lines: Iterable[str]) -> list[str] | None:
        """Return the cells of the first record; None where there is no line.

        Raises:
            csv.Error: It does not parse.
        """
        delimiter = self.delimiter
        if len(delimiter) > 1:
            lines = (line.replace(self.delimiter, _UNIT) for line in lines)
            delimiter = _UNIT
        if self.quotes:
            return next(csv.reader(lines, delimiter=delimiter, quotechar=self.quotes), None)
        return next(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE), None)

    def _problem(self) -> str | None:
        size = len(self.delimiter.encode(errors="replace"))
        if not 0 < size <= _LONGEST or not {*self.delimiter}.isdisjoint("\r\n\0"):
            return f"delimiter: expected one to {_LONGEST} characters, got {self.delimiter!r}."
        if self.quote is not None and self.quote != "":
            is_one = len(self.quote.encode(errors="replace")) == 1
            if not is_one or self.quote in f"\r\n\0{self.delimiter}":
                return (
                    f"quote: expected one ASCII character other than the delimiter, or an empty "
                    f"text for none, got {self.quote!r}."
                )
        try:
            "".encode(self.encoding)
        except (LookupError, ValueError):
            return (
                f"encoding: nobody here knows {self.encoding!r}; there are utf-8, latin-1, cp1252 "
                "and others of Python."
            )
        names = self.header
        if names is not None and (isinstance(names, str) or not names or "" in names):
            return f"header: expected the names of the columns in their order, got {names!r}."
        return None


def check_csv(
    delimiter: str | None, quote: str | None, encoding: str, header: Sequence[str] | None
) -> None:
    """Refuse options of a CSV that are out of bounds; a delimiter of None depends on the file.

    Raises:
        UsageError: Names the option, and what it takes.
    """
    CsvForm(_COMMA if delimiter is None else delimiter, quote, encoding, header)
