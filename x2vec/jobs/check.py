"""A check: everything about a job that can be known without running it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters import local_copies
from x2vec.adapters.base import ITEM_ID
from x2vec.errors import DataError, X2VecError
from x2vec.jobs.cold_start import refuse_cold, refuse_few, silent_columns
from x2vec.jobs.config import Job, read_job
from x2vec.jobs.early import (
    first_events,
    has_more_events,
    refuse_columns,
    refuse_place,
    types_of,
)
from x2vec.jobs.items import ItemTable, columns_of, read_items
from x2vec.jobs.memory import memory_of
from x2vec.jobs.reading import in_section
from x2vec.jobs.rules import refuse_rules
from x2vec.jobs.side_of_job import refuse_side
from x2vec.jobs.watch import Ear
from x2vec.progress import Listener, Notice, silent

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
        n_items: Items in the item table; 0 where there is none.
        items: Name and type of each of its columns beside the ids.
        notices: What was noticed of it: rows without an id, and items that it does not hold, among
            those of the first events.
        warnings: What makes a run of no use, or would stop it if all events were like the first.
    """

    job: dict[str, Any]
    columns: dict[str, str]
    memory: dict[int, int]
    n_items: int
    items: dict[str, str]
    notices: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def check(path: str | Path, *, listen: Listener = silent) -> CheckReport:
    """Check a job file: its keys, its source's first rows, its item table, its store's place.

    Args:
        path: The TOML file.
        listen: Hears how far fetching remote files is, and what is noticed.

    Raises:
        ConfigError: The file breaks the rules: every problem in one message.
        X2VecError: Every problem of what it points to, of the kind of the first one.
    """
    written = read_job(path)
    job = written.located(Path(path).resolve().parent)
    problems: list[X2VecError] = []
    seen, hear = _Seen(), Ear(listen)
    looks: list[Callable[[Job], Any]] = [
        refuse_place,
        lambda job: seen.look_at_items(job, hear),
        seen.look_at_events,
        lambda job: job.of_test and in_section("test", _Seen().look_at_events, job.of_test),
        lambda job: seen.compare(job, hear),
    ]
    with local_copies(hear):
        for look in looks:
            try:
                look(job)
            except X2VecError as error:
                problems.append(error)
    if problems:
        raise type(problems[0])("\n".join(str(problem) for problem in problems))
    return CheckReport(
        written.to_dict(),
        {} if seen.events is None else types_of(seen.events),
        _foresee(job),
        n_items=0 if seen.items is None else seen.items.table.num_rows,
        items={} if seen.items is None else types_of(seen.items.columns),
        notices=tuple(hear.notices),
        warnings=tuple(seen.warnings),
    )


def _foresee(job: Job) -> dict[int, int]:
    foreseen = {n: memory_of(n, job.model, job.training, is_kept=True) for n in _ITEMS}
    return {n: memory.total for n, memory in foreseen.items() if memory is not None}


class _Seen:
    """What a check has seen of a job's tables, as far as it could be read."""

    def __init__(self) -> None:
        self.events: pa.RecordBatch | None = None
        self.items: ItemTable | None = None
        self.warnings: list[str] = []

    def look_at_items(self, job: Job, hear: Listener) -> None:
        """Read the item table, and refuse one that cold start or training cannot look at."""
        self.items = read_items(job, listen=hear)
        refuse_cold(job, self.items)
        refuse_side(job, self.items)
        self.warnings += silent_columns(job, self.items)

    def look_at_events(self, job: Job) -> None:
        """Read the first events, if they have all the columns that it takes."""
        refuse_rules(job)
        events = first_events(job)
        refuse_columns(job, types_of(events))
        self.events = events

    def compare(self, job: Job, hear: Listener) -> None:
        """Tell which of the items of the first events the item table does not hold.

        Raises:
            DataError: It holds none, or says nothing of them, and there are no other events.
        """
        if self.events is None or self.items is None:
            return
        asked = pc.unique(self.events[ITEM_ID])
        items = self.items.like(asked.type, listen=hear)
        try:
            refuse_few(job, columns_of(asked, items))
        except DataError as error:
            if not has_more_events(job):
                raise
            self.warnings.append(f"if all events were like the first, a run would stop: {error}")
            return
        missing = asked.filter(pc.invert(pc.is_in(asked, value_set=items.ids)))
        if len(missing):
            some = ", ".join(repr(one) for one in missing[:5].to_pylist())
            text = (
                f"{len(missing):,} of the {len(asked):,} items of the first events are not in the "
                f"item table, such as {some}"
            )
            hear(Notice("items", text))
