"""Slices of Spotify's Million Playlist Dataset: JSON files of a thousand playlists each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from x2vec.adapters.files.streams import name_of
from x2vec.adapters.files.text import open_text, text_errors
from x2vec.adapters.playlists.entries import Entries
from x2vec.adapters.playlists.json_stream import elements_of
from x2vec.errors import SourceError

__all__ = ["read_spotify"]

_SAYS: Final = {
    "track_uri": {"title": "track_name", "artist": "artist_name", "album": "album_name"},
    "album_uri": {"album": "album_name", "artist": "artist_name"},
    "artist_uri": {"artist": "artist_name"},
}
"""What each part of a track that may be the item is described by."""


def read_spotify(files: Sequence[Path], item: str | None) -> Iterator[pa.RecordBatch]:
    """Yield the tracks in their order in the file, the lists' ids being their ``pid``.

    Args:
        files: The slices.
        item: The part of a track that is the item; ``track_uri`` where None.

    Raises:
        SourceError: A file is none of those slices, or breaks off.
    """
    item = item or "track_uri"
    says = _SAYS.get(item, {})
    for file in files:
        name = name_of(file)
        entries = Entries(pa.int64(), list(says))
        with text_errors(file), open_text(file) as text:
            for number, playlist in enumerate(elements_of(text, "playlists", name=name), start=1):
                where = f"{name}, playlist {number:,}"
                pid, tracks = _checked(playlist, where)
                columns = [
                    [_text(track.get(key), key, where) for track in tracks]
                    for key in (item, *says.values())
                ]
                entries.add(pid, *columns)
                if entries.is_full:
                    yield from entries.take(name)
        yield from entries.take(name)


def _checked(playlist: Any, where: str) -> tuple[int | None, list[dict[str, Any]]]:
    tracks = playlist.get("tracks") if isinstance(playlist, dict) else None
    if not isinstance(tracks, list) or not all(isinstance(track, dict) for track in tracks):
        raise SourceError(
            f"{where}: expected an object with 'pid' and 'tracks', a list of objects. Is the file "
            "a slice of the Million Playlist Dataset?"
        )
    pid = playlist.get("pid")
    if pid is not None and (type(pid) is not int or not -(2**63) <= pid < 2**63):
        raise SourceError(f"{where}: pid is {pid!r}; expected a whole number. Mend the file.")
    return pid, tracks


def _text(value: Any, key: str, where: str) -> str | None:
    """Check what may be an id or a name; null where it is missing."""
    if value is None or (isinstance(value, str) and _is_unicode(value)):
        return value
    raise SourceError(f"{where}: {key} is {value!a}; expected Unicode text. Mend the file.")


def _is_unicode(text: str) -> bool:
    """Say whether a text is free of halves of surrogate pairs, which JSON can spell."""
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)
