"""The files that word vectors are measured by: pairs with a human score, and analogies."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from x2vec.errors import SourceError

__all__ = ["read_analogies", "read_word_pairs"]


def read_word_pairs(path: str | Path) -> list[tuple[str, str, float]]:
    """Read pairs of words with the score that people gave them.

    Each line has a word, a word and a number, with tabs between; a line that starts with ``#`` is
    a comment. WordSim-353 and SimLex-999 are at hand in this form.

    Raises:
        SourceError: There is no such file, or a line is another thing; the message names it.
    """
    pairs = []
    for place, line in _lines(path):
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        score = _number(cells[2]) if len(cells) == 3 else None
        if score is None or not cells[0] or not cells[1]:
            raise SourceError(
                f"{place}: found {line[:60]!r}; expected a word, a word and a number, with tabs "
                "between. Put # before a line that is none."
            )
        pairs.append((cells[0], cells[1], score))
    return pairs


def read_analogies(path: str | Path) -> dict[str, list[tuple[str, str, str, str]]]:
    """Read analogies by section, as ``questions-words.txt`` of word2vec has them.

    A line is ``: name`` of a section, or four words, ``Athens Greece Oslo Norway``.

    Raises:
        SourceError: There is no such file, or a line is another thing; the message names it.
    """
    sections: dict[str, list[tuple[str, str, str, str]]] = {}
    name = None
    for place, line in _lines(path):
        if line.startswith(":"):
            name = line[1:].strip()
            sections.setdefault(name, [])
            continue
        words = line.split()
        if len(words) != 4 or name is None:
            raise SourceError(
                f"{place}: found {line[:60]!r}; expected "
                + ("four words" if name is not None else "': ' and the name of a section first")
                + ", as in questions-words.txt."
            )
        sections[name].append((words[0], words[1], words[2], words[3]))
    return sections


def _lines(path: str | Path) -> Iterator[tuple[str, str]]:
    """Give each line that is not empty, with its place."""
    try:
        with Path(path).open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{path}, line {number}", line.strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: cannot be read: {error}. Expected a text in UTF-8.") from error


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
