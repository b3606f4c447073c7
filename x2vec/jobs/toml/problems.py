"""The problems of one job file, each with its line, until they are told all at once."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from x2vec._text import closest
from x2vec.errors import ConfigError
from x2vec.jobs.toml.lines import line_of
from x2vec.jobs.toml.values import value_text

__all__ = ["KeyPath", "Problems", "section_text"]

KeyPath = tuple[str, ...]
"""Keys from the root of a document down."""


class Problems:
    """A list that grows while a job is read.

    Args:
        name: What messages call the job.
        text: The job, to find the line of a key in; a problem of no known line has none.
    """

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text
        self._found: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._found)

    def tell(self) -> None:
        """Raise a ConfigError of one line a problem, ordered by line; do nothing without any."""
        if self._found:
            by_line = sorted(self._found, key=lambda found: found[0])
            raise ConfigError("\n".join(message for _, message in by_line))

    def wrong_value(self, path: KeyPath, value: Any, reason: str) -> None:
        """Note that the value at ``path`` is not what the key takes."""
        self._add(path, path[:-1], f"{_spelled(path[-1:])} = {value_text(value)}: {reason}")

    def unknown(
        self, path: KeyPath, value: Any, *, known: Collection[str], given: Collection[str]
    ) -> str | None:
        """Note a key that nothing takes; return the absent one that was probably meant."""
        *section, key = path
        is_section = isinstance(value, dict)
        written = {one for one in given if line_of(self._text, (*section, one)) is not None}
        meant = closest(key, set(known) - written)  # what a preset fills in is not written
        advice = f"known here: {', '.join(known) or 'none'}"
        if meant is not None:
            better = section_text((*section, meant)) if is_section else f"'{meant}'"
            advice = f"did you mean {better}?"
        if is_section:
            self._add(path, (), f"{section_text(path)}: unknown section; {advice}")
        else:
            self._add(path, path[:-1], f"{_spelled([key])}: unknown key; {advice}")
        return meant

    def missing(self, path: KeyPath, *, is_section: bool) -> None:
        """Note a key or a section that must be there."""
        what = f"a section {section_text(path)}" if is_section else f"'{path[-1]}'"
        self._add(path[:-1], path[:-1], f"needs {what}")

    def blame(
        self,
        error: Exception,
        section: KeyPath,
        *,
        keys: Collection[str],
        wrong: Collection[str] = (),
    ) -> None:
        """Note each line of an error at the first key that it names, or else at the section.

        While keys are ``wrong``, defaults stand in for them: lines that name such a key, or none,
        may tell of the defaults, and are left for the next time.
        """
        for line in str(error).splitlines():
            named = [word for word in re.findall(r"\w+", line) if word in keys]
            if not wrong or (named and set(named).isdisjoint(wrong)):
                self._add((*section, *named[:1]), section, line.strip())

    def _add(self, path: KeyPath, section: KeyPath, text: str) -> None:
        """Note a problem at the line of a key, or else of what it stands in."""
        above = (line_of(self._text, path[:n]) for n in range(len(path), 0, -1))
        line = next((line for line in above if line is not None), None)
        place = self._name if line is None else f"{self._name}:{line}"
        title = f"{section_text(section)} " if section else ""
        self._found.append((line or float("inf"), f"{place}: {title}{text}"))


def section_text(path: Collection[str]) -> str:
    """Spell a section's header.

    Example:
        >>> section_text(["evaluate", "net price"])
        '[evaluate."net price"]'
    """
    return f"[{_spelled(path)}]"


def _spelled(path: Collection[str]) -> str:
    bare = re.compile(r"[A-Za-z0-9_-]+")
    return ".".join(part if bare.fullmatch(part) else json.dumps(part) for part in path)
