"""The options of the adapter ``playlists``, and which of them each format takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

from x2vec.adapters.base import IS_PATH
from x2vec.adapters.files.streams import base_name, name_of
from x2vec.errors import SourceError, UsageError

__all__ = ["PlaylistsOptions", "format_of_all"]

Format = Literal["auto", "spotify", "m3u", "xspf", "jsonl", "parquet", "lines"]

_ENDINGS: Final = {
    ".json": "spotify",
    ".m3u": "m3u",
    ".m3u8": "m3u",
    ".xspf": "xspf",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".txt": "lines",
}
_LINES_ONLY: Final = ("delimiter", "skip_lines", "songs", "tags", "tag_names")
_REFUSED: Final = {
    "spotify": ("sequence", *_LINES_ONLY),
    "m3u": ("sequence", "item", *_LINES_ONLY),
    "xspf": ("sequence", *_LINES_ONLY),
    "jsonl": _LINES_ONLY,
    "parquet": _LINES_ONLY,
    "lines": ("sequence", "item"),
}
"""Options that mean nothing in a format; to set one is a mistake, not to be passed over."""


@dataclass(frozen=True)
class PlaylistsOptions:
    """Where the playlists are, and how they are written.

    Attributes:
        path: A file, a list of files or a glob; in Python also a table with a column of lists:
            anything with ``__arrow_c_stream__``.
        format: How the files are written; ``auto`` goes by their endings.
        item: Of tables, the column of lists (needed); of Spotify's slices the part of a track that
            is the item, ``track_uri`` unless given; of XSPF ``location`` or ``identifier``, the
            first of these that a track has unless given.
        sequence: Of tables, the column of the lists' ids; their numbers unless given.
        delimiter: Of plain lines, what separates the ids; blanks and tabs unless given.
        skip_lines: Of plain lines, how many at the start of each file are no lists.
        songs: Of plain lines, a file of what the ids mean: id, title and artist, separated by tabs.
        tags: Of plain lines, a file of tags, blanks between them: its first line is of the id 0,
            the next of 1, and so on; ``#`` or -1 where there are none.
        tag_names: A file of the tags' names: number, comma, name; with ``tags``.
    """

    path: Any
    format: Format = "auto"
    item: str | None = None
    sequence: str | None = None
    delimiter: str | None = None
    skip_lines: int = 0
    songs: str | None = field(default=None, metadata=IS_PATH)
    tags: str | None = field(default=None, metadata=IS_PATH)
    tag_names: str | None = field(default=None, metadata=IS_PATH)

    def __post_init__(self) -> None:
        if self.format not in get_args(Format):
            allowed = ", ".join(repr(choice) for choice in get_args(Format))
            raise UsageError(f"format: expected one of {allowed}, got {self.format!r}.")
        if self.delimiter is not None and (not self.delimiter or "\n" in self.delimiter):
            raise UsageError(f"delimiter: expected text of one line, got {self.delimiter!r}.")
        if self.skip_lines < 0:
            raise UsageError(f"skip_lines is {self.skip_lines}; it must be at least 0.")
        if self.sequence is not None and self.sequence == self.item:
            raise UsageError(
                f"sequence and item are both '{self.item}'; they must be different columns."
            )
        if self.tag_names is not None and self.tags is None:
            raise UsageError("tag_names gives names to the tags of a file; set tags as well.")

    def refuse_what_is_not_of(self, format: str) -> None:
        """Refuse options that a format does not take, and tables without a column of lists.

        Raises:
            UsageError: Names them.
        """
        foreign = [name for name in _REFUSED[format] if getattr(self, name) not in (None, 0)]
        if foreign:
            raise UsageError(
                f"{foreign[0]} = {getattr(self, foreign[0])!r} means nothing in the format "
                f"'{format}'. Leave it out, or set format."
            )
        if format in ("jsonl", "parquet") and self.item is None:
            raise UsageError("item is missing: the name of the column that holds the lists.")
        if format == "xspf" and self.item not in (None, "location", "identifier"):
            raise UsageError(f"item: expected 'location' or 'identifier', got {self.item!r}.")


def format_of_all(files: Sequence[Path], format: str) -> str:
    """Return the one format of some files.

    Raises:
        SourceError: An ending that tells none, or files of several formats, whose lists would
            be named by different rules.

    >>> format_of_all([Path("a.m3u.gz"), Path("b.m3u8")], "auto")
    'm3u'
    """
    if format != "auto":
        return format
    found: dict[str, Path] = {}
    for file in files:
        ending = Path(base_name(file)).suffix
        if ending not in _ENDINGS:
            known = ", ".join(f'"{name}"' for name in get_args(Format)[1:])
            raise SourceError(
                f"{name_of(file)}: the ending does not tell the format. Set format to one of "
                f"{known}."
            )
        found.setdefault(_ENDINGS[ending], file)
    if len(found) > 1:
        shown = ", ".join(f"{name_of(file)} ({kind})" for kind, file in found.items())
        raise SourceError(f"The files are of several formats: {shown}. Read one after the other.")
    return next(iter(found))
