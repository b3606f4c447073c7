"""The bytes of a file, unpacked where its name says that they are packed."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import BinaryIO, Final, cast

import pyarrow as pa

__all__ = ["PACKED", "base_name", "name_of", "open_bytes"]

PACKED: Final = (".gz", ".zst")
"""Endings of packed files."""


def name_of(path: Path) -> str:
    """Return what messages call a file that ``find_files`` found: the path that the user knows."""
    return str(path)


def base_name(path: Path) -> str:
    """Return a file's name in lower case, without the ending that says how it is packed.

    >>> base_name(Path("lists/Clicks.CSV.gz"))
    'clicks.csv'
    """
    name = path.name.lower()
    return name.removesuffix(path.suffix.lower()) if path.suffix.lower() in PACKED else name


def open_bytes(path: Path) -> BinaryIO:
    """Open a file to be read from its start to its end, unpacked.

    Raises:
        OSError, EOFError: It cannot be read; while reading, also where what is packed is damaged.
    """
    match path.suffix.lower():
        case ".gz":
            return cast("BinaryIO", gzip.open(path))
        case ".zst":
            return io.BufferedReader(pa.input_stream(str(path), compression="zstd"))
        case _:
            return path.open("rb")
