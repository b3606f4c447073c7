"""Text in pieces of bounded size, each of one sequence: memory stays flat on a line of any length.

A piece ends at a blank, so no token is cut in two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TextIO

from x2vec.errors import SourceError

__all__ = ["Piece", "pieces_of"]

_CHUNK: Final = 1 << 20
_LONGEST_TOKEN: Final = 1 << 24
"""Signs without a blank beyond which a file is no text: what is searched must be in memory."""

_BETWEEN: Final = {"line": re.compile(r"\n"), "paragraph": re.compile(r"\n(?:[^\S\n]*\n)+")}


@dataclass(frozen=True)
class Piece:
    """A part of a sequence.

    Attributes:
        text: Some text.
        ends: Whether the sequence ends with it.
    """

    text: str
    ends: bool


def pieces_of(file: TextIO, unit: str, *, name: str) -> Iterator[Piece]:
    r"""Yield a document in pieces: whole lines, paragraphs or the document, where they are short.

    Lines without text are sequences without tokens; around paragraphs there may be some, too.

    Raises:
        SourceError: A stretch without a blank is longer than any text has.

    >>> import io
    >>> [piece.text for piece in pieces_of(io.StringIO("a b\nc\n\nd"), "paragraph", name="a.txt")]
    ['a b\nc', '', 'd', '']
    """
    between, rest = _BETWEEN.get(unit), ""
    for chunk in _chunks(file, name):
        *whole, rest = [chunk] if between is None else between.split(chunk)
        for text in whole:
            yield Piece(text, True)
        yield Piece(rest, False)
    if rest:
        yield Piece("", True)


def _chunks(file: TextIO, name: str) -> Iterator[str]:
    """Yield the text in chunks that end before a run of blanks, so that it is whole in the next."""
    kept = ""
    while read := file.read(_CHUNK):
        kept += read
        head, *tail = kept.rsplit(None, 1)[:2] or [""]
        if tail:
            yield head
            kept = kept[len(head) :]
        elif len(kept) > _LONGEST_TOKEN:
            raise SourceError(f"{name}: {len(kept):,} signs without a blank between; is it text?")
    if kept:
        yield kept
