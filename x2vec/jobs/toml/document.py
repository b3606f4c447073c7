"""A job file as text and as a TOML document, or where it stops being one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from x2vec._text import closest
from x2vec.errors import ConfigError, StorageError

__all__ = ["parse_document", "read_text"]


def read_text(path: Path) -> str:
    r"""Read a job file: UTF-8, with or without a byte order mark, its line ends made ``\n``.

    Raises:
        ConfigError: There is no such file, it is a directory, or it is not UTF-8.
        StorageError: The file is there and cannot be read.
    """
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError(f"no job file at {path}; {_near(path)}") from None
    except IsADirectoryError:
        raise ConfigError(
            f"{path} is a directory, not a job file; {_near(path / '.toml')}"
        ) from None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{path}:{line}: byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        ) from None


def parse_document(text: str, *, name: str) -> dict[str, Any]:
    """Read a TOML text.

    Args:
        text: The whole text; an empty one is an empty document.
        name: What messages call it.

    Raises:
        ConfigError: The text is not TOML; what ``tomllib`` says of the first fault.

    Example:
        >>> parse_document("item = product_id", name="job.toml")
        Traceback (most recent call last):
        x2vec.errors.ConfigError: job.toml:1:8: no TOML: Invalid value; text needs quotes
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigError(f"{name}: lists or tables are nested too deeply to be read") from None
    except ValueError as error:  # TOMLDecodeError, or a whole number of thousands of digits
        reason, where = str(error), ""
        place = re.fullmatch(r"(?s)(.*) \(at line (\d+), column (\d+)\)", reason)
        if place is not None:
            reason, where = place[1], f":{place[2]}:{place[3]}"
        if reason == "Invalid value":
            reason += "; text needs quotes"
        raise ConfigError(f"{name}{where}: no TOML: {reason}") from None


def _near(path: Path) -> str:
    """Say which job files stand beside a path that is none, the one with the closest name first."""
    if not path.parent.is_dir():
        return f"there is no directory {path.parent}"
    found = {entry.stem: entry for entry in sorted(path.parent.glob("*.toml"))}
    close = closest(path.stem, found)
    if close is not None:
        return f"did you mean {found[close]}?"
    names = [entry.name for entry in found.values()]
    return f"there are: {', '.join(names[:5])}" if names else f"{path.parent} holds no .toml file"
