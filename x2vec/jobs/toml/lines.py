"""On which line of a TOML text a key stands, which ``tomllib`` does not tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["line_of"]

_WORD = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_NAME = rf"({_WORD}(?:\s*\.\s*{_WORD})*)"
_HEADER = re.compile(r"\s*\[\s*([\w-]+(?:\s*\.\s*[\w-]+)*)\s*\]\s*")
_KEY = re.compile(rf"\s*{_NAME}\s*=")
_TEXT_OR_COMMENT = re.compile(
    r'"""(?:\\[\s\S]|[^\\])*?"""(?!")'  # up to two quotes may stand before the closing three
    r"|'''[\s\S]*?'''(?!')"
    r"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*"""
)


def line_of(text: str, path: Sequence[str]) -> int | None:
    r"""Return the line of a key or of a section's header, counted from 1.

    Args:
        text: A text that ``tomllib`` reads, its line ends ``\n``.
        path: The key, after the sections that it stands in.

    Returns:
        None where no line plainly begins with it, as inside an inline table, or more than one does.

    Example:
        >>> text = "[model]\nname = '''\nepochs = 3\n'''\nepochs = 5"
        >>> line_of(text, ["model"]), line_of(text, ["model", "epochs"])
        (1, 5)
    """
    section: list[str] | None = []
    found = []
    for number, line in enumerate(_TEXT_OR_COMMENT.sub(_on_one_line, text).split("\n"), 1):
        if header := _HEADER.fullmatch(line):
            section = here = _words(header[1])
        elif line.lstrip().startswith("["):  # a header in quotes, or the element of a list
            section = here = None
        elif (key := _KEY.match(line)) and section is not None:
            here = [*section, *_words(key[1])]
        else:
            continue
        if here == list(path):
            found.append(number)
    return found[0] if len(found) == 1 else None


def _on_one_line(match: re.Match[str]) -> str:
    """Leave a text of one line as it is, for it may be a key; keep only the line ends of others."""
    is_short = match[0][0] != "#" and "\n" not in match[0]
    return match[0] if is_short else "\n" * match[0].count("\n")


def _words(name: str) -> list[str]:
    return [word.strip("\"'") for word in re.findall(_WORD, name)]
