"""XSPF files, the XML Shareable Playlist Format: one playlist a file.

The source is the specification, https://xspf.org/spec. The parser reads no other file, and refuses
a document type declaration, without which there are no entities to expand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final
from xml.parsers import expat

import pyarrow as pa

from x2vec.adapters.files.names import short_names
from x2vec.adapters.files.streams import name_of, open_bytes
from x2vec.adapters.files.text import text_errors
from x2vec.adapters.playlists.entries import Entries
from x2vec.errors import SourceError

__all__ = ["read_xspf"]

_NAMESPACES: Final = ("http://xspf.org/ns/0/", "")
"""That of XSPF, and none, as some programs write."""

_TRACK: Final = ("playlist", "trackList", "track")
_PARTS: Final = ("location", "identifier", "title", "creator", "album")


def read_xspf(files: Sequence[Path], item: str | None) -> Iterator[pa.RecordBatch]:
    """Yield the tracks, beside their title, artist (``creator``) and album.

    Args:
        files: The playlists.
        item: ``location`` or ``identifier``, of which a track's first is the item; the first of
            either that it has where None. Null where it has none.

    Raises:
        SourceError: A file cannot be read, or is no XSPF.
    """
    wanted = (item,) if item else ("location", "identifier")
    entries, name = Entries(pa.string(), ["title", "artist", "album"]), ""
    for file, list_id in zip(files, short_names([*map(name_of, files)]), strict=True):
        name = name_of(file)
        with text_errors(file), open_bytes(file) as opened:
            tracks = _tracks(opened, name)
        entries.add(
            list_id,
            [next((track[part] for part in wanted if part in track), None) for track in tracks],
            *([track.get(part) for track in tracks] for part in ("title", "creator", "album")),
        )
        if entries.is_full:
            yield from entries.take(name)
    yield from entries.take(name)


def _tracks(file: BinaryIO, name: str) -> list[dict[str, str]]:
    reader = _Reader(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.ParseFile(file)
    except expat.ExpatError as error:
        raise SourceError(
            f"{name}, line {error.lineno:,}: not XML ({expat.ErrorString(error.code)}). Mend the "
            "file, or copy it again if it was cut off."
        ) from error
    return reader.tracks


class _Reader:
    """Keeps what stands directly in the tracks; extensions are passed over."""

    def __init__(self, name: str) -> None:
        self.tracks: list[dict[str, str]] = []
        self._name = name
        self._path: list[str] = []
        self._words: list[str] | None = None

    def refuse_doctype(self, *_: Any) -> None:
        raise SourceError(
            f"{self._name}: has a document type declaration, which XSPF does not need and which "
            "can make a small file huge or name other files. Remove it."
        )

    def start(self, name: str, _: Any) -> None:
        space, _, local = name.rpartition(" ")
        self._path.append(local if space in _NAMESPACES else "")
        if len(self._path) == 1 and self._path != ["playlist"]:
            raise SourceError(
                f"{self._name}: its outermost element is <{local}>; expected XSPF's <playlist>. "
                "Set format if it is another."
            )
        if tuple(self._path) == _TRACK:
            self.tracks.append({})
        elif tuple(self._path[:-1]) == _TRACK and self._path[-1] in _PARTS:
            self._words = []

    def text(self, text: str) -> None:
        if self._words is not None:
            self._words.append(text)

    def end(self, _: str) -> None:
        if self._words is not None and tuple(self._path[:-1]) == _TRACK:
            found = "".join(self._words).strip()
            if found:
                self.tracks[-1].setdefault(self._path[-1], found)
            self._words = None
        self._path.pop()
