"""Where a sentence ends: a rule of a few lines, the same for every text.

A sentence ends at a full stop, a question or an exclamation mark, with the quotes and brackets
that close after it, where a blank or nothing follows. It does not end where the next letter is a
small one, nor at the full stop of an initial ("J. Smith") or of a known abbreviation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from x2vec.adapters.text.pieces import Piece

__all__ = ["sentences_of"]

_LONGEST: Final = 1 << 20
"""Signs after which a sentence without an end is handed on in pieces."""

_CLOSING: Final = r"[\"'\u201d\u2019\u00bb)\]]*"
_MARK: Final = re.compile(rf"[.!?\u2026]+{_CLOSING}(?=\s|$)|[\u3002\uff01\uff1f]+[\u300d\u300f]*")
"""Marks of the scripts that set a blank behind them, and those of Chinese and Japanese."""

_NEXT_LETTER: Final = re.compile(r"\s*[\"'\u201c\u2018\u00ab(\[]*([^\W\d_])")

_LAST_WORD: Final = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*$")

_ABBREVIATIONS: Final = frozenset(
    """
    adm al apr approx assn aug ave bros capt cf ch cmdr co col corp dec dept det dist dr ed e.g eds
    est etc feb fig figs fri ft gen gov hon i.e inc jan jr jul jun lt ltd maj mar messrs mr mrs ms
    mt no nos nov oct op p pp prof rep rev sat sec sen sep sept sgt sr st sun thu tue u.k u.n u.s
    viz vol vols vs wed
    """.split()  # noqa: SIM905 - one a line would be ninety lines
)
"""Words before a full stop that ends no sentence, in lower case."""


def sentences_of(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield the sentences of pieces, each a sequence of its own.

    >>> text = 'Dr. No met J. Smith at 3.30 p.m. today. "Really?" asked M. Good! Yes.'
    >>> [sentence.text for sentence in sentences_of([Piece(text, True)])]
    ['Dr. No met J. Smith at 3.30 p.m. today.', ' "Really?" asked M. Good!', ' Yes.']
    """
    kept = ""
    for piece in pieces:
        text, start = kept + piece.text, 0
        for mark in _MARK.finditer(text):
            if mark.end() < len(text) and _is_end(text, mark):
                yield Piece(text[start : mark.end()], True)
                start = mark.end()
        kept = text[start:]
        if piece.ends:
            yield Piece(kept, True)
            kept = ""
        elif len(kept) > _LONGEST:
            yield Piece(kept, False)
            kept = ""


def _is_end(text: str, mark: re.Match[str]) -> bool:
    follows = _NEXT_LETTER.match(text, mark.end())
    if follows and follows[1].islower():
        return False
    if mark[0] != ".":
        return True
    word = _LAST_WORD.search(text, max(0, mark.start() - 20), mark.start())
    if word is None:
        return True
    is_initial = len(word[0]) == 1 and word[0].isupper()
    return not is_initial and word[0].lower() not in _ABBREVIATIONS
