"""A check: everything about a job that can be known without running it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from x2vec.adapters import open_events
from x2vec.errors import SourceError, StorageError, X2VecError
from x2vec.jobs.canonical import to_dict
from x2vec.jobs.config import Job, read_job
from x2vec.jobs.items import read_items

__all__ = ["CheckReport", "check"]


@dataclass(frozen=True)
class CheckReport:
    """What a job would do.

    Attributes:
        job: The job with all its defaults filled in, as plain values.
        columns: Name and type of each column of events that the source gives.
    """

    job: dict[str, Any]
    columns: dict[str, str]


def check(path: str | Path) -> CheckReport:
    """Check a job file: its keys, its source's first rows, its item table, its store's place.

    Args:
        path: The TOML file.

    Raises:
        ConfigError: The file breaks the rules: every problem in one message.
        X2VecError: Every problem of what it points to, of the kind of the first one.
    """
    job = read_job(path)
    problems: list[X2VecError] = []
    columns: dict[str, str] = {}
    for look in (_store, _items):
        try:
            look(job)
        except X2VecError as error:
            problems.append(error)
    try:
        columns = _columns(job)
    except X2VecError as error:
        problems.append(error)
    if problems:
        raise type(problems[0])("\n".join(str(problem) for problem in problems))
    return CheckReport(to_dict(job), columns)


def _columns(job: Job) -> dict[str, str]:
    for batch in open_events(job.source.adapter, job.source.options, max_missing_share=1):
        return {field.name: str(field.type) for field in batch.schema}
    raise SourceError(f"{job.source.adapter}: the source holds no rows.")


def _items(job: Job) -> None:
    if job.items is not None:
        read_items(job.items)


def _store(job: Job) -> None:
    """Find out whether the store, or its nearest parent that exists, can be written to."""
    place = Path(job.publish.store)
    while not place.exists():
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK):
        raise StorageError(f"[publish] store: {place} is not a directory that can be written to.")
