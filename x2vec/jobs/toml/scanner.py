"""A scanner of TOML that finds where keys stand, and reads no values.

It follows the grammar just far enough for that: it skips comments and strings of all four kinds,
and walks into lists and inline tables.
"""

from __future__ import annotations

import re
import tomllib

__all__ = ["KeyPath", "Scanner", "UnreadableError"]

KeyPath = tuple[str | int, ...]
"""Keys from the root down; a number counts the elements of a list or of an array of tables."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_SCALAR = re.compile(
    r'"""(?:[^\\]|\\[\s\S])*?"""(?!")'  # up to two quotes may stand before the closing three
    r"|'''[\s\S]*?'''(?!')"
    r"""|"(?!"")(?:[^"\\\n]|\\.)*"|'(?!'')[^'\n]*'"""
    r"""|[^\s"'\[\]{},#=][^,\]}#\n]*"""  # numbers, true, false and dates, which may hold a space
)


class UnreadableError(Exception):
    """A text does not go on as TOML does."""


class Scanner:
    r"""Reads a text once, from start to end, and notes the offset of each key.

    Attributes:
        offsets: Where each key, header and list element starts; a section without a header starts
            where it is first mentioned.
        last: The last key that was read, or None.
        repeated: The first key or header given twice, with the offset of its second mention.

    Example:
        >>> scanner = Scanner("[model]\n'window size' = 5 # items")
        >>> scanner.read()
        >>> scanner.offsets
        {('model',): 0, ('model', 'window size'): 8}
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.offsets: dict[KeyPath, int] = {}
        self._given: set[KeyPath] = set()
        self._elements: dict[KeyPath, int] = {}  # of each array of tables, how many so far
        self.last: KeyPath | None = None
        self.repeated: tuple[KeyPath, int] | None = None

    def read(self) -> None:
        """Find every key.

        Raises:
            UnreadableError: The text does not go on as TOML does; what was found so far is kept.
        """
        section: KeyPath = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                section = self._header()
            else:
                self._pair(section)
            self._skip(_BLANK)

    def _header(self) -> KeyPath:
        start = self._at
        brackets = 2 if self._text.startswith("[[", start) else 1
        self._at += brackets
        *parents, name = self._key()
        self._take("]" * brackets)
        path: KeyPath = ()
        for part in parents:
            path = (*path, part)
            self.offsets.setdefault(path, start)
            if path in self._elements:
                path = (*path, self._elements[path] - 1)
        path = (*path, name)
        if brackets == 2:
            self.offsets.setdefault(path, start)
            self._elements[path] = self._elements.get(path, 0) + 1
            path = (*path, self._elements[path] - 1)
        self._give(path, start)
        return path

    def _pair(self, table: KeyPath) -> None:
        start = self._at
        *parents, name = self._key()
        self._take("=")
        self._skip(_SPACE)
        path = table
        for part in parents:
            path = (*path, part)
            self.offsets.setdefault(path, start)
        path = (*path, name)
        self._give(path, start)
        self.last = path
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        opening = self._text[self._at : self._at + 1]
        if opening not in ("[", "{"):
            self._skip(_SCALAR)
            return
        closing = "]" if opening == "[" else "}"
        self._at += 1
        self._skip(_BLANK)
        n_elements = 0
        while not self._text.startswith(closing, self._at):
            if opening == "[":
                self.offsets[*path, n_elements] = self._at
                self._value((*path, n_elements))
                n_elements += 1
            else:
                self._pair(path)
            self._skip(_BLANK)
            if not self._text.startswith(closing, self._at):
                self._take(",")
                self._skip(_BLANK)
        self._at += 1

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(_SPACE)
            part = self._skip(_KEY)
            parts.append(_unquoted(part))
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return parts
            self._at += 1

    def _give(self, path: KeyPath, offset: int) -> None:
        if path in self._given:
            self.repeated = self.repeated or (path, offset)
            return
        self._given.add(path)
        self.offsets[path] = offset

    def _take(self, mark: str) -> None:
        if not self._text.startswith(mark, self._at):
            raise UnreadableError
        self._at += len(mark)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise UnreadableError
        self._at = match.end()
        return match.group()


def _unquoted(key: str) -> str:
    """Return what a key says; tomllib knows the escapes."""
    if key[0] not in "\"'":
        return key
    try:
        return str(tomllib.loads(f"key = {key}")["key"])
    except tomllib.TOMLDecodeError:
        raise UnreadableError from None
