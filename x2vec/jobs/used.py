"""What made the figures of a report, as plain values: data, split, seed, settings, versions."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib import metadata
from shlex import quote
from typing import Any, Final

from x2vec.corpus import Ledger
from x2vec.jobs.config import Job
from x2vec.jobs.steps import Prepared

__all__ = ["library_versions", "used_by"]

_LIBRARIES: Final = {
    "x2vec": "x2vec-engine",
    "numpy": "numpy",
    "scipy": "scipy",
    "numba": "numba",
    "pyarrow": "pyarrow",
    "duckdb": "duckdb",
    "implicit": "implicit",
    "scikit-learn": "scikit-learn",
    "gensim": "gensim",
}
"""Those that figures may depend on, and what the package index calls them."""


def used_by(job: Job, *, name: str, split: str, read: Ledger, prepared: Prepared) -> dict[str, Any]:
    """Return what a report of a job says of how it was made.

    Args:
        job: The job, its paths as they are written.
        name: The path of its file, as it was typed.
        split: How it was split, in words.
        read: What was read and kept.
        prepared: What was trained on.
    """
    plain = job.to_dict()
    data = {
        "rows read": read.rows_in,
        "rows used": read.rows_out,
        "sequences used": read.sequences_out,
        "training sequences": len(prepared.corpus),
        "training events": prepared.corpus.n_tokens,
        "training data (sha256)": prepared.corpus.digest(),
    }
    sections = ("source", "test", "sequences", "model", "query", "training", "evaluate")
    return {
        "job": name,
        "command": f"x2vec evaluate {quote(name)}",
        "data": data,
        "split": split,
        "seed": job.training.seed,
        "settings": {key: plain[key] for key in sections if plain[key] is not None},
        "fingerprint": job.fingerprint,
        "versions": library_versions(),
    }


def library_versions() -> Mapping[str, str]:
    """Return the versions of Python and of the libraries that figures may depend on.

    Example:
        >>> sorted(library_versions())[:2]
        ['duckdb', 'gensim']
    """
    found = {"python": platform.python_version()}
    for name, distribution in _LIBRARIES.items():
        try:
            found[name] = metadata.version(distribution)
        except metadata.PackageNotFoundError:  # a bare checkout on the path
            continue
    return found
