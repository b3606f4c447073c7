"""How a message about a job file spells keys, values, expected types and suggestions."""

from __future__ import annotations

import collections.abc
import datetime
import difflib
import enum
import json
import re
import types
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

__all__ = [
    "LISTS",
    "MAPPINGS",
    "close",
    "expected",
    "key_text",
    "section_text",
    "toml_text",
    "value_text",
]

LISTS = (list, tuple, collections.abc.Sequence, collections.abc.Iterable)
"""The generic types that a list in TOML stands for, element by element."""

MAPPINGS = (dict, collections.abc.Mapping)
"""The generic types that a section of free keys stands for."""

_SHOWN = 60  # characters of a value: what fits beside its key and the reason on one line

_ONE_AND_MANY: dict[Any, tuple[str, str]] = {
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    bool: ("true or false", "true or false values"),
    str: ("text in quotes", "texts in quotes"),
    Path: ("a path in quotes", "paths in quotes"),
    datetime.datetime: ("a date and time", "dates and times"),
    datetime.date: ("a date", "dates"),
    datetime.time: ("a time of day", "times of day"),
    dict: ("a section", "sections"),
}


def expected(annotation: Any) -> str:
    """Say in words what a field of that type takes.

    Example:
        >>> expected(int | None), expected(list[str]), expected(Literal["time", "last"])
        ('a whole number', 'a list of texts in quotes', "'time' or 'last'")
    """
    return _words(annotation)[0]


def close(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was most likely meant, or None where none comes near.

    Example:
        >>> close("vector_sise", ["vector_size", "window"])
        'vector_size'
    """
    found = difflib.get_close_matches(word, list(known), n=1)
    return found[0] if found else None


def key_text(parts: Sequence[str | int]) -> str:
    """Spell a path of keys as TOML does, list elements counted from 0.

    Example:
        >>> key_text(["columns", "net price"]), key_text(["layers", 2])
        ('columns."net price"', 'layers[2]')
    """
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            bare = re.fullmatch(r"[A-Za-z0-9_-]+", part)
            text += ("." if text else "") + (part if bare else value_text(part))
    return text


def section_text(path: Sequence[str | int]) -> str:
    """Spell a section's header; an element of an array of tables has double brackets.

    Example:
        >>> section_text(["evaluate", "floor"]), section_text(["filters", 0])
        ('[evaluate.floor]', '[[filters]]')
    """
    name = key_text([part for part in path if isinstance(part, str)])
    return f"[[{name}]]" if path and isinstance(path[-1], int) else f"[{name}]"


def value_text(value: Any) -> str:
    """Spell a value as it may stand in TOML, cut where it is long.

    Example:
        >>> value_text("five"), value_text([1, True])
        ('"five"', '[1, true]')
    """
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in toml_text(value))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def toml_text(value: Any) -> str:
    """Spell a value that tomllib read as JSON does; what JSON cannot hold becomes text.

    Example:
        >>> toml_text({"sizes": [8, 16]})
        '{"sizes": [8, 16]}'
    """
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return "(too long to show)"  # Python refuses to spell whole numbers of many digits


def _words(annotation: Any) -> tuple[str, str]:
    """Return the words for one value of a type and for many."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _words(arguments[0])
    if origin is Literal:
        choices = _either(repr(choice) for choice in arguments)
        return choices, choices
    if origin in (Union, types.UnionType):
        pairs = [_words(argument) for argument in arguments if argument is not types.NoneType]
        return _either(one for one, _ in pairs), _either(many for _, many in pairs)
    if origin in LISTS or origin in (set, frozenset):
        inside = [argument for argument in arguments if argument is not Ellipsis]
        if len(inside) == 1 and (origin is not tuple or Ellipsis in arguments):
            return f"a list of {_words(inside[0])[1]}", f"lists of {_words(inside[0])[1]}"
        each = ", ".join(_words(argument)[0] for argument in inside)
        return f"a list of {len(inside)}: {each}", f"lists of {len(inside)}: {each}"
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        choices = _either(repr(member.value) for member in annotation)
        return choices, choices
    name = getattr(annotation, "__name__", str(annotation))
    return _ONE_AND_MANY.get(origin or annotation, (f"a {name}", f"{name} values"))


def _either(words: Iterable[str]) -> str:
    """Join words by commas and a last "or", each of them once."""
    *first, last = dict.fromkeys(words)
    return f"{', '.join(first)} or {last}" if first else last
