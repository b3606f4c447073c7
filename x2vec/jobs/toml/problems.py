"""The problems of one job file, each with its line, until they are told all at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from x2vec.errors import ConfigError
from x2vec.jobs.toml.scanner import KeyPath
from x2vec.jobs.toml.wording import close, key_text, section_text, value_text

__all__ = ["Problems"]


class Problems:
    """A list that grows while a job is read.

    Args:
        name: What messages call the job.
        line_of: The line of each key, as far as known; a problem elsewhere has no line.
    """

    def __init__(self, name: str, line_of: Mapping[KeyPath, int]) -> None:
        self._name = name
        self._line_of = line_of
        self._found: list[tuple[int | None, str]] = []

    def __len__(self) -> int:
        return len(self._found)

    def tell(self) -> None:
        """Raise a ConfigError of one line a problem, ordered by line; do nothing without any."""
        if self._found:
            by_line = sorted(self._found, key=lambda found: (found[0] is None, found[0] or 0))
            raise ConfigError("\n".join(message for _, message in by_line))

    def wrong_value(self, path: KeyPath, section: KeyPath, value: Any, reason: str) -> None:
        """Note that the value at ``path`` is not what the key takes."""
        key = key_text(path[len(section) :])
        self._add(self._line_of.get(path), section, f"{key} = {value_text(value)}: {reason}")

    def unknown(
        self, key: str, value: Any, *, section: KeyPath, known: Iterable[str], given: Iterable[str]
    ) -> str | None:
        """Note a key that nothing takes; return the absent one that was probably meant."""
        path = (*section, key)
        line = self._line_of.get(path)
        tables = value if isinstance(value, list) and value else [value]
        is_section = all(isinstance(table, dict) for table in tables)
        kind = "section" if is_section else "key"
        meant = close(key, set(known) - set(given))
        if meant is not None:
            better = section_text((*section, meant)) if is_section else f"'{meant}'"
            advice = f"did you mean {better}?"
        else:
            advice = f"known here: {', '.join(known) or 'none'}"
        if is_section:
            self._add(line, (), f"{section_text(path)}: unknown {kind}; {advice}")
        else:
            self._add(line, section, f"{key_text([key])}: unknown {kind}; {advice}")
        return meant

    def missing(self, key: str, *, section: KeyPath, required: Collection[str] | None) -> None:
        """Note a key that must be there, and the ``required`` keys of it where it is a section."""
        what = f"'{key}'"
        if required is not None:
            keys = " and ".join(f"'{inner}'" for inner in required)
            what = f"a section {section_text((*section, key))}" + (f" with {keys}" if keys else "")
        self._add(self._line_of.get(section), section, f"needs {what}")

    def blame(
        self, error: Exception, *, section: KeyPath, keys: Collection[str], wrong: Collection[str]
    ) -> None:
        """Note each line of an error at the first key that it names, or else at the section.

        While keys are ``wrong``, defaults stand in for them: lines that name such a key, or none,
        may tell of the defaults, and are left for the next time.
        """
        for line in str(error).splitlines():
            named = [word for word in re.findall(r"\w+", line) if word in keys]
            if wrong and (not named or not set(named).isdisjoint(wrong)):
                continue
            known = [path for path in ((*section, *named[:1]), section) if path in self._line_of]
            self._add(self._line_of[known[0]] if known else None, section, line.strip())

    def _add(self, line: int | None, section: KeyPath, text: str) -> None:
        place = self._name if line is None else f"{self._name}:{line}"
        title = f"{section_text(section)} " if section else ""
        self._found.append((line, f"{place}: {title}{text}"))
