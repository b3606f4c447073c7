"""Local copies of what cannot be read where it lies, kept for one piece of work and then removed.

A job checks its source, reads it, and perhaps reads it again: inside ``local_copies`` each file is
fetched once. When the block ends, well or not, all copies are removed; what a killed process left
is swept by the next one that copies something.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, TypeVar

from x2vec.errors import StorageError
from x2vec.progress import Listener, Notice, silent

__all__ = ["Copies", "check_room", "drawn", "here", "local_copies", "making_room", "name_of"]

T = TypeVar("T")

_PREFIX: Final = "x2vec-copies-"
_YOUNG: Final = 60.0
"""Seconds in which a new directory is locked; a younger one without a lock is no leftover yet."""
_ADVICE: Final = "Make room, or set TMPDIR to a directory with more space."
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Copies:
    """The copies of one piece of work, in a temporary directory that is made for the first one.

    Attributes:
        listen: Hears how far making them is.
    """

    def __init__(self, listen: Listener = silent) -> None:
        self.listen = listen
        self._made: dict[Hashable, Path] = {}
        self._directory: Path | None = None
        self._remove: Callable[[], Any] = lambda: None

    def get(self, key: Hashable, name: str, make: Callable[[Path], None], *, shown: str) -> Path:
        """Return the copy of this key; if there is none yet, let ``make`` write it.

        Args:
            key: What it is a copy of.
            name: What to call the file.
            make: Is given the path to write; what it leaves there when it fails is removed.
            shown: What messages call it: ``name_of`` tells it of the path.

        Raises:
            StorageError: The temporary directory has no room for it, or cannot be written.
        """
        if key not in self._made:
            path = self._place() / str(len(self._made)) / name
            with making_room(path.parent.parent):
                path.parent.mkdir()
            try:
                make(path)
            except BaseException:
                shutil.rmtree(path.parent, ignore_errors=True)
                raise
            self._made[key] = path
            _SHOWN[path] = shown
        return self._made[key]

    def remove(self) -> None:
        """Remove them all."""
        for path in self._made.values():
            _SHOWN.pop(path, None)
        self._made.clear()
        self._directory = None
        self._remove()

    def _place(self) -> Path:
        if self._directory is None:
            parent = Path(tempfile.gettempdir())
            swept = _sweep(parent)
            if swept:
                text = (
                    f"{swept} directories of copies that killed runs left in {parent} are removed"
                )
                self.listen(Notice("read", text))
            with making_room(parent):
                self._directory = Path(tempfile.mkdtemp(prefix=_PREFIX))
            lock = _locked(self._directory)
            self._remove = weakref.finalize(self, _removed, self._directory, lock, os.getpid())
        return self._directory


_SHOWN: Final[dict[Path, str]] = {}
"""What messages call each copy that there is."""
_HERE: ContextVar[Copies | None] = ContextVar("x2vec_copies", default=None)
_FOR_GOOD: Final[list[Copies]] = []
"""Copies made outside any block: who reads them when is not known, so they stay to the end."""


def name_of(path: Path) -> str:
    """Return what messages call a file that ``find_files`` found: what the user knows it by."""
    return _SHOWN.get(path, str(path))


def here() -> Copies:
    """Return where copies are kept just now; outside any block new ones, to the process's end."""
    copies = _HERE.get()
    if copies is None:
        copies = Copies()
        _FOR_GOOD.append(copies)
    return copies


@contextmanager
def local_copies(listen: Listener = silent) -> Iterator[None]:
    """Keep copies, each made once, until the block ends; inside another such block, until it ends.

    Args:
        listen: Hears how far making them is.
    """
    if _HERE.get() is not None:
        yield
        return
    copies = Copies(listen)
    token = _HERE.set(copies)
    try:
        yield
    finally:
        _HERE.reset(token)
        copies.remove()


def drawn(
    make: Callable[[], Iterator[T]], listen: Listener = silent
) -> Callable[[], Generator[T, None, None]]:
    """Return an iterator's maker, each step of which sees the copies of the block we are in now.

    A generator has no block of its own, as whoever draws from it goes on in between, perhaps in
    another thread. Where we are in no block, each iteration keeps copies until it is over.
    """
    outer = _HERE.get()

    def draw() -> Generator[T, None, None]:
        copies = outer or Copies(listen)
        end = object()
        try:
            steps: Iterator[T] | None = None
            while True:
                token = _HERE.set(copies)
                try:
                    steps = make() if steps is None else steps
                    step: Any = next(steps, end)
                finally:
                    _HERE.reset(token)
                if step is end:
                    return
                yield step
        finally:
            if outer is None:
                copies.remove()

    return draw


def check_room(directory: Path, needed: int) -> None:
    """Make sure that so many bytes fit into the directory's file system.

    Raises:
        StorageError: They do not.
    """
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise StorageError(
            f"need {_megabytes(needed)} MB in {directory}; {free // 10**6} MB are free. {_ADVICE}"
        )


@contextmanager
def making_room(directory: Path, needed: Callable[[], int | None] = lambda: None) -> Iterator[None]:
    """Say in one line what it means that there is no room in the temporary directory.

    Args:
        directory: Where something is written.
        needed: Tells its size in bytes, where it is known by then.

    Raises:
        StorageError: The disk is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        size = needed()
        room = "more room" if size is None else f"{_megabytes(size)} MB"
        raise StorageError(f"need {room} in {directory}: {error.strerror}. {_ADVICE}") from error


def _megabytes(size: int) -> int:
    return max(1, -(-size // 10**6))


def _locked(directory: Path) -> int | None:
    """Lock a directory for as long as this process lives; None where there are no such locks."""
    try:
        import fcntl

        handle = os.open(directory, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _removed(directory: Path, lock: int | None, owner: int) -> None:
    if os.getpid() != owner:  # a fork of the process that made it
        return
    shutil.rmtree(directory, ignore_errors=True)
    if lock is not None:
        os.close(lock)


def _sweep(parent: Path) -> int:
    """Remove the directories of processes that live no more; return how many."""
    swept = 0
    for left in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # it is somebody else's, or gone
            if time.time() - left.stat().st_mtime > _YOUNG:
                lock = _locked(left)
                if lock is not None:
                    shutil.rmtree(left, ignore_errors=True)
                    os.close(lock)
                    swept += 1
    return swept
