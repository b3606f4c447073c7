"""Jobs and stores: run, check, load."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from x2vec import embeddings as _embeddings
from x2vec import jobs as _jobs
from x2vec.embeddings import Embeddings
from x2vec.jobs import (
    CheckReport,
    DryRun,
    RunReport,
)
from x2vec.progress import Listener, silent

__all__ = ["check", "dry_run", "load", "run"]


def run(
    job: str | Path, *, resume: bool = False, force: bool = False, listen: Listener = silent
) -> RunReport:
    """Run a TOML job from its source to a published store.

    Where the store's latest version is of the same job, input and libraries, nothing is trained or
    published, and the report's ``status`` is ``"unchanged"``.

    Args:
        job: The TOML file.
        resume: Whether to go on from the checkpoint of an interrupted run, if there is one.
        force: Whether to train and publish even where nothing has changed.
        listen: Hears progress and notices.

    Raises:
        X2VecError: Whatever went wrong; nothing is published then.
    """
    return _jobs.run(job, resume=resume, force=force, listen=listen)


def dry_run(job: str | Path, *, force: bool = False, listen: Listener = silent) -> DryRun:
    """Read, count and split all that a TOML job names, and say what ``run`` would do then.

    Nothing is trained, and nothing is written. ``check`` looks at the first rows only.

    Args:
        job: The TOML file.
        force: Whether that run would train even where nothing has changed.
        listen: Hears progress and notices.

    Raises:
        X2VecError: What would stop the run before it trains.
    """
    return _jobs.dry_run(job, force=force, listen=listen)


def check(job: str | Path, *, listen: Listener = silent) -> CheckReport:
    """Check a TOML job without running it.

    Args:
        job: The job file.
        listen: Hears how far fetching remote files is.

    Raises:
        X2VecError: Every problem found, in one message.
    """
    return _jobs.check(job, listen=listen)


def load(
    path: str | Path,
    *,
    version: str | None = None,
    index: Literal["hnsw", "ivf"] | None = None,
    listen: Listener = silent,
) -> Embeddings:
    """Open embeddings: a store (its latest version), a saved directory, or an items.parquet.

    Args:
        path: Where they are.
        version: A version of a store, such as ``"v000001"``; None takes the latest.
        index: ``"hnsw"`` or ``"ivf"``, for ``similar(..., approximate=True)``: read from the
            store's cache, or built there.
        listen: Hears why an index is built again.

    Raises:
        DamagedError: The bytes are not what the manifest says; nothing of them is used.
        StorageError: There is nothing to read.
        UsageError: An index is asked for where there is no store of versions.
        MissingPackageError: An index is asked for, and faiss is not installed.
    """
    return _embeddings.load(path, version=version, index=index, listen=listen)
