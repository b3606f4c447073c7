"""The approximate indexes of a store: a cache beside its versions, which can be thrown away.

``STORE/.ann/v000001-hnsw/`` holds ``index.faiss`` and ``index.json``, which says what that is. An
index is opened only where its bytes are those that were written, from the version's own items, by
the faiss that is here; whatever else is found is rebuilt. Bytes are hashed in memory and opened
from there, so nothing can change in between.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from x2vec.embeddings.durable import Receipt, storage_errors, sync_directory, writing
from x2vec.embeddings.lock import only_publisher
from x2vec.embeddings.manifest import ITEMS, read_manifest, regular_size
from x2vec.embeddings.store import latest, load_version
from x2vec.embeddings.value import Embeddings
from x2vec.errors import DamagedError, StorageError
from x2vec.progress import Listener, Notice, silent
from x2vec.search.approximate import Approximate, Kind, faiss

__all__ = ["INDEXES", "Index", "index_store", "open_index"]

INDEXES = ".ann"
_FILE, _ABOUT = "index.faiss", "index.json"
_STAGING = ".staging-"
_FORMAT_VERSION = 1
_LARGEST_ABOUT = 2**16


@dataclass(frozen=True)
class Index:
    """What ``index.json`` says.

    Attributes:
        kind: ``"hnsw"`` or ``"ivf"``.
        items_sha256: Of the ``items.parquet`` that it was built from.
        faiss: The version of faiss that built it.
        parameters: What it was built with.
        recall: recall@10 against exact search, over ``n_sampled`` items.
        n_sampled: How many items were asked about.
        seconds: What building and measuring took.
        file: Size and hash of ``index.faiss``.
        format_version: Of this description.
    """

    kind: str
    items_sha256: str
    faiss: str
    parameters: dict[str, int]
    recall: float
    n_sampled: int
    seconds: float
    file: Receipt
    format_version: int = _FORMAT_VERSION

    @property
    def told(self) -> str:
        """What it is, in one line."""
        return (
            f"{self.kind}: recall@10 {self.recall:.4f} against exact search, over "
            f"{self.n_sampled:,} items; {self.file.bytes / 1e6:,.1f} MB, built in "
            f"{self.seconds:,.1f} s with faiss {self.faiss}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {**asdict(self), "file": self.file._asdict()}


def index_store(
    store: str | Path, version: str | None = None, *, kind: Kind, listen: Listener = silent
) -> Index:
    """Make sure that a version of a store has an index, and return what it is.

    Raises:
        X2VecError: As ``open_index`` and ``load`` do.
    """
    store = Path(store)
    name = latest(store) if version is None else version
    embeddings = load_version(store, name, verify=True)
    return open_index(store, name, embeddings, kind, listen=listen)[1]


def open_index(
    store: Path, version: str, embeddings: Embeddings, kind: Kind, *, listen: Listener = silent
) -> tuple[Approximate, Index]:
    """Return the index of a version, from the cache or newly built.

    Args:
        store: The store's directory.
        version: The version that ``embeddings`` were read from.
        embeddings: What is searched.
        kind: ``"hnsw"`` or ``"ivf"``.
        listen: Hears why an index that was there is rebuilt, or why none could be kept.

    Raises:
        UsageError: There is no such kind.
        MissingPackageError: faiss is not installed.
        StorageError: The store holds something of that name that is no directory, or writing
            failed.
    """
    items_sha256 = read_manifest(store / version).files[ITEMS].sha256
    folder = store / INDEXES / f"{version}-{kind}"
    if (store / INDEXES).is_symlink():
        raise StorageError(f"{store / INDEXES}: is a link; remove it, a store holds none.")
    if os.path.lexists(folder):
        try:
            return _read(folder, items_sha256, embeddings, kind)
        except DamagedError as reason:
            listen(Notice("index", f"{reason} The index is built again."))
    began = perf_counter()
    built = Approximate.build(embeddings.by_cosine, kind)
    recall = built.recall()
    content = memoryview(faiss().serialize_index(built.index))
    about = Index(
        kind=kind,
        items_sha256=items_sha256,
        faiss=faiss().__version__,
        parameters=built.parameters,
        recall=round(recall, 4),
        n_sampled=min(1000, len(embeddings)),
        seconds=round(perf_counter() - began, 2),
        file=Receipt(content.nbytes, hashlib.sha256(content).hexdigest()),
    )
    _write(folder, content, about, listen)
    return built, about


def _read(
    folder: Path, items_sha256: str, embeddings: Embeddings, kind: Kind
) -> tuple[Approximate, Index]:
    """Read an index, if it is the one that was written, of these items and for this faiss."""
    if folder.is_symlink() or not folder.is_dir():
        raise DamagedError(f"{folder}: expected a directory.")
    about = _about(folder / _ABOUT)
    for name, found, expected in (
        ("items", about.items_sha256, items_sha256),
        ("kind", about.kind, kind),
        ("faiss", about.faiss, faiss().__version__),
    ):
        if found != expected:
            raise DamagedError(f"{folder}: stale: its {name} is {found}, here it is {expected}.")
    path = folder / _FILE
    if regular_size(path) != about.file.bytes:
        raise DamagedError(f"{path}: {regular_size(path):,} bytes, not {about.file.bytes:,}.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != about.file.sha256:
        raise DamagedError(f"{path}: its bytes are not those that were written.")
    index = faiss().deserialize_index(np.frombuffer(content, np.uint8))
    return Approximate(embeddings.by_cosine, kind, index), about


def _about(path: Path) -> Index:
    """Read a description, which carries its own hash in a second line."""
    if regular_size(path) > _LARGEST_ABOUT:
        raise DamagedError(f"{path}: larger than {_LARGEST_ABOUT:,} bytes.")
    text, _, own = path.read_bytes().partition(b"\n")
    if hashlib.sha256(text).hexdigest().encode() != own.strip():
        raise DamagedError(f"{path}: its bytes are not those that were written.")
    try:
        content: dict[str, Any] = json.loads(text)
        about = Index(**{**content, "file": Receipt(**content["file"])})
    except (ValueError, TypeError, KeyError) as error:
        raise DamagedError(f"{path}: incomplete: {error}.") from error
    if about.format_version != _FORMAT_VERSION:
        raise DamagedError(f"{path}: in format version {about.format_version}.")
    return about


def _write(folder: Path, content: memoryview, about: Index, listen: Listener) -> None:
    """Put an index in its place, whole or not at all; the cache may lose it, never half of it."""
    place = folder.parent
    staging = place / f"{_STAGING}{folder.name}-{os.getpid()}"
    with storage_errors(place, content.nbytes):
        place.mkdir(exist_ok=True)
        try:
            with only_publisher(place):
                _sweep(place)
                try:
                    staging.mkdir()
                    with writing(staging / _FILE) as file:
                        file.write(content)
                    text = json.dumps(about.to_dict()).encode()
                    with writing(staging / _ABOUT) as file:
                        file.write(text + b"\n" + hashlib.sha256(text).hexdigest().encode())
                    sync_directory(staging)
                    _remove(folder)
                    staging.rename(folder)
                    sync_directory(place)
                finally:
                    shutil.rmtree(staging, ignore_errors=True)
        except StorageError:
            listen(Notice("index", f"{place}: another process writes an index; this one is used."))


def _sweep(place: Path) -> None:
    """Remove what killed builders left, and indexes of versions that are gone."""
    for entry in sorted(place.iterdir()):
        version = entry.name.partition("-")[0]
        if entry.name.startswith(_STAGING) or (
            version.startswith("v") and not (place.parent / version).is_dir()
        ):
            _remove(entry)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
