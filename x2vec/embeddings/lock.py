"""One publisher at a time: a lock that the kernel gives back when its holder dies."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from x2vec.errors import StorageError

__all__ = ["LOCK", "only_publisher"]

LOCK = ".lock"


@contextmanager
def only_publisher(store: Path) -> Iterator[None]:
    """Hold the store's lock while the block runs, then empty its file, or remove it if alone.

    Raises:
        StorageError: Another publisher holds it; said at once, with who that is.
    """
    import fcntl

    handle = os.open(store / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.fstat(handle).st_nlink:  # its last holder removed it, so it locks nothing
                raise BlockingIOError
        except BlockingIOError:
            holder = os.read(handle, 200).decode(errors="replace").strip()
            raise StorageError(
                f"{store}: another publisher is at work: {holder or 'it has just begun'}. "
                "Nothing was written; publish again when it is done."
            ) from None
        since = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            os.truncate(handle, 0)
            os.write(
                handle, f"process {os.getpid()} on {socket.gethostname()} since {since}\n".encode()
            )
            yield
        finally:
            os.truncate(handle, 0)
            if list(store.iterdir()) == [store / LOCK]:
                (store / LOCK).unlink()
    finally:
        os.close(handle)
