"""Plain lines: one list a line, its ids separated by blanks or by a delimiter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa

from x2vec.adapters.files.streams import name_of
from x2vec.adapters.files.text import open_text, text_errors
from x2vec.adapters.playlists.entries import Entries

__all__ = ["read_lines"]


def read_lines(
    files: Sequence[Path], delimiter: str | None, skip_lines: int
) -> Iterator[pa.RecordBatch]:
    """Yield the lists, numbered from 1 on through all files, without the lines that are skipped.

    With a delimiter, ids keep the blanks around them, and two delimiters in a row have an empty id
    between them.

    Raises:
        SourceError: A file cannot be read, or is not UTF-8.
    """
    number = 0
    for file in files:
        entries = Entries(pa.int64())
        with text_errors(file), open_text(file) as text:
            for line in islice(text, skip_lines, None):
                number += 1
                entries.add(number, _split(line.rstrip("\n"), delimiter))
                if entries.is_full:
                    yield from entries.take(name_of(file))
        yield from entries.take(name_of(file))


def _split(line: str, delimiter: str | None) -> list[str | None]:
    if delimiter is None:
        return [*line.split()]
    return [*line.split(delimiter)] if line else []
