"""A store, written: a new version, whole or not at all, and then ``LATEST``, which names it.

A version is written in a staging directory, synced, and renamed into place; then ``LATEST`` is
replaced. Readers see the old version or the new one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from x2vec.embeddings.directory import write_directory
from x2vec.embeddings.durable import (
    check_platform,
    check_space,
    hash_file,
    making_directory,
    storage_errors,
    sync_directory,
    writing,
)
from x2vec.embeddings.indexes import INDEXES
from x2vec.embeddings.lock import LOCK, only_publisher
from x2vec.embeddings.manifest import MANIFEST
from x2vec.embeddings.parquet_write import expected_bytes
from x2vec.embeddings.store import LATEST, is_store, latest, next_version, versions
from x2vec.embeddings.value import Embeddings
from x2vec.errors import DataError, StorageError, X2VecError
from x2vec.progress import Listener, Notice, silent

__all__ = ["CHECKPOINT", "check_store", "publish"]

CHECKPOINT = ".checkpoint"
"""What a store may hold beside its versions: the state of a training that is not over yet."""

_STAGING = ".staging-"
_POINTER_STAGING = f".{LATEST}-"


def check_store(path: str | Path) -> None:
    """Make sure that embeddings can be published to a path; nothing there is made or changed.

    Call it before long work whose result is to be published. A store of ours passes, and so does
    an empty directory, or a path that can become one.

    Raises:
        StorageError: It is a file, holds something else, or may not be written; or this platform
            cannot publish.
    """
    check_platform()
    store = Path(path)
    place = store.absolute()
    with storage_errors(store, 0):
        while not os.path.lexists(place):
            place = place.parent
        if not place.is_dir():
            raise StorageError(
                f"cannot write in {store}: {place} is no directory. Publish to a new directory, "
                "or to a store that x2vec made."
            )
        if store.exists():
            _check_ours(store)
        with tempfile.TemporaryFile(dir=place):
            pass


def publish(
    embeddings: Embeddings,
    store: str | Path,
    *,
    after: str | None = None,
    listen: Listener = silent,
) -> Path:
    """Add a version to a store and make it the latest; old versions stay.

    Args:
        embeddings: What to publish.
        store: The store's directory; made if it is not there.
        after: The version that this one was made from, which has to be the latest still; None
            where it was made from none.
        listen: Hears a ``Notice`` for everything that a killed publisher left and this one swept.

    Returns:
        The new version's directory, such as ``store/v000002``.

    Raises:
        StorageError: The disk is full or refuses, another publisher is at work or was quicker, or
            the directory holds something else. Readers then still see the old version, and
            nothing is left.
        KeyboardInterrupt: The user stopped it; where that came too late, its note says so.
    """
    store = Path(store)
    check_store(store)
    needed, name = expected_bytes(embeddings), ""
    try:
        with storage_errors(store, needed), making_directory(store), only_publisher(store):
            if after is not None and latest(store) != after:
                raise StorageError(
                    f"{store}: {latest(store)} was published meanwhile, and this would undo it: it "
                    f"was made from {after}. Nothing was published; do it again."
                )
            _sweep(store, listen)
            check_space(store, needed)
            name = next_version(store)
            _add(embeddings, store, name)
    except KeyboardInterrupt as stop:
        if _is_latest(store, name):
            stop.add_note(f"{store / name} is published")
        raise
    return store / name


def _add(embeddings: Embeddings, store: Path, name: str) -> None:
    """Add a version of that name and make it the latest, or leave nothing of it."""
    staging = store / f"{_STAGING}{name}-{os.getpid()}"
    pointer = store / f"{_POINTER_STAGING}{os.getpid()}"
    try:
        write_directory(embeddings, staging)
        with writing(pointer) as file:  # before the rename: after it, nothing needs space
            file.write(f"{name}\n{hash_file(staging / MANIFEST)}\n".encode())
        staging.rename(store / name)
        sync_directory(store)
        pointer.replace(store / LATEST)
        sync_directory(store)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        pointer.unlink(missing_ok=True)


def _is_latest(store: Path, name: str) -> bool:
    try:
        return latest(store) == name
    except X2VecError:
        return False


def _check_ours(store: Path) -> None:
    """Refuse a directory that holds anything before the first version is published."""
    others = [
        entry.name
        for entry in store.iterdir()
        if entry.name not in (LOCK, CHECKPOINT, INDEXES)
        and not entry.name.startswith((_STAGING, _POINTER_STAGING))
    ]
    if others and not is_store(store):
        raise StorageError(
            f"{store}: holds '{sorted(others)[0]}' and no versions; publish to a new directory, "
            "or to a store that x2vec made."
        )


def _sweep(store: Path, listen: Listener) -> None:
    """Remove what killed publishers left; we hold the lock, so nobody is at work on it.

    A version that is newer than ``LATEST`` stays: it is whole, and may have been rolled back.
    """
    for entry in sorted(store.iterdir()):
        if entry.name.startswith(_STAGING) and entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name.startswith(_POINTER_STAGING):
            entry.unlink()
        else:
            continue
        listen(Notice("publish", f"{store}: swept {entry.name}, left by a killed publisher."))
    newest = next(reversed(versions(store)), None)
    try:
        current = latest(store)
    except DataError:
        current = None
    if newest != current:
        listen(
            Notice(
                "publish",
                f"{store}: {newest} is newer than LATEST ({current}): its publisher was killed, or "
                "it was rolled back. It stays, unread.",
            )
        )
