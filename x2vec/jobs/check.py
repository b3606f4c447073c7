"""A check: everything about a job that can be known without running it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from x2vec.adapters import local_copies
from x2vec.errors import X2VecError
from x2vec.jobs.cold_start import refuse_cold
from x2vec.jobs.config import Job, read_job
from x2vec.jobs.early import first_columns, refuse_columns, refuse_place
from x2vec.jobs.items import read_items
from x2vec.jobs.memory import memory_of
from x2vec.jobs.reading import in_section
from x2vec.jobs.rules import refuse_rules
from x2vec.progress import Listener, silent

__all__ = ["CheckReport", "check"]

_ITEMS: Final = (100_000, 1_000_000)


@dataclass(frozen=True)
class CheckReport:
    """What a job would do.

    Attributes:
        job: The job with all its defaults filled in, as plain values.
        columns: Name and type of each column of events that the source gives.
        memory: What training takes beside the corpus, in bytes, for so many items, of which nobody
            knows the number before all is read; empty where the engine is not ours.
    """

    job: dict[str, Any]
    columns: dict[str, str]
    memory: dict[int, int]


def check(path: str | Path, *, listen: Listener = silent) -> CheckReport:
    """Check a job file: its keys, its source's first rows, its item table, its store's place.

    Args:
        path: The TOML file.
        listen: Hears how far fetching remote files is.

    Raises:
        ConfigError: The file breaks the rules: every problem in one message.
        X2VecError: Every problem of what it points to, of the kind of the first one.
    """
    written = read_job(path)
    job = written.located(Path(path).resolve().parent)
    problems: list[X2VecError] = []
    columns: dict[str, str] = {}
    looks: list[Callable[[Job], Any]] = [
        refuse_place,
        lambda job: refuse_cold(job, read_items(job)),
        lambda job: columns.update(_look_at_source(job)),
        lambda job: job.of_test and in_section("test", _look_at_source, job.of_test),
    ]
    with local_copies(listen):
        for look in looks:
            try:
                look(job)
            except X2VecError as error:
                problems.append(error)
    if problems:
        raise type(problems[0])("\n".join(str(problem) for problem in problems))
    return CheckReport(written.to_dict(), columns, _foresee(job))


def _foresee(job: Job) -> dict[int, int]:
    foreseen = {n: memory_of(n, job.model, job.training, is_kept=True) for n in _ITEMS}
    return {n: memory.total for n, memory in foreseen.items() if memory is not None}


def _look_at_source(job: Job) -> dict[str, str]:
    """Return name and type of the columns of the first events, if they are all that it takes."""
    refuse_rules(job)
    columns = first_columns(job)
    refuse_columns(job, columns)
    return columns
