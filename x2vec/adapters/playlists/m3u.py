"""M3U and M3U8 files: one playlist a file, a path or an address a line."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from x2vec.adapters.files.names import short_names
from x2vec.adapters.files.streams import base_name, name_of, open_bytes
from x2vec.adapters.files.text import text_errors
from x2vec.adapters.playlists.entries import Entries
from x2vec.errors import SourceError

__all__ = ["read_m3u"]

_TITLE: Final = re.compile(r'#EXTINF:[^",]*(?:"[^"]*"[^",]*)*,(.*)')
"""Seconds and attributes, whose quotes may hold commas, and the title after the comma."""

_STREAM: Final = "#EXT-X-"
"""How lines of HTTP Live Streaming start, which borrows the format for pieces of one film."""


def read_m3u(files: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    """Yield the entries exactly as written, beside the titles of ``#EXTINF`` lines.

    Raises:
        SourceError: A file cannot be read, is an ``.m3u8`` that is not UTF-8, or is no playlist
            but a stream.
    """
    entries, latin, name = Entries(pa.string(), ["title"]), [], ""
    for file, list_id in zip(files, short_names([*map(name_of, files)]), strict=True):
        name = name_of(file)
        text, is_utf8 = _text_of(file)
        latin += [] if is_utf8 else [name]
        entries.add(list_id, *_parsed(text, name))
        if entries.is_full:
            yield from entries.take(name)
    note = (
        f"{len(latin):,} files are not UTF-8 and were read as Latin-1, such as {''.join(latin[:1])}"
    )
    yield from entries.take(name, [note] if latin else [])


def _text_of(file: Path) -> tuple[str, bool]:
    """Read a file; one that is no UTF-8 is Latin-1 in ``.m3u``, and a fault in ``.m3u8``."""
    with text_errors(file), open_bytes(file) as opened:
        data = opened.read()
        if base_name(file).endswith(".m3u8"):
            return data.decode("utf-8-sig"), True
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode(), True
    except UnicodeDecodeError:
        return data.decode("latin-1"), False


def _parsed(text: str, name: str) -> tuple[list[str | None], list[str | None]]:
    items: list[str | None] = []
    titles: list[str | None] = []
    title = None
    for line in re.split(r"\r\n|\n|\r", text):
        if line.startswith(_STREAM):
            raise SourceError(
                f"{name}: holds {line[:30]}, so it is a stream (HLS), no playlist. Leave it out."
            )
        if line.startswith("#"):
            said = _TITLE.match(line)
            title = said[1].strip() or None if said else title
        elif line.strip():
            items.append(line)
            titles.append(title)
            title = None
    return items, titles
