"""The bytes of a file, unpacked where its name says that they are packed."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import BinaryIO, Final, cast

import pyarrow as pa

from x2vec.adapters.files.copies import name_of
from x2vec.errors import SourceError

__all__ = [
    "PACKED",
    "UNREADABLE",
    "base_name",
    "check_packed",
    "name_of",
    "open_bytes",
    "packed_by",
]

PACKED: Final = {".gz": "gzip", ".zst": "zstd"}
"""Endings of packed files, and what packed them."""

UNREADABLE: Final = (OSError, EOFError, zlib.error)
"""What is raised while a file that ``open_bytes`` opened cannot be read, or is damaged."""

_PIECE: Final = 1 << 20


def base_name(path: Path) -> str:
    """Return a file's name in lower case, without the ending that says how it is packed.

    >>> base_name(Path("lists/Clicks.CSV.gz"))
    'clicks.csv'
    """
    name = path.name.lower()
    return name.removesuffix(path.suffix.lower()) if path.suffix.lower() in PACKED else name


def packed_by(path: Path) -> str:
    """Return what a file is packed by: ``gzip``, ``zstd``, or ``none``."""
    return PACKED.get(path.suffix.lower(), "none")


def open_bytes(path: Path) -> BinaryIO:
    """Open a file to be read from its start to its end, unpacked.

    Raises:
        OSError: It cannot be read.
        UNREADABLE: While reading, also where what is packed is damaged or truncated.
    """
    match packed_by(path):
        case "gzip":
            return cast("BinaryIO", gzip.open(path))
        case "zstd":
            return io.BufferedReader(pa.input_stream(str(path), compression="zstd"))
        case _:
            return path.open("rb")


def check_packed(path: Path) -> None:
    """Unpack a packed file to its end, to see that it is whole; others pass unseen.

    DuckDB checks no sums, and takes a zstd file that is cut off for one that ends there.

    Raises:
        SourceError: It is damaged or truncated.
    """
    if packed_by(path) == "none":
        return
    try:
        with open_bytes(path) as file:
            while file.read(_PIECE):
                pass
    except UNREADABLE as error:
        raise SourceError(
            f"{name_of(path)}: a damaged or truncated {packed_by(path)} file ({error}). "
            "Copy it again."
        ) from error
