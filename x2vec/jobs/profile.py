"""Profile a job: its source is read as a run reads it, and looked at instead of learnt from."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Final

from x2vec.jobs.canonical import to_dict
from x2vec.jobs.config import Job, read_job
from x2vec.jobs.early import columns_found, refuse_columns
from x2vec.jobs.source import read_sequences
from x2vec.profiling import Profile, profile_sequences
from x2vec.progress import Listener, silent

__all__ = ["profile_job"]

_SECTIONS: Final = ("sequences", "model", "evaluate")


def profile_job(path: str | Path, *, listen: Listener = silent) -> Profile:
    """Read a job's source, and say what it is like and what the job's rules would do.

    Nothing is trained or written. Rows without an id or a time are counted, however many.

    Raises:
        X2VecError: The job is wrong, or the source cannot be read or holds no events.
    """
    job = read_job(path).located(Path(path).resolve().parent)
    sequences = read_sequences(
        job.source.adapter, job.source.options, max_missing_share=1.0, listen=listen
    )
    # A split that the data do not allow is no reason to say nothing about them.
    refuse_columns(dataclasses.replace(job, evaluate=None), columns_found(sequences))
    return profile_sequences(
        sequences,
        job.sequences,
        name=str(path),
        max_missing_share=job.source.max_missing_share,
        settings={name: _said(job, name) for name in _SECTIONS},
    )


def _said(job: Job, section: str) -> dict[str, Any]:
    """Return what a job says in one section apart from the defaults."""
    value = getattr(job, section)
    if value is None:
        return {}
    default = type(value)()
    differing = {
        field.name
        for field in dataclasses.fields(value)
        if getattr(value, field.name) != getattr(default, field.name)
    }
    return {key: one for key, one in to_dict(value).items() if key in differing}
