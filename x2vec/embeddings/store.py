"""A store: versions of embeddings side by side, and ``LATEST``, which names the one to read.

A version is written in a staging directory, synced, and renamed into place; then ``LATEST`` is
replaced. Readers see the old version or the new one, whole. Versions never change afterwards.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from x2vec.embeddings.directory import read_directory, write_directory
from x2vec.embeddings.durable import (
    check_space,
    hash_file,
    storage_errors,
    sync_directory,
    writing,
)
from x2vec.embeddings.lock import LOCK, only_publisher
from x2vec.embeddings.manifest import MANIFEST, read_manifest
from x2vec.embeddings.parquet_write import expected_bytes
from x2vec.errors import DamagedError, DataError, StorageError, UsageError, X2VecError
from x2vec.progress import Listener, Notice, silent

if TYPE_CHECKING:
    from x2vec.embeddings.value import Embeddings

__all__ = ["LATEST", "is_store", "latest", "load_version", "publish", "versions"]

LATEST = "LATEST"
_VERSION = re.compile(r"v\d{6,12}")
_POINTER = re.compile(rf"({_VERSION.pattern})\n(?:([0-9a-f]{{64}})\n)?")
_STAGING = ".staging-"
_POINTER_STAGING = f".{LATEST}-"


def publish(embeddings: Embeddings, store: str | Path, *, listen: Listener = silent) -> Path:
    """Add a version to a store and make it the latest; old versions stay.

    Args:
        embeddings: What to publish.
        store: The store's directory; made if it is not there.
        listen: Hears a ``Notice`` for everything that a killed publisher left and this one swept.

    Returns:
        The new version's directory, such as ``store/v000002``.

    Raises:
        StorageError: The disk is full or refuses, another publisher is at work, or the directory
            holds something else. Readers then still see the old version, and nothing is left.
    """
    store = Path(store)
    needed = expected_bytes(embeddings)
    with storage_errors(store, needed):
        store.mkdir(parents=True, exist_ok=True)
        _check_ours(store)
        with only_publisher(store):
            _sweep(store, listen)
            check_space(store, needed)
            number = max([int(name[1:]) for name in versions(store)], default=0) + 1
            name = f"v{number:06d}"
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
    return store / name


def versions(store: str | Path) -> list[str]:
    """Return the names of a store's versions, oldest first, whether or not they are whole."""
    found = [
        entry.name
        for entry in Path(store).iterdir()
        if _VERSION.fullmatch(entry.name) and entry.is_dir() and not entry.is_symlink()
    ]
    return sorted(found, key=lambda name: int(name[1:]))


def latest(store: str | Path) -> str:
    """Return the name of the version that ``LATEST`` names.

    Raises:
        DataError: Nothing was published yet.
        DamagedError: ``LATEST`` names no version, or one whose manifest is not as published.
    """
    path = Path(store) / LATEST
    if not os.path.lexists(path):
        known = ", ".join(versions(store)) or "none"
        raise DataError(f"{path}: is missing, so nothing is published; versions here: {known}.")
    if path.is_symlink() or not path.is_file() or path.stat().st_size > 1000:
        raise DamagedError(f"{path}: expected a small text file that names a version.")
    text = path.read_bytes().decode(errors="replace")
    named = _POINTER.fullmatch(text)
    if named is None:
        raise DamagedError(f"{path}: says {text[:40]!r}; expected the name of a version.")
    name, manifest_hash = named.groups()
    if name not in versions(store):
        raise DamagedError(f"{path}: names {name}, which is not here.")
    manifest = Path(store) / name / MANIFEST
    read_manifest(manifest.parent)  # a damaged one is told as such, not as another one
    if manifest_hash and hash_file(manifest) != manifest_hash:
        raise DamagedError(f"{path}: the manifest of {name} is not the one that was published.")
    return str(name)


def is_store(path: Path) -> bool:
    """Return whether a directory is a store, whole or not."""
    return path.is_dir() and (os.path.lexists(path / LATEST) or bool(versions(path)))


def load_version(store: Path, version: str | None, *, verify: bool) -> Embeddings:
    """Read one version of a store, the latest if none is named; see ``load``."""
    name = version
    try:
        name = latest(store) if version is None else version
        known = versions(store)
        if name not in known:
            raise UsageError(
                f"{store}: there is no version {name!r}; there are: {', '.join(known) or 'none'}."
            )
        return read_directory(store / name, verify=verify)
    except DamagedError as error:
        message = f"{error}\nVersion {name} is refused." if name else str(error)
        raise DamagedError(f"{message} {_advice(store, name)}") from error


def _advice(store: Path, refused: str | None) -> str:
    """Return how to read the newest other version that is whole, if there is one."""
    for name in reversed(versions(store)):
        if name == refused:
            continue
        try:
            read_manifest(store / name).check_files(store / name)
        except X2VecError:
            continue
        return f'Version {name} is whole: load("{store}", version="{name}") reads it.'
    return "No other version is whole: publish again, or restore a copy."


def _check_ours(store: Path) -> None:
    """Refuse a directory that holds anything before the first version is published."""
    others = [
        entry.name
        for entry in store.iterdir()
        if entry.name != LOCK and not entry.name.startswith((_STAGING, _POINTER_STAGING))
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
