"""Load and save: whatever stands at a path - a store, one directory, a bare Parquet file."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from x2vec.embeddings.checks import RESERVED_COLUMNS
from x2vec.embeddings.directory import read_directory, write_directory
from x2vec.embeddings.durable import (
    check_platform,
    check_space,
    making_directory,
    reading_errors,
    storage_errors,
    sync_directory,
)
from x2vec.embeddings.indexes import open_index
from x2vec.embeddings.manifest import ITEMS, MANIFEST, read_manifest
from x2vec.embeddings.parquet_read import check_parquet, read_items
from x2vec.embeddings.parquet_write import expected_bytes, write_items
from x2vec.embeddings.store import is_store, latest, load_version
from x2vec.embeddings.value import Embeddings
from x2vec.errors import DataError, StorageError, UsageError
from x2vec.progress import Listener, silent
from x2vec.search.approximate import Kind

__all__ = ["load", "save"]


def load(
    path: str | Path,
    version: str | None = None,
    *,
    verify: bool = True,
    index: Kind | None = None,
    listen: Listener = silent,
) -> Embeddings:
    """Read embeddings from a store, from one directory, or from a bare Parquet file.

    Args:
        path: A store (its ``LATEST`` is read), a version's or saved directory, or a file.
        version: A version of a store, such as ``"v000001"``; None takes the latest.
        verify: Whether to check every byte against the manifest and every page checksum.
            Sizes, shapes, ids and numbers are always checked.
        index: ``"hnsw"`` or ``"ivf"``: the approximate index to read from the store's cache, or
            to build there, for ``similar(..., approximate=True)``.
        listen: Hears why an index is built again.

    Raises:
        DamagedError: The bytes are not what was written; a whole version is suggested.
        DataError: It is no store, or a newer x2vec wrote it.
        UsageError: A version or an index is asked for where there are no versions.
        MissingPackageError: An index is asked for, and faiss is not installed.
        StorageError: There is nothing, or it cannot be read.
    """
    path = Path(path)
    with reading_errors(path):
        if not path.exists():
            hint = "".join(
                f" A save was killed and left what it was to replace, {old.name}: rename that."
                for old in _left_of(path)[:1]
            )
            advice = hint or " Run the job that publishes it first, or check the path."
            raise StorageError(f"{path}: there is no such file or directory.{advice}")
        if is_store(path):
            if index is None:
                return load_version(path, version, verify=verify)
            name = latest(path) if version is None else version
            embeddings = load_version(path, name, verify=verify)
            return embeddings.with_index(
                open_index(path, name, embeddings, index, listen=listen)[0]
            )
        if index is not None:
            raise UsageError(
                f"{path}: not a store of versions, so it keeps no index; publish the embeddings."
            )
        if version is not None:
            raise UsageError(
                f"{path}: not a store of versions, so there is no {version}; leave it out."
            )
        if path.is_file():
            return read_items(path, verify=verify)
        if not path.is_dir():
            raise StorageError(f"{path}: is neither a file nor a directory.")
        if not (path / MANIFEST).exists() and not (path / ITEMS).exists():
            raise DataError(
                f"{path}: no embeddings here: expected a store with LATEST, a directory with "
                f"{MANIFEST}, or a Parquet file."
            )
        return read_directory(path, verify=verify)


def save(embeddings: Embeddings, path: Path, *, overwrite: bool) -> Path:
    """Write embeddings beside ``path``, then move them there; see ``Embeddings.save``."""
    check_platform()
    is_file = path.suffix == ".parquet"
    needed = expected_bytes(embeddings)
    beside = path.with_name(f".{path.name}.staging-{os.getpid()}")
    with storage_errors(path.parent, needed):
        _restore(path)
        _check_target(path, is_file=is_file, overwrite=overwrite)
        with making_directory(path.parent):
            check_space(path.parent, needed)
            try:
                _remove(beside)
                if is_file:
                    write_items(embeddings, beside)
                    beside.replace(path)
                else:
                    write_directory(embeddings, beside)
                    _swap(beside, path)
                sync_directory(path.parent)
            finally:
                _remove(beside)
    return path


def _swap(new: Path, path: Path) -> None:
    """Put a directory in the place of another, or of none; that one stays if it cannot be."""
    old = path.with_name(f"{_old_name(path)}{os.getpid()}")
    try:
        if path.exists():  # two steps: a directory cannot be replaced in one
            path.rename(old)
        new.rename(path)
    finally:
        _restore(path)


def _restore(path: Path) -> None:
    """Bring back what a save moved away and did not replace; remove what it did replace."""
    for old in _left_of(path):
        if not os.path.lexists(path):
            with suppress(FileNotFoundError):  # another save was quicker
                old.rename(path)
        elif _is_ours(path, is_file=False):
            shutil.rmtree(old, ignore_errors=True)


def _left_of(path: Path) -> list[Path]:
    """Return what saves to this path moved away, the latest first."""
    parent = path.parent
    entries = parent.iterdir() if parent.is_dir() else ()
    left = [entry for entry in entries if entry.name.startswith(_old_name(path))]
    return sorted(left, key=lambda entry: entry.stat().st_mtime_ns, reverse=True)


def _old_name(path: Path) -> str:
    return f".{path.name}.old-"


def _check_target(path: Path, *, is_file: bool, overwrite: bool) -> None:
    if not os.path.lexists(path) or (not is_file and path.is_dir() and not any(path.iterdir())):
        return
    if not is_file and is_store(path):
        raise StorageError(f"{path}: a store of versions; publish to it, or save elsewhere.")
    if not _is_ours(path, is_file=is_file):
        raise StorageError(
            f"{path}: something else is there, no embeddings of x2vec; it is never overwritten."
        )
    if not overwrite:
        raise StorageError(f"{path}: is there already; pass overwrite=True to replace it.")


def _is_ours(path: Path, *, is_file: bool) -> bool:
    if path.is_symlink() or path.is_dir() == is_file:
        return False
    try:
        if is_file:
            names = check_parquet(path, verify=False).schema_arrow.names
            return set(RESERVED_COLUMNS) <= set(names)
        known = set(read_manifest(path).files) | {MANIFEST}
        return {entry.name for entry in path.iterdir()} <= known
    except DataError:
        return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
