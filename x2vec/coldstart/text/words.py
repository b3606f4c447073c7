"""Titles and descriptions as they are found, cleaned and cut into words."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

__all__ = ["clean", "words_of"]

_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_SIGNS: Final = "\u2190-\u2bff\U0001f000-\U0001faff"  # arrows, symbols, dingbats, emoji
_WORD: Final = re.compile(rf"[^\W_]+|[{_SIGNS}]")
_LONGEST: Final = 10_000
"""Characters that are read of one text: what tells items apart stands before."""


def clean(text: str | None) -> str:
    """Return text without HTML and in one form of Unicode; missing text is empty.

    Example:
        >>> clean("<b>Tea &amp; biscuits</b><br/>")
        'Tea & biscuits'
        >>> clean(None), clean("3 < 5")
        ('', '3 < 5')
    """
    if not text:
        return ""
    text = text[:_LONGEST]
    if "<" in text or "&" in text:
        text = html.unescape(_TAG.sub(" ", text))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.split())


def words_of(text: str) -> list[str]:
    """Return the words of clean text, without case; an emoji is a word of its own.

    Example:
        >>> words_of("GREEN-Tea 250g \U0001f375")
        ['green', 'tea', '250g', '🍵']
    """
    return _WORD.findall(text.casefold())
