"""The store of an export, opened: its embeddings, and which version of them it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from x2vec.embeddings import Embeddings, latest, load
from x2vec.embeddings.durable import hash_file
from x2vec.embeddings.manifest import ITEMS, MANIFEST
from x2vec.embeddings.store import is_store
from x2vec.jobs.export.config import Store

__all__ = ["Opened", "open_store"]


@dataclass(frozen=True, eq=False)
class Opened:
    """Embeddings that were read.

    Attributes:
        embeddings: All of them, verified.
        version: The name of the store's version, or of the directory or file.
        sha256: Of its manifest, or of the file.
    """

    embeddings: Embeddings
    version: str
    sha256: str


def open_store(store: Store) -> Opened:
    """Open the version that a job names, or the latest as it is now.

    Raises:
        DamagedError: The bytes are not what was written.
        UsageError: There is no such version.
        StorageError: There is nothing, or it cannot be read.
    """
    path, version = Path(store.path), store.version
    if is_store(path):
        version = version or latest(path)
    embeddings = load(path, version=version)
    if path.is_file():
        return Opened(embeddings, path.name, hash_file(path))
    directory = path / version if version is not None else path
    named = directory / MANIFEST
    return Opened(
        embeddings, directory.name, hash_file(named if named.exists() else directory / ITEMS)
    )
