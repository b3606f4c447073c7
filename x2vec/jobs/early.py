"""What can be known to stop a run before the expensive part: ``check`` and ``run`` ask the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from x2vec.adapters import Events, open_events
from x2vec.adapters.base import KIND, TIME, WEIGHT
from x2vec.corpus import Sequences
from x2vec.embeddings import check_store
from x2vec.errors import ConfigError, SourceError
from x2vec.jobs.config import Job
from x2vec.jobs.rules import rules_of_source
from x2vec.recommendation import QueryForm
from x2vec.search.approximate import faiss

__all__ = [
    "columns_found",
    "first_columns",
    "first_events",
    "has_more_events",
    "refuse_columns",
    "refuse_place",
    "refuse_unnamed",
    "types_of",
]


def refuse_place(job: Job) -> None:
    """Refuse a store that nothing can be published to; to be asked before anything is read.

    Raises:
        StorageError: It holds something else, or cannot be written.
        MissingPackageError: It is to get an index, and faiss is not installed.
    """
    check_store(job.publish.store)
    if job.publish.index is not None:
        faiss()


def first_columns(job: Job) -> dict[str, str]:
    """Return name and type of each column of the first events.

    Raises:
        SourceError: The source cannot be read, or holds no rows.
    """
    return types_of(first_events(job))


def first_events(job: Job) -> pa.RecordBatch:
    """Return the first events.

    Raises:
        SourceError: The source cannot be read, or holds no rows.
    """
    for batch in _all_events(job):
        return batch
    raise SourceError(f"{job.source.adapter}: the source holds no rows.")


def has_more_events(job: Job) -> bool:
    """Return whether there are others than the first events.

    Raises:
        SourceError: The source cannot be read.
    """
    return len(list(islice(_all_events(job), 2))) > 1


def _all_events(job: Job) -> Events:
    return open_events(job.source.adapter, job.source.options, max_missing_share=1)


def types_of(table: pa.RecordBatch | pa.Table) -> dict[str, str]:
    """Return name and type of each column."""
    return {field.name: str(field.type) for field in table.schema}


def columns_found(sequences: Sequences) -> dict[str, str]:
    """Return name and type of the columns of times, kinds and weights that sequences have."""
    columns = {} if sequences.kinds is None else {KIND: "string"}
    if sequences.weights is not None:
        columns[WEIGHT] = "float"
    if sequences.times is not None:
        columns[TIME] = "timestamp" if sequences.has_clock else "int64"
    return columns


def refuse_unnamed(job: Job) -> None:
    """Refuse, before all is read, a job that needs what its source names no column of.

    Raises:
        ConfigError: The first events have none either.
        SourceError: The source cannot be read, or holds no rows.
    """
    named = {name for name in (TIME, KIND, WEIGHT) if getattr(job.source.options, name, None)}
    if not {need.column for need in _needs(job)} <= named:
        refuse_columns(job, first_columns(job))


def refuse_columns(job: Job, columns: Mapping[str, str]) -> None:
    """Refuse a job that needs times, kinds or weights which its source does not give.

    Args:
        job: The job.
        columns: Name and type of each column of events.

    Raises:
        ConfigError: Gaps, dwell times and half-lives need timestamps, a split by time at least
            positions, ends the kinds of events, and a weighted query form their weights.
    """
    problems = []
    for need in _needs(job):
        kind = columns.get(need.column)
        if kind is None or (need.is_clock and not kind.startswith("timestamp")):
            found, remedy = "none", f"Name the column ({need.column} = ...)"
            if kind is not None:
                found = "only positions"
                remedy = 'If they are times, set time_unit ("s", "ms" ...)'
            problems.append(
                f"{need.key} needs a {need.column} of each event, and the source gives {found}. "
                f"{remedy}, or {need.otherwise}."
            )
    if problems:
        raise ConfigError("\n".join(problems))


@dataclass(frozen=True)
class _Need:
    """What one key of a job asks of the events."""

    key: str
    column: str
    otherwise: str
    is_clock: bool = False


def _needs(job: Job) -> list[_Need]:
    needs = []
    for section, rules in (("source", rules_of_source(job)), ("sequences", job.sequences)):
        for name in ("gap", "min_dwell"):
            if (bound := getattr(rules, name)) is not None:
                key = f"[{section}] {name} = {bound!r}"
                needs.append(_Need(key, TIME, f"leave {name} out", is_clock=True))
        if rules.ends:
            needs.append(_Need(f"[{section}] ends = {[*rules.ends]}", KIND, "leave ends out"))
    if job.evaluate is not None and job.evaluate.split == "time":
        otherwise = 'set split = "leave-last-out"'
        needs.append(_Need('[evaluate] split = "time"', TIME, otherwise))
    if job.evaluate is not None or job.training.patience:  # else nothing is asked
        needs += _needs_of_query(job.form)
    return needs


def _needs_of_query(form: QueryForm) -> list[_Need]:
    needs = []
    if form.half_life is not None:
        key = f"[query] half_life = {form.half_life!r}"
        needs.append(_Need(key, TIME, "leave half_life out", is_clock=True))
    if form.weighted:
        needs.append(_Need("[query] weighted = true", WEIGHT, "leave weighted out"))
    return needs
