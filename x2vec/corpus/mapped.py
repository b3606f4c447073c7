"""Arrays that lie in a file where memory is short: the system writes them out and reads them back.

Such a file has no name and lies in the directory for temporary files; it goes with the last view
of its array, however the process ends.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from x2vec._memory import available, in_words
from x2vec.errors import StorageError

__all__ = ["empty", "is_mapped", "release"]

_ALWAYS_FITS: Final = 1 << 24
"""Bytes: no array up to 16 MB is worth a file."""

_SHARE: Final = 16
"""A larger one goes to a file from a sixteenth of the available memory on: a job holds up to four
columns of times and six of items, and some masks."""


def empty(n: int, dtype: DTypeLike) -> NDArray[Any]:
    """Return room for ``n`` values, (n,): in memory if they take a small part of it, or in a file.

    Raises:
        StorageError: The directory for temporary files has no room for it.
    """
    n_bytes = n * np.dtype(dtype).itemsize
    if n_bytes <= _ALWAYS_FITS:
        return np.empty(n, dtype)
    left = available()
    if left is None or n_bytes <= left / _SHARE:
        return np.empty(n, dtype)
    try:
        with tempfile.TemporaryFile(prefix="x2vec-") as file:
            _allocate(file.fileno(), n_bytes)
            return np.frombuffer(_Scratch(file.fileno(), n_bytes), dtype)
    except OSError as error:
        raise StorageError(
            f"An array of {in_words(n_bytes)} is too large for the available memory, "
            f"{in_words(left)}, and {tempfile.gettempdir()} has no room for it "
            f"({error.strerror}). Set TMPDIR to a directory on a disk with more space."
        ) from error


def is_mapped(array: NDArray[Any]) -> bool:
    """Say whether an array, or the one that it is a view of, lies in a file."""
    return _mapping(array) is not None


def release(array: NDArray[Any]) -> None:
    """Take the pages of a mapped array, or of a stretch of one, out of this process.

    They stay in the system's cache while it has room, and come back when they are touched, so what
    a process holds does not grow with the files that it goes through. An array in memory is left
    alone, and so is a private copy of a file, for which what was written would be lost.

    Args:
        array: (n,), contiguous.
    """
    mapping = _mapping(array)
    is_shared = isinstance(mapping, _Scratch) or getattr(array, "mode", "c") != "c"
    if mapping is None or not is_shared or not array.size or not hasattr(mmap, "MADV_DONTNEED"):
        return
    start = array.ctypes.data - np.frombuffer(mapping, np.uint8).ctypes.data
    page = start - start % mmap.PAGESIZE
    mapping.madvise(mmap.MADV_DONTNEED, page, start + array.nbytes - page)


class _Scratch(mmap.mmap):
    """A map of a temporary file of ours."""


def _allocate(file: int, n_bytes: int) -> None:
    """Make a file as large as it will be: were the disk full later, writing would kill us."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, n_bytes)
    else:  # not everywhere
        os.truncate(file, n_bytes)


def _mapping(array: Any) -> mmap.mmap | None:
    """Return the map of a file that an array is a view of."""
    below = array
    while isinstance(below, np.ndarray):
        below = below.base
    if isinstance(below, memoryview):
        below = below.obj
    return below if isinstance(below, mmap.mmap) else None
