"""A store, read: versions of embeddings side by side, and ``LATEST``, which names the one to read.

Versions never change, so whoever reads one is disturbed by nobody.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from x2vec.embeddings.directory import read_directory
from x2vec.embeddings.durable import hash_file, reading_errors
from x2vec.embeddings.manifest import MANIFEST, read_manifest
from x2vec.embeddings.value import Embeddings
from x2vec.errors import DamagedError, DataError, StorageError, UsageError, X2VecError

__all__ = ["LATEST", "is_store", "latest", "load_version", "next_version", "versions"]

LATEST = "LATEST"
_VERSION = re.compile(r"v\d{6,12}")
_POINTER = re.compile(rf"({_VERSION.pattern})\n(?:([0-9a-f]{{64}})\n)?")


def versions(store: str | Path) -> list[str]:
    """Return the names of a store's versions, oldest first, whether or not they are whole.

    A directory without versions gives an empty list.

    Raises:
        StorageError: There is no such directory, or it cannot be read.
    """
    store = Path(store)
    if not store.exists():
        raise StorageError(f"{store}: there is no such directory, so it holds no versions.")
    with reading_errors(store):
        found = [
            entry.name
            for entry in store.iterdir()
            if _VERSION.fullmatch(entry.name) and entry.is_dir() and not entry.is_symlink()
        ]
    return sorted(found, key=lambda name: int(name[1:]))


def next_version(store: str | Path) -> str:
    """Return the name of the version that whoever publishes next adds to a store.

    Raises:
        StorageError: There is a store that cannot be read.
    """
    known = versions(store) if Path(store).exists() else []
    return f"v{max((int(name[1:]) for name in known), default=0) + 1:06d}"


def latest(store: str | Path) -> str:
    """Return the name of the version that ``LATEST`` names.

    Raises:
        DataError: Nothing was published yet.
        DamagedError: ``LATEST`` names no version, or one whose manifest is not as published.
        StorageError: There is no such directory, or it cannot be read.
    """
    known = versions(store)
    path = Path(store) / LATEST
    with reading_errors(path):
        if not os.path.lexists(path):
            raise DataError(
                f"{path}: is missing, so nothing is published; versions here: "
                f"{', '.join(known) or 'none'}."
            )
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 1000:
            raise DamagedError(f"{path}: expected a small text file that names a version.")
        text = path.read_bytes().decode(errors="replace")
        named = _POINTER.fullmatch(text)
        if named is None:
            raise DamagedError(f"{path}: says {text[:40]!r}; expected the name of a version.")
        name, manifest_hash = named.groups()
        if name not in known:
            raise DamagedError(f"{path}: names {name}, which is not here.")
        manifest = Path(store) / name / MANIFEST
        read_manifest(manifest.parent)  # a damaged one is told as such, not as another one
        if manifest_hash and hash_file(manifest) != manifest_hash:
            raise DamagedError(f"{path}: the manifest of {name} is not the one that was published.")
    return str(name)


def is_store(path: Path) -> bool:
    """Return whether a path is a store, whole or not."""
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
        return (
            f'Version {name} is whole: load("{store}", version="{name}") reads it, and so does '
            f"--version {name} on the command line."
        )
    return "No other version is whole: publish again, or restore a copy."
