"""What a run reads before it trains, and what tells whether it is what was read before."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from x2vec.evaluation import NextItemQueries
from x2vec.jobs.cold_start import refuse_cold, refuse_few, silent_columns
from x2vec.jobs.config import Job, QueryChoice
from x2vec.jobs.digests import digest_of, digest_of_events
from x2vec.jobs.items import ItemTable, columns_of, others_of, read_items
from x2vec.jobs.reading import Ready, read_and_split
from x2vec.jobs.side_of_job import refuse_side
from x2vec.progress import Listener, Notice

__all__ = ["Input", "read_input"]


@dataclass(frozen=True, eq=False)
class Input:
    """What a job has read.

    Attributes:
        ready: What is trained on, and what is asked.
        columns: What is known of the items that training gives a vector, a row each; None without
            columns.
        others: What is known of the items that are to get an inferred one; None where none are.
        is_dated: Whether the times and weights of events may decide how they are asked.
    """

    ready: Ready
    columns: pa.Table | None
    others: pa.Table | None = None
    is_dated: bool = False

    def digests(self) -> dict[str, str]:
        """Return the sha256 of each part that decides about vectors, columns or figures, by name.

        What was read and left no trace in any of them does not count: a row without an item, or,
        but for cold start, what the item table says of an item that has no events.
        """
        prepared, queries = self.ready.prepared, self.ready.queries
        found = {"training events": prepared.corpus.digest()}
        if prepared.side is not None:
            found["side information"] = prepared.side.digest()
        if prepared.validation is not None:
            found["validation events"] = prepared.validation.fingerprint
        if self.ready.validation is not None:
            found["events that choose the query"] = self.ready.validation.queries.fingerprint
        if queries is not None:
            found["test events"] = NextItemQueries.of(queries, prepared.vocabulary).fingerprint
            if self.is_dated:
                found["times and weights"] = digest_of_events(queries.histories)
        if self.columns is not None:
            items = prepared.vocabulary.items
            found["item table"] = digest_of(self.columns.take(pc.sort_indices(items)))
        if self.others is not None:
            found["items without events"] = digest_of(self.others)
        return found


def read_input(job: Job, *, hear: Listener) -> Input:
    """Read a job's source and item table, clean, split, and put the columns beside the items.

    Args:
        job: The job, its paths located.
        hear: Hears the progress.

    Raises:
        X2VecError: Whatever is wrong with the job, its source, its item table or its cold start.
    """
    ready, items = read_and_split(job, hear=hear, beside=lambda: _items(job, hear))
    is_dated = (
        isinstance(job.query, QueryChoice) or job.form.weighted or job.form.half_life is not None
    )
    if items is None:
        return Input(ready, None, is_dated=is_dated)
    known = ready.prepared.vocabulary.items
    items = items.like(known.type, listen=hear)
    columns = columns_of(known, items, listen=hear)
    refuse_few(job, columns)
    is_inferred = job.cold_start is not None and job.cold_start.infer
    others = others_of(known, items) if is_inferred else None
    return Input(ready, columns, others, is_dated)


def _items(job: Job, hear: Listener) -> ItemTable | None:
    items = read_items(job, listen=hear)
    refuse_cold(job, items)
    refuse_side(job, items)
    for text in silent_columns(job, items):
        hear(Notice("cold start", text))
    return items
