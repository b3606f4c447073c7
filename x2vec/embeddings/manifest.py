"""The manifest of a version: what its files must be, byte for byte, and where they come from.

It is written last, so a directory with a manifest is whole. It guards itself, too: its field
``manifest_sha256`` is the hash of the file's bytes with 64 zeros in that field's place. That
rule and the field's name hold for every format version to come.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from x2vec.embeddings.durable import Receipt, hash_file
from x2vec.embeddings.provenance import Provenance, plain
from x2vec.errors import DamagedError, DataError, StorageError

__all__ = [
    "ATTRIBUTES",
    "CONTEXT",
    "EVIDENCE",
    "FORMAT_VERSION",
    "ITEMS",
    "MANIFEST",
    "Manifest",
    "QUERY",
    "TOGETHER",
    "read_manifest",
]

FORMAT_VERSION = 1
MANIFEST, ITEMS, CONTEXT = "manifest.json", "items.parquet", "context.parquet"
EVIDENCE, TOGETHER = "evidence.parquet", "together.parquet"
QUERY, ATTRIBUTES = "query.parquet", "attributes.parquet"
_ZEROS = "0" * 64
_LARGEST = 16 * 2**20  # no manifest comes near; a larger file is not read at all


@dataclass(frozen=True)
class Manifest:
    """What ``manifest.json`` says.

    Attributes:
        format_version: Of the layout, not of x2vec.
        created: When, in UTC, as ISO 8601.
        n_items: Rows of ``items.parquet``.
        vector_size: Numbers in each vector.
        provenance: Config, input fingerprint, counts and metrics.
        libraries: Versions of what wrote it, by name.
        files: Size and hash of every file, by name.
    """

    format_version: int
    created: str
    n_items: int
    vector_size: int
    provenance: Provenance
    libraries: Mapping[str, str]
    files: Mapping[str, Receipt]

    @classmethod
    def describe(
        cls, n_items: int, vector_size: int, provenance: Provenance, files: Mapping[str, Receipt]
    ) -> Manifest:
        """Return the manifest of files that were just written, here and now."""
        created = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(
            FORMAT_VERSION, created, n_items, vector_size, provenance, _libraries(), dict(files)
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what the file says, as plain values for JSON."""
        return {
            "format": "x2vec embeddings",
            "format_version": self.format_version,
            "created": self.created,
            "n_items": self.n_items,
            "vector_size": self.vector_size,
            "config": plain(self.provenance.config),
            "input_fingerprint": self.provenance.fingerprint,
            "counts": plain(self.provenance.counts),
            "metrics": plain(self.provenance.metrics),
            "libraries": dict(self.libraries),
            "files": {name: receipt._asdict() for name, receipt in self.files.items()},
        }

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        text = json.dumps({**self.to_dict(), "manifest_sha256": _ZEROS}, indent=2)
        head, _, tail = text.rpartition(_ZEROS)
        return f"{head}{hashlib.sha256(text.encode()).hexdigest()}{tail}".encode()

    def check_files(self, directory: Path, *, verify: bool = True) -> None:
        """Make sure that the files are those described: all sizes first, then every hash.

        Raises:
            DamagedError: One is missing, a link, of another size, or has other bytes.
        """
        for name, receipt in self.files.items():
            _check_name(name, directory)
            size = regular_size(directory / name)
            if size != receipt.bytes:
                raise DamagedError(
                    f"{directory / name}: {size:,} bytes; its manifest says {receipt.bytes:,}."
                )
        for name, receipt in self.files.items() if verify else ():
            if hash_file(directory / name) != receipt.sha256:
                raise DamagedError(
                    f"{directory / name}: its bytes are not those that were written "
                    "(its sha256 is not the manifest's)."
                )


def read_manifest(directory: str | Path) -> Manifest:
    """Read and check the manifest of a version's directory; the files are not looked at.

    Raises:
        DamagedError: It is missing, is not the one that was written, or names files elsewhere.
        DataError: A newer x2vec wrote it.
    """
    path = Path(directory) / MANIFEST
    if regular_size(path) > _LARGEST:
        raise DamagedError(f"{path}: larger than {_LARGEST:,} bytes; this is no manifest of ours.")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}.") from error
    content = _content(raw, path)
    _check_version(content, path)
    try:
        manifest = Manifest(
            format_version=content["format_version"],
            created=str(content["created"]),
            n_items=int(content["n_items"]),
            vector_size=int(content["vector_size"]),
            provenance=Provenance(
                content["config"],
                content["input_fingerprint"],
                content["counts"],
                content["metrics"],
            ),
            libraries=dict(content["libraries"]),
            files={
                name: Receipt(int(entry["bytes"]), str(entry["sha256"]))
                for name, entry in content["files"].items()
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError, DataError) as error:
        raise DamagedError(f"{path}: incomplete: {type(error).__name__} {error}.") from error
    for name in manifest.files:
        _check_name(name, path.parent)
    if ITEMS not in manifest.files:
        raise DamagedError(f"{path}: does not list {ITEMS}.")
    return manifest


def _content(raw: bytes, path: Path) -> dict[str, Any]:
    """Return the parsed manifest once its own hash is right."""
    try:
        content = json.loads(raw.decode())
        own = content["manifest_sha256"]
        if not re.fullmatch("[0-9a-f]{64}", own):
            raise ValueError(own)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DamagedError(f"{path}: damaged, or no manifest of x2vec.") from error
    head, _, tail = raw.rpartition(own.encode())
    if hashlib.sha256(head + _ZEROS.encode() + tail).hexdigest() != own:
        raise DamagedError(f"{path}: its bytes are not those that were written.")
    return dict(content)


def _check_version(content: dict[str, Any], path: Path) -> None:
    version = content.get("format_version")
    if not isinstance(version, int) or version < 1:
        raise DamagedError(f"{path}: format_version is {version!r}; expected a number from 1.")
    if version > FORMAT_VERSION:
        libraries = content.get("libraries")
        writer = libraries.get("x2vec", "?") if isinstance(libraries, dict) else "?"
        raise DataError(
            f"{path}: written by x2vec {writer} in format version {version}; this x2vec reads up "
            f"to {FORMAT_VERSION}. Upgrade x2vec."
        )


def _check_name(name: str, directory: Path) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name):
        raise DamagedError(
            f"{directory / MANIFEST}: names the file {name!r}; a manifest names plain files beside "
            "it, nothing with a slash. Do not use this store: somebody made it by hand."
        )


def regular_size(path: Path) -> int:
    """Return the size of a regular file.

    Raises:
        DamagedError: It is missing, a link, or something else.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        raise DamagedError(f"{path}: is missing.") from None
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}.") from error
    if not stat.S_ISREG(found.st_mode):
        kind = "a link" if stat.S_ISLNK(found.st_mode) else "no regular file"
        raise DamagedError(f"{path}: is {kind}; a store holds regular files only.")
    return found.st_size


def _libraries() -> dict[str, str]:
    names = {"x2vec": "x2vec-engine", "numpy": "numpy", "pyarrow": "pyarrow"}
    found = {"python": platform.python_version()}
    for name, distribution in names.items():
        try:
            found[name] = metadata.version(distribution)
        except metadata.PackageNotFoundError:  # a bare checkout on the path
            found[name] = "unknown"
    return found
