"""Why a result is what it is: what was asked for, of which input, with which libraries.

Two runs with the same causes publish the same, but for what several workers make of chance. So the
manifest keeps them, and a run whose causes are those of the published version has nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from x2vec.embeddings import latest, read_manifest
from x2vec.embeddings.store import is_store
from x2vec.errors import DataError, StorageError
from x2vec.jobs.used import library_versions
from x2vec.progress import Listener, Notice

__all__ = ["Causes", "unchanged_since"]


@dataclass(frozen=True)
class Causes:
    """What decides about a result.

    Attributes:
        job: The fingerprint of the job.
        inputs: The sha256 of each part of what was read, by name.
        versions: Those of Python, x2vec and the libraries that figures may depend on, by name.

    Example:
        >>> one = Causes("4f2a", {"training events": "77d1"}, {"x2vec": "1.0"})
        >>> other = Causes("4f2a", {"training events": "9a0c"}, {"x2vec": "1.1"})
        >>> one.differences(other)
        ['training events', 'the version of x2vec']
        >>> one.differences(Causes.from_config(one.to_config()))
        []
    """

    job: str
    inputs: Mapping[str, str]
    versions: Mapping[str, str]

    @classmethod
    def here(cls, job: str, inputs: Mapping[str, str]) -> Causes:
        """Return the causes of a result that is made by what is installed here."""
        return cls(job, inputs, library_versions())

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Causes | None:
        """Return the causes that a manifest's config keeps; None where it keeps none."""
        try:
            return cls(
                str(config["job_fingerprint"]), dict(config["inputs"]), dict(config["versions"])
            )
        except (KeyError, TypeError, ValueError):
            return None

    def to_config(self) -> dict[str, Any]:
        """Return what a manifest's config keeps of them."""
        return {
            "job_fingerprint": self.job,
            "inputs": dict(self.inputs),
            "versions": dict(self.versions),
        }

    def differences(self, other: Causes) -> list[str]:
        """Return what is not the same, in words; empty where all of it is."""
        found = ["the job"] if self.job != other.job else []
        found += _unlike(self.inputs, other.inputs)
        versions = _unlike(self.versions, other.versions)
        return [*found, *(f"the version of {name}" for name in versions)]


def unchanged_since(causes: Causes, store: str | Path, *, listen: Listener) -> Path | None:
    """Return the version that a store's readers see, if it has these causes and is whole.

    Where it is not, what has changed is told, so that a log says why a run had to be.

    Args:
        causes: Those of the result that would be published.
        store: The store's directory, which need not be there.
        listen: Hears it.

    Returns:
        The directory of the version; None where there is something to publish.
    """
    store = Path(store)
    if not is_store(store):
        return None
    try:
        version = store / latest(store)
        manifest = read_manifest(version)
        known = Causes.from_config(manifest.provenance.config)
        changed = [] if known is None else causes.differences(known)
        if known is not None and not changed:
            manifest.check_files(version)
            return version
    except (DataError, StorageError) as error:  # nothing is published, or nothing whole
        listen(Notice("read", f"{error} This run publishes anew."))
        return None
    if known is None:
        listen(Notice("read", f"{version.name} does not say what it was made from"))
    else:
        listen(Notice("read", f"changed since {version.name}: {', '.join(changed)}"))
    return None


def _unlike(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    return [name for name in {**one, **other} if one.get(name) != other.get(name)]
