"""What separate files say of the ids in plain lines: titles and artists, and tags by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters.base import ITEM_ID
from x2vec.adapters.files.paths import find_files
from x2vec.adapters.files.streams import name_of
from x2vec.adapters.files.text import open_text, text_errors
from x2vec.errors import SourceError

__all__ = ["read_songs"]

_UNTAGGED: Final = ("", "#", "-1")


def read_songs(songs: str | None, tags: str | None, tag_names: str | None) -> pa.Table | None:
    """Return a table of ``item_id``, ``title``, ``artist`` and ``tags`` (lists of text).

    The columns are those of which a file tells, and there is no table without a file. An id of
    which one file tells and the other does not has nulls there.

    Args:
        songs: A file of id, title and artist, separated by tabs, without a header.
        tags: A file whose line ``n``, from 0 on, holds the tags of the id ``n``.
        tag_names: A file of number, comma, name; where None, tags are named as they are written.

    Raises:
        SourceError: A file cannot be read, a line has other parts, or an id stands there twice.
    """
    said = None if songs is None else _songs(songs)
    if tags is None:
        return said
    tagged = _tags(tags, {} if tag_names is None else _names(tag_names))
    return tagged if said is None else _beside(said, tagged)


def _beside(left: pa.Table, right: pa.Table) -> pa.Table:
    """Put the columns of two tables side by side: the ids of the left, then those of the right."""
    ids = pa.concat_arrays([table[ITEM_ID].combine_chunks() for table in (left, right)]).unique()
    columns = {ITEM_ID: ids}
    for table in (left, right):
        rows = pc.index_in(ids, value_set=table[ITEM_ID])
        others = table.drop_columns([ITEM_ID]).combine_chunks().take(rows)
        columns |= dict(zip(others.column_names, others.columns, strict=True))
    return pa.table(columns)


def _songs(path: str) -> pa.Table:
    rows = [_parts(line, "\t", 3, where) for where, line in _lines(path)]
    ids, titles, artists = zip(*rows, strict=True) if rows else ((), (), ())
    repeated = [one for one, count in Counter(ids).items() if count > 1]
    if repeated:
        raise SourceError(
            f"{path}: {len(repeated):,} ids stand there more than once, such as "
            f"{', '.join(repeated[:5])}. Keep one line of each."
        )
    columns = {ITEM_ID: ids, "title": titles, "artist": artists}
    return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})


def _names(path: str) -> dict[str, str]:
    rows = (_parts(line, ",", 2, where) for where, line in _lines(path))
    return {number.strip(): name.strip() for number, name in rows}


def _tags(path: str, names: dict[str, str]) -> pa.Table:
    tags: list[list[str] | None] = []
    for where, line in _lines(path):
        numbers = line.split()
        unknown = [one for one in numbers if names and one not in names]
        if line.strip() in _UNTAGGED:
            tags.append(None)
        elif unknown:
            raise SourceError(f"{where}: the tag {unknown[0]!r} is not in tag_names.")
        else:
            tags.append([names.get(one, one) for one in numbers])
    ids = pa.array([str(number) for number in range(len(tags))], pa.string())
    return pa.table({ITEM_ID: ids, "tags": pa.array(tags, pa.list_(pa.string()))})


def _lines(path: str) -> Iterator[tuple[str, str]]:
    for file in find_files(path):
        with text_errors(file), open_text(file) as text:
            for number, line in enumerate(text, start=1):
                yield f"{name_of(file)}, line {number:,}", line.rstrip("\n")


def _parts(line: str, separator: str, n_parts: int, where: str) -> list[str]:
    parts = line.split(separator, n_parts - 1 if separator == "," else -1)
    if len(parts) != n_parts:
        shown = "tab" if separator == "\t" else "comma"
        raise SourceError(
            f"{where}: found {len(parts)} parts, expected {n_parts}, with a {shown} between them."
        )
    return parts
