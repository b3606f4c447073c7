"""The text of a job with other settings: two sections change, and paths, and nothing else."""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from x2vec.errors import ConfigError
from x2vec.jobs.canonical import to_dict
from x2vec.recommendation import QueryForm
from x2vec.training import Model, SkipGram

__all__ = ["JobFile", "sections_of"]

_PLACES = ("path", "titles", "songs", "tags", "tag_names", "labels", "store")
"""Keys whose values may be paths relative to the job."""

_TEXT = (
    r'(?:"""(?s:(?:\\.|[^\\])*?)"""' + r"|'''(?s:.*?)'''" + r'|"(?:\\.|[^"\\\n])*"' + r"|'[^'\n]*')"
)
"""The four ways in which TOML writes text."""


@dataclass(frozen=True)
class JobFile:
    """A job as it is written.

    Attributes:
        path: The file.
        text: What it says.
    """

    path: Path
    text: str

    def with_settings(self, model: Model, query: QueryForm, to: Path, why: str) -> str:
        """Return the text with these settings, fit to stand at another place.

        Raises:
            ConfigError: The sections are written in a way that this does not find.
        """
        sections = sections_of(model, query)
        sections["model"] = sections["model"].replace("\n", f"\n# {why}\n", 1)
        text = _rebased(self.text, self.path.resolve().parent, to.resolve().parent)
        expected = {**tomllib.loads(text), **tomllib.loads("\n".join(sections.values()))}
        for name, section in sections.items():
            text = _replaced(text, name, section)
        try:
            found = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            found = {}
        if found != expected:
            raise ConfigError(
                f"{self.path}: cannot find where [model] and [query] begin and end. Write them as "
                "sections of their own, or copy these:\n\n" + "\n\n".join(sections.values())
            )
        return text


def sections_of(model: Model, query: QueryForm) -> dict[str, str]:
    """Return the sections of a job that say these settings; what is None is left out.

    Example:
        >>> from x2vec.training import SkipGram
        >>> print(sections_of(SkipGram(), QueryForm("in-in", last=1))["query"])
        [query]
        scoring = "in-in"
        decay = 1.0
        last = 1
        idf = false
        weighted = false
    """
    kind = {"kind": type(model).__name__} if not isinstance(model, SkipGram) else {}
    parts = {"model": kind | to_dict(model), "query": to_dict(query)}
    return {
        name: "\n".join(
            [
                f"[{name}]",
                *(f"{key} = {_toml(value)}" for key, value in part.items() if value is not None),
            ]
        )
        for name, part in parts.items()
    }


def _toml(value: Any) -> str:
    if isinstance(value, float):
        return repr(round(value, 6) if abs(value) > 1e-4 else value)
    return json.dumps(value)


def _replaced(text: str, name: str, section: str) -> str:
    """Put a section in the place of the one of its name, or before the next to last part."""
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if re.match(r"\s*\[", line)]
    start = next((n for n in heads if re.match(rf"\s*\[\s*{name}\s*\]", lines[n])), None)
    if start is None:
        return f"{text.rstrip()}\n\n{section}\n"
    end = next((n for n in heads if n > start), len(lines))
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return "\n".join([*lines[:start], *section.splitlines(), *lines[end:]]) + "\n"


def _rebased(text: str, old: Path, new: Path) -> str:
    """Write relative paths as seen from another directory, in all forms that TOML has for text."""
    if old == new:
        return text
    way = os.path.relpath(old, new)

    def moved(match: re.Match[str]) -> str:
        value = tomllib.loads(f"it = {match[0]}")["it"]
        is_elsewhere = "://" in value or re.match(r"package:|/|~", value) or "::" in value
        if not value or is_elsewhere:
            return match[0]
        return json.dumps(os.path.normpath(os.path.join(way, value)), ensure_ascii=False)  # noqa: PTH118

    def all_moved(match: re.Match[str]) -> str:
        return match[1] + re.sub(_TEXT, moved, match[2]) if match[1] else match[0]

    keys = "|".join(_PLACES)
    several = rf"\[(?:[^\]\"'#]|#.*|{_TEXT})*\]"
    places = rf"((?:^|[{{,])[ \t]*(?:{keys})[ \t]*=[ \t]*)({_TEXT}|{several})"
    others = rf"#.*|{_TEXT}"  # passed over as a whole: what they hold is no key
    return re.sub(rf"(?m){places}|{others}", all_moved, text)
