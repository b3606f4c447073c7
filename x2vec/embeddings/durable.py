"""Writing so that it is still there after a power cut: files, directories and swaps, synced.

A file is on disk when it was synced *and* so was the directory that names it. Every byte is
hashed on its way out, so a manifest states what was meant, not what a disk made of it.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from x2vec.errors import StorageError

__all__ = [
    "Receipt",
    "check_platform",
    "check_space",
    "hash_file",
    "making_directory",
    "reading_errors",
    "storage_errors",
    "sync_directory",
    "writing",
]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Receipt(NamedTuple):
    """What a file holds: its size in bytes, and its sha256 in hexadecimal."""

    bytes: int
    sha256: str


class _Hashed(io.RawIOBase):
    """An open file, and the hash of what was written to it."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        rest = view
        while len(rest):
            rest = rest[self._file.write(rest) :]
        self._hash.update(view)
        self._size += len(view)
        return len(view)

    def tell(self) -> int:
        return self._size

    def sync(self) -> None:
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()
        super().close()

    def receipt(self) -> Receipt:
        return Receipt(self._size, self._hash.hexdigest())


@contextmanager
def writing(path: Path) -> Iterator[_Hashed]:
    """Open a new file; when the block ends well its bytes are synced, then it is closed."""
    file = _Hashed(open_new(path))
    try:
        yield file
        file.sync()
    finally:
        file.close()


def open_new(path: Path) -> io.FileIO:
    """Open a file that must not be there yet, unbuffered."""
    return io.FileIO(path, "x")


@contextmanager
def making_directory(path: Path) -> Iterator[None]:
    """Make a directory and its parents; if the block fails, remove the new ones it left empty."""
    new = [place for place in (path, *path.parents) if not place.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for place in new:
            with suppress(OSError):  # something is in it, or it was never made
                place.rmdir()
        raise


def sync_directory(path: Path) -> None:
    """Sync the names that a directory holds."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hash_file(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_platform() -> None:
    """Make sure that this platform has what safe writing takes.

    Raises:
        StorageError: It has no POSIX locks, as Windows has not.
    """
    try:
        import fcntl  # noqa: F401
    except ImportError:
        raise StorageError(
            f"x2vec writes where files can be locked and directories synced, and {sys.platform} "
            "has no POSIX locks. Write on Linux, on macOS or in WSL; reading works here."
        ) from None


def check_space(directory: Path, needed: int) -> None:
    """Make sure that about ``needed`` bytes fit into the directory's file system.

    Raises:
        StorageError: They do not; nothing was written yet.
    """
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise StorageError(
            f"need {_megabytes(needed)} MB in {directory}; {free // 10**6} MB are free. "
            "Nothing was written: make room, or write elsewhere."
        )


@contextmanager
def reading_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system says about reading into one line for the user."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error}. Check its permissions.") from error
    except MemoryError as error:
        raise StorageError(f"{path}: does not fit into memory: {error}.") from error


@contextmanager
def storage_errors(directory: Path, needed: int) -> Iterator[None]:
    """Turn what the operating system says about writing into one line for the user."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageError(
                f"need {_megabytes(needed)} MB in {directory}: {error.strerror}. "
                "What was begun is removed: make room, or write elsewhere."
            ) from error
        raise StorageError(
            f"cannot write in {directory}: {error}. Check that it is a directory you may write to."
        ) from error


def _megabytes(size: int) -> int:
    return max(1, -(-size // 10**6))
