"""What can be known to stop a run before the expensive part: ``check`` and ``run`` ask the same."""

from __future__ import annotations

from collections.abc import Mapping

from x2vec.adapters import open_events
from x2vec.embeddings import check_store
from x2vec.errors import ConfigError, SourceError
from x2vec.jobs.config import Job

__all__ = ["first_columns", "refuse_place", "refuse_times", "refuse_untimed"]


def refuse_place(job: Job) -> None:
    """Refuse a store that nothing can be published to; to be asked before anything is read.

    Raises:
        StorageError: It holds something else, or cannot be written.
    """
    check_store(job.publish.store)


def first_columns(job: Job) -> dict[str, str]:
    """Return name and type of each column of the first events.

    Raises:
        SourceError: The source cannot be read, or holds no rows.
    """
    for batch in open_events(job.source.adapter, job.source.options, max_missing_share=1):
        return {field.name: str(field.type) for field in batch.schema}
    raise SourceError(f"{job.source.adapter}: the source holds no rows.")


def refuse_untimed(job: Job) -> None:
    """Refuse, before all is read, a job that needs times and whose source names none.

    Raises:
        ConfigError: The first events have no times either.
        SourceError: The source cannot be read, or holds no rows.
    """
    by_time = job.evaluate is not None and job.evaluate.split == "time"
    needs_times = by_time or job.sequences.gap is not None
    if needs_times and not getattr(job.source.options, "time", None):
        refuse_times(job, first_columns(job))


def refuse_times(job: Job, columns: Mapping[str, str]) -> None:
    """Refuse a job that needs times which its source does not give.

    Args:
        job: The job.
        columns: Name and type of each column of events.

    Raises:
        ConfigError: A gap needs timestamps, a split by time needs at least positions.
    """
    kind = columns.get("time")
    found = "none" if kind is None else "only positions"
    problems = []
    if job.sequences.gap is not None and not (kind or "").startswith("timestamp"):
        problems.append(
            f"[sequences] gap = {job.sequences.gap!r} needs a time of each event, and the source "
            f"gives {found}. Name the time column (time = ...), or leave gap out."
        )
    if job.evaluate is not None and job.evaluate.split == "time" and kind is None:
        problems.append(
            f'[evaluate] split = "time" needs a time of each event, and the source gives {found}. '
            'Name the time column (time = ...), or set split = "leave-last-out".'
        )
    if problems:
        raise ConfigError("\n".join(problems))
