"""A job file as text and as a TOML document; what keeps it from being one, in our words."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from x2vec.errors import ConfigError, StorageError
from x2vec.jobs.toml.positions import scan
from x2vec.jobs.toml.scanner import KeyPath
from x2vec.jobs.toml.wording import close, key_text, section_text

__all__ = ["parse_document", "read_text"]

_TWICE = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate inline")
_NOT_CLOSED = ("Unterminated string", "Unclosed", 'Expected "')
_BACKSLASH = (
    "a backslash inside double quotes starts an escape; "
    "write it twice, or put the text in single quotes"
)
_WORDS = {  # the start of what tomllib says: what we say
    "Invalid value": "expected a value after '='; text needs quotes",
    "Expected newline": "the line goes on after its value; text needs quotes",
    "Expected '='": "expected '=' after the key",
    "Expected ']": "the section's name is not closed by its brackets",
    "Invalid statement": "expected key = value, or [section]",
    "Invalid initial": "expected a key; a key of other than A-Z, a-z, 0-9, _ and - needs quotes",
    "Illegal character '\\n'": "the text in quotes is not closed on its line",
    "Illegal character": "a control character that TOML does not allow",
    "Found invalid character '\\n'": "the text in quotes is not closed on its line",
    "Found invalid character": "a control character that TOML does not allow",
    "Unescaped": _BACKSLASH,
    "Invalid hex": _BACKSLASH,
    "Escaped character": "an escape that stands for no character",
    "Invalid date": "no such date or time",
    "Unclosed array": "expected ',' or ']' in the list",
    "Unclosed inline": "expected ',' or '}' in the inline table",
}


def read_text(path: Path) -> str:
    r"""Read a job file: UTF-8, with or without a byte order mark, its line ends made ``\n``.

    Raises:
        ConfigError: There is no such file, it is a directory, or it is not UTF-8.
        StorageError: The file is there and cannot be read.
    """
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError(
            f"no job file at {path}; {_what_is_there(path.parent, path.name)}"
        ) from None
    except IsADirectoryError:
        raise ConfigError(
            f"{path} is a directory, not a job file; {_what_is_there(path)}"
        ) from None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise ConfigError(f"{path} is UTF-16; save it as UTF-8") from None
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
        ConfigError: The text is not TOML; line, column and reason of the first fault.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigError(f"{name}: lists or tables are nested too deeply to be read") from None
    except ValueError as error:  # TOMLDecodeError, or a whole number of thousands of digits
        raise ConfigError(f"{name}{_fault(str(error), text)}") from None


def _what_is_there(directory: Path, wanted: str = "") -> str:
    """Say which job files a directory holds, or the one whose name is closest to the wanted."""
    if not directory.is_dir():
        return f"there is no directory {directory}"
    found = sorted(entry.name for entry in directory.glob("*.toml"))
    likely = close(wanted.removesuffix(".toml"), [name.removesuffix(".toml") for name in found])
    if likely is not None:
        return f"did you mean {directory / likely}.toml?"
    if not found:
        return f"{directory} holds no .toml file"
    return f"there are: {', '.join(found[:5])}{', ...' if len(found) > 5 else ''}"


def _fault(message: str, text: str) -> str:
    """Return ``:line:column: reason`` for what tomllib says is wrong with a text."""
    found = scan(text)
    if message.startswith(_TWICE) and found.repeated is not None:
        path, second = found.repeated
        line = text.split("\n")[second.line - 1]
        title = _title(path, is_header=line[second.column - 1] == "[")
        first = found.places[path].line
        return f":{second.line}:{second.column}: {title} is given twice; first on line {first}"
    at_end = message.endswith("(at end of document)")
    if at_end and message.startswith(_NOT_CLOSED) and found.last is not None:
        start = found.places[found.last]
        what = "the list or table" if message.startswith("Unclosed") else "the text in quotes"
        title = _title(found.last, is_header=False)
        return f":{start.line}:{start.column}: {title}: {what} that starts here is not closed"
    position = re.search(r"\(at line (\d+), column (\d+)\)$", message)
    reason = next((ours for theirs, ours in _WORDS.items() if message.startswith(theirs)), None)
    where = ""
    if position is not None:
        column = int(position[2]) - (2 if reason == _BACKSLASH else 0)  # tomllib is past it
        where = f":{position[1]}:{column}"
    elif at_end:
        where = f":{text.rstrip().count(chr(10)) + 1}"
    if message.startswith(_TWICE):
        return f"{where}: a key is given twice, or both as a value and as a section"
    return f"{where}: {reason or f'not TOML: {message}'}"


def _title(path: KeyPath, *, is_header: bool) -> str:
    """Name a key with its section, or a section."""
    if is_header or len(path) == 1:
        return section_text(path) if is_header else key_text(path)
    return f"{section_text(path[:-1])} {key_text(path[-1:])}"
