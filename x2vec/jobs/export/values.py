"""What the sections of an export check alike: whole numbers, and paths made absolute."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from x2vec.adapters import absolute_path
from x2vec.errors import ConfigError

__all__ = ["absolute", "at_least_one"]


def absolute(path: str, base: Path) -> str:
    """Return a path made absolute relative to a directory."""
    return os.path.normpath(str(absolute_path(path, base)))


def at_least_one(section: Any, *names: str) -> None:
    """Make sure that fields of a section are whole numbers from 1 on.

    Raises:
        ConfigError: One is not.
    """
    for name in names:
        value = getattr(section, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ConfigError(f"{name} is {value!r}; it must be a whole number from 1 on")
