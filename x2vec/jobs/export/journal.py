"""What an export has done so far: its partitions, whose export they are of, and their counts.

The journal lies beside the partitions while they are written, and becomes the manifest of an
export that is whole. It is replaced in one step after each partition, when that is synced.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from x2vec.embeddings.durable import hash_file, sync_directory, writing
from x2vec.errors import DamagedError, DataError

__all__ = [
    "MANIFEST",
    "FORMAT_VERSION",
    "Identity",
    "Journal",
    "Part",
    "journal_from",
    "read_journal",
]

MANIFEST: Final = "_manifest.json"
"""With an underscore, as readers of directories pass such files over: Arrow, pandas, Spark."""

FORMAT: Final = "x2vec export"
FORMAT_VERSION: Final = 1

_NAME: Final = re.compile(r"part-[0-9]{5,9}-[0-9a-f]{8}\.[a-z]+")
_LARGEST: Final = 64 * 2**20  # bytes of a manifest that is read at all


@dataclass(frozen=True)
class Identity:
    """What decides about the rows of an export.

    Attributes:
        config: The job's fingerprint.
        input: That of the histories and queries that were read; empty for the items of a store.
        store: The sha256 of the manifest of the store's version, or of its file.
        version: The name of the store's version, or of its file.
        x2vec: The version that asks.
    """

    config: str
    input: str
    store: str
    version: str
    x2vec: str = field(default_factory=lambda: metadata.version("x2vec-engine"))

    @property
    def short(self) -> str:
        """Eight characters that tell this export from another in the names of its files."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:8]

    def differences(self, other: Identity) -> str:
        """Name what is not the same, in words."""
        words = {
            "config": "the job's settings",
            "input": "the histories",
            "store": "the store's version",
            "x2vec": "the version of x2vec",
        }
        unlike = [word for key, word in words.items() if getattr(self, key) != getattr(other, key)]
        return " and ".join(unlike)


@dataclass(frozen=True)
class Part:
    """One partition, whole.

    Attributes:
        name: Of its file.
        queries: How many queries were asked.
        rows: How many rows it has.
        last: The id of its last query.
        bytes: Its size.
        sha256: Of its bytes.
    """

    name: str
    queries: int
    rows: int
    last: Any
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Journal:
    """What was done.

    Attributes:
        identity: Of which export.
        parts: The partitions so far, in the order of their queries.
        counts: What was counted, over these.
        about: The job and what else a manifest tells.
    """

    identity: Identity
    parts: tuple[Part, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def n_queries(self) -> int:
        """Queries that were asked."""
        return sum(part.queries for part in self.parts)

    @property
    def n_rows(self) -> int:
        """Rows that were written."""
        return sum(part.rows for part in self.parts)

    def with_part(self, part: Part, counts: dict[str, int]) -> Journal:
        """Return the journal after one more partition."""
        added = Counter(self.counts)
        added.update(counts)
        return replace(self, parts=(*self.parts, part), counts=dict(added))

    def to_dict(self) -> dict[str, Any]:
        """Return what the file says."""
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "identity": asdict(self.identity),
            "queries": self.n_queries,
            "rows": self.n_rows,
            "counts": self.counts,
            **self.about,
            "files": [asdict(part) for part in self.parts],
        }

    def write(self, directory: Path) -> None:
        """Put the journal into a directory, whole, in the place of an older one."""
        beside = directory / f".{MANIFEST}.{os.getpid()}"
        beside.unlink(missing_ok=True)
        with writing(beside) as file:
            file.write(json.dumps(self.to_dict(), indent=1, ensure_ascii=False).encode())
        beside.replace(directory / MANIFEST)
        sync_directory(directory)

    def check(self, directory: Path) -> None:
        """Make sure that the files are there as they were written.

        Raises:
            DamagedError: One is missing, is a link, or has other bytes.
        """
        for part in self.parts:
            path = directory / part.name
            if path.is_symlink() or not path.is_file() or path.stat().st_size != part.bytes:
                raise DamagedError(f"{path}: is missing, or not as large as it was written.")
            if hash_file(path) != part.sha256:
                raise DamagedError(f"{path}: its bytes are not those that were written.")


def read_journal(directory: Path) -> Journal:
    """Read the journal or manifest of a directory.

    Raises:
        DamagedError: It is missing or damaged, or names files elsewhere.
        DataError: A newer x2vec wrote it.
    """
    path = directory / MANIFEST
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST:
            raise ValueError("a link, or too large")
        said = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DamagedError(f"{path}: no manifest of an export: {error}") from error
    return journal_from(said, str(path))


def journal_from(said: Any, name: str) -> Journal:
    """Return the journal that some JSON tells of; errors as above.

    Args:
        said: What was read.
        name: What messages call the place.
    """
    try:
        if said["format"] != FORMAT:
            raise ValueError("another format")
        version = said["format_version"]
        if version > FORMAT_VERSION:
            raise DataError(
                f"{name}: written in format version {version}; this x2vec knows up to "
                f"{FORMAT_VERSION}. Upgrade x2vec."
            )
        parts = tuple(Part(**part) for part in said["files"])
        if not all(_NAME.fullmatch(part.name) for part in parts):
            raise ValueError("it names other files than those of an export")
        about = {key: said[key] for key in said if key in ("job", "read")}
        return Journal(Identity(**said["identity"]), parts, dict(said["counts"]), about)
    except (ValueError, TypeError, KeyError) as error:
        raise DamagedError(f"{name}: no manifest of an export: {error}") from error
