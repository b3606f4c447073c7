"""One directory or file of embeddings: save and load."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from x2vec.embeddings.durable import check_space, storage_errors, sync_directory, writing
from x2vec.embeddings.manifest import CONTEXT, ITEMS, MANIFEST, Manifest, read_manifest
from x2vec.embeddings.parquet_read import check_parquet, read_context, read_items
from x2vec.embeddings.parquet_write import expected_bytes, write_context, write_items
from x2vec.errors import DamagedError, DataError, StorageError, UsageError

if TYPE_CHECKING:
    from x2vec.embeddings.value import Embeddings

__all__ = ["load", "read_directory", "save", "write_directory"]


def load(path: str | Path, version: str | None = None, *, verify: bool = True) -> Embeddings:
    """Read embeddings from a store, from one directory, or from a bare Parquet file.

    Args:
        path: A store (its ``LATEST`` is read), a version's or saved directory, or a file.
        version: A version of a store, such as ``"v000001"``; None takes the latest.
        verify: Whether to check every byte against the manifest and every page checksum.
            Sizes, shapes, ids and numbers are always checked.

    Raises:
        DamagedError: The bytes are not what was written; a whole version is suggested.
        DataError: It is no store, or a newer x2vec wrote it.
        UsageError: A version is asked for where there are none.
        StorageError: There is nothing, or it cannot be read.
    """
    try:
        return _load(Path(path), version, verify=verify)
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error}. Check its permissions.") from error
    except MemoryError as error:
        raise StorageError(f"{path}: does not fit into memory: {error}.") from error


def _load(path: Path, version: str | None, *, verify: bool) -> Embeddings:
    from x2vec.embeddings import store

    if not path.exists():
        raise StorageError(f"{path}: there is no such file or directory.")
    if path.is_dir() and store.is_store(path):
        return store.load_version(path, version, verify=verify)
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


def read_directory(path: Path, *, verify: bool) -> Embeddings:
    """Read a directory that has a manifest; nothing is read before all sizes are right."""
    manifest = read_manifest(path)
    manifest.check_files(path, verify=verify)
    embeddings = read_items(path / ITEMS, verify=verify)
    found = (len(embeddings), embeddings.vector_size)
    if found != (manifest.n_items, manifest.vector_size):
        raise DamagedError(
            f"{path / ITEMS}: {found[0]} vectors of {found[1]} numbers; its manifest says "
            f"{manifest.n_items} of {manifest.vector_size}."
        )
    context = None
    if CONTEXT in manifest.files:
        context = read_context(path / CONTEXT, embeddings.items, verify=verify)
    try:
        return dataclasses.replace(
            embeddings, context_vectors=context, provenance=manifest.provenance
        )
    except DataError as error:
        raise DamagedError(f"{path}: {error}") from error


def write_directory(embeddings: Embeddings, path: Path) -> None:
    """Write a new directory, all of it synced, its manifest last."""
    path.mkdir()
    files = {ITEMS: write_items(embeddings, path / ITEMS)}
    if embeddings.context_vectors is not None:
        files[CONTEXT] = write_context(embeddings, path / CONTEXT)
    sync_directory(path)
    manifest = Manifest.describe(
        len(embeddings), embeddings.vector_size, embeddings.provenance, files
    )
    with writing(path / MANIFEST) as file:
        file.write(manifest.to_bytes())
    sync_directory(path)


def save(embeddings: Embeddings, path: Path, *, overwrite: bool) -> Path:
    """Write embeddings beside ``path``, then move them there; see ``Embeddings.save``."""
    is_file = path.suffix == ".parquet"
    _check_target(path, is_file=is_file, overwrite=overwrite)
    needed = expected_bytes(embeddings)
    beside = path.with_name(f".{path.name}.staging-{os.getpid()}")
    with storage_errors(path.parent, needed):
        path.parent.mkdir(parents=True, exist_ok=True)
        check_space(path.parent, needed)
        try:
            _remove(beside)
            if is_file:
                write_items(embeddings, beside)
            else:
                write_directory(embeddings, beside)
                if path.exists():  # two steps: a directory cannot be replaced in one
                    old = path.with_name(f".{path.name}.old-{os.getpid()}")
                    path.rename(old)
                    beside.rename(path)
                    _remove(old)
            if beside.exists():
                beside.replace(path)
            sync_directory(path.parent)
        finally:
            _remove(beside)
    return path


def _check_target(path: Path, *, is_file: bool, overwrite: bool) -> None:
    from x2vec.embeddings.store import is_store

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
            return {"item_id", "count", "origin", "embedding"} <= set(names)
        known = set(read_manifest(path).files) | {MANIFEST}
        return {entry.name for entry in path.iterdir()} <= known
    except DataError:
        return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
