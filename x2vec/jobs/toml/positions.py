"""Where each key of a TOML text stands, which ``tomllib`` does not tell.

``lines`` compares what the scanner finds with what ``tomllib`` reads, and gives up every line
rather than tell a wrong one where the two differ.
"""

from __future__ import annotations

import bisect
import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from x2vec.jobs.toml.scanner import KeyPath, Scanner, UnreadableError

__all__ = ["Place", "Scan", "lines", "scan"]


@dataclass(frozen=True, order=True)
class Place:
    """A line and a column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Scan:
    """What the scanner found, as far as the text can be followed.

    Attributes:
        places: Where each key, section and list element stands; a section that no header opens
            stands where it is first mentioned.
        last: The last key that was read, or None.
        repeated: The first key or section given twice and the place of its second mention, or None.
    """

    places: Mapping[KeyPath, Place]
    last: KeyPath | None
    repeated: tuple[KeyPath, Place] | None


def lines(text: str, document: Mapping[str, Any]) -> dict[KeyPath, int]:
    r"""Return the line of each key of a TOML text, counted from 1.

    Args:
        text: The TOML text, its line ends ``\n``.
        document: The same text as ``tomllib`` reads it.

    Returns:
        The line of every key path in the document, or nothing at all where the scanner found
        other keys than the document holds.

    Example:
        >>> import tomllib
        >>> text = "[model]\nname = '''\nepochs = 3\n'''\nepochs = 5"
        >>> lines(text, tomllib.loads(text))
        {('model',): 1, ('model', 'name'): 2, ('model', 'epochs'): 5}
    """
    places = scan(text).places
    if places.keys() != set(_paths(document, ())):
        return {}
    return {path: place.line for path, place in places.items()}


def scan(text: str) -> Scan:
    """Find the keys of a TOML text, up to the first thing that is not TOML."""
    scanner = Scanner(text)
    with contextlib.suppress(UnreadableError, RecursionError):
        scanner.read()  # tomllib tells what is wrong; what was found before it holds
    newlines = [match.start() for match in re.finditer("\n", text)]

    def place(offset: int) -> Place:
        row = bisect.bisect_left(newlines, offset)
        return Place(row + 1, offset - (newlines[row - 1] if row else -1))

    again = scanner.repeated
    return Scan(
        places={path: place(offset) for path, offset in scanner.offsets.items()},
        last=scanner.last,
        repeated=None if again is None else (again[0], place(again[1])),
    )


def _paths(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    """Yield the path of everything inside a value that tomllib made."""
    inside: Any = ()
    if isinstance(value, Mapping):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for key, child in inside:
        yield (*path, key)
        yield from _paths(child, (*path, key))
