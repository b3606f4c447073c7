"""A large JSON object read as a stream: the elements of one of its lists, one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NoReturn, TextIO

from x2vec.errors import SourceError

__all__ = ["elements_of"]

_CHUNK: Final = 1 << 18
_LARGEST: Final = 1 << 26
"""Signs of one element; a file that is no JSON shall not be taken into memory in the search for
the end of a text."""

_BLANKS: Final = " \t\n\r"


def elements_of(file: TextIO, key: str, *, name: str) -> Iterator[Any]:
    """Yield the elements of the list at a key of the object that a file holds.

    What stands at other keys is read and dropped. Memory follows the largest element.

    Raises:
        SourceError: The file is no JSON object, breaks off, or has no list at that key.
        UnicodeDecodeError: It is not in its encoding.

    >>> import io
    >>> file = io.StringIO('{"info": {"version": 1}, "playlists": [{"pid": 0}, {"pid": 1}]}')
    >>> list(elements_of(file, "playlists", name="slice.json"))
    [{'pid': 0}, {'pid': 1}]
    """
    text = _Stream(file, name)
    text.expect("{", "the object that holds everything")
    is_found = False
    while text.sign() != "}":
        found = text.value("a key")
        text.expect(":", "what follows a key")
        if found == key and text.sign() == "[":
            is_found = True
            yield from text.elements()
        else:
            text.value(f"what stands at {found!r}")
        if text.sign() != "}":
            text.expect(",", "the next key")
    if not is_found:
        raise SourceError(f"{name}: holds no list '{key}'. Is it of another kind? Set format.")


class _Stream:
    """The text of a file, of which only what is not yet read stays in memory."""

    def __init__(self, file: TextIO, name: str) -> None:
        self._file = file
        self._name = name
        self._text = ""
        self._at = 0
        self._lines = 0
        self._decode = json.JSONDecoder().raw_decode

    def sign(self) -> str:
        """Return the next sign that is no blank, which stays to be read; empty at the end."""
        while True:
            while self._at < len(self._text):
                sign = self._text[self._at]
                if sign not in _BLANKS:
                    return sign
                self._at += 1
            if not self._more():
                return ""

    def expect(self, sign: str, what: str) -> None:
        """Read one sign."""
        found = self.sign()
        if found != sign:
            self._refuse(f"expected '{sign}' for {what}, found {found!r}", 1)
        self._at += 1

    def value(self, what: str) -> Any:
        """Read one JSON value, of any kind."""
        while True:
            self.sign()
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._more():
                    continue
                self._refuse(f"{what} is no whole JSON ({error.msg})", error.lineno)
            except (RecursionError, ValueError) as error:  # nested, or a number of many digits
                self._refuse(f"{what} cannot be read ({error})", 1)
            if end == len(self._text) and self._more():  # 12 may be the start of 123
                continue
            self._at = end
            return value

    def elements(self) -> Iterator[Any]:
        """Read a list, element by element."""
        self.expect("[", "a list")
        number = 0
        while self.sign() != "]":
            number += 1
            yield self.value(f"element {number:,}")
            if self.sign() != "]":
                self.expect(",", f"what follows element {number:,}")
        self._at += 1

    def _more(self) -> bool:
        """Read on, so much that a long value is not looked at too often; False at the end."""
        self._lines += self._text.count("\n", 0, self._at)
        left = self._text[self._at :]
        if len(left) > _LARGEST:
            self._refuse(f"a single value of more than {_LARGEST:,} signs; is it JSON?", 1)
        more = self._file.read(max(_CHUNK, len(left)))
        self._text, self._at = left + more, 0
        return bool(more)

    def _refuse(self, problem: str, line: int) -> NoReturn:
        raise SourceError(
            f"{self._name}, line {self._lines + line:,}: {problem}. "
            "Copy the file again if it was cut off."
        )
