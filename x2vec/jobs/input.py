"""What a run reads before it trains, and what tells whether it is what was read before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from x2vec.corpus import Sequences
from x2vec.evaluation import NextItemQueries
from x2vec.jobs.config import Job, QueryChoice
from x2vec.jobs.items import columns_of, read_items
from x2vec.jobs.reading import Ready, read_and_split
from x2vec.progress import Listener

__all__ = ["Input", "read_input"]


@dataclass(frozen=True, eq=False)
class Input:
    """What a job has read.

    Attributes:
        ready: What is trained on, and what is asked.
        columns: What is known of the items that get a vector, a row each; None without columns.
        is_dated: Whether the times and weights of events may decide how they are asked.
    """

    ready: Ready
    columns: pa.Table | None
    is_dated: bool = False

    def digests(self) -> dict[str, str]:
        """Return the sha256 of each part that decides about vectors, columns or figures, by name.

        What was read and left no trace in any of them does not count: a row without an item, or
        what the item table says of an item that has no events.
        """
        prepared, queries = self.ready.prepared, self.ready.queries
        found = {"training events": prepared.corpus.digest()}
        if prepared.validation is not None:
            found["validation events"] = prepared.validation.fingerprint
        if self.ready.validation is not None:
            found["events that choose the query"] = self.ready.validation.queries.fingerprint
        if queries is not None:
            found["test events"] = NextItemQueries.of(queries, prepared.vocabulary).fingerprint
            if self.is_dated:
                found["times and weights"] = _digest_of_events(queries.histories)
        if self.columns is not None:
            items = prepared.vocabulary.items
            found["item table"] = _digest(self.columns.take(pc.sort_indices(items)))
        return found


def read_input(job: Job, *, hear: Listener) -> Input:
    """Read a job's source and item table, clean, split, and put the columns beside the items.

    Args:
        job: The job, its paths located.
        hear: Hears the progress.

    Raises:
        X2VecError: Whatever is wrong with the job, its source or its item table.
    """
    ready, items = read_and_split(job, hear=hear, beside=lambda: read_items(job, listen=hear))
    columns = None
    if items is not None:
        columns = columns_of(ready.prepared.vocabulary.items, items, listen=hear)
    is_open = isinstance(job.query, QueryChoice)
    is_dated = is_open or job.form.half_life is not None or job.form.weighted
    return Input(ready, columns, is_dated)


def _digest_of_events(histories: Sequences) -> str:
    digest = hashlib.sha256()
    for column in (histories.times, histories.weights):
        digest.update(b"none" if column is None else np.ascontiguousarray(column).data)
    return digest.hexdigest()


def _digest(table: pa.Table) -> str:
    """Return the sha256 of a table's content, whatever its buffers hold beside it."""
    digest = hashlib.sha256()
    plain = table.replace_schema_metadata(None)
    for name in plain.column_names:  # as Parquet: nulls have no bytes there, chunks no borders
        sink = pa.BufferOutputStream()
        pq.write_table(plain.select([name]).combine_chunks(), sink)
        digest.update(sink.getvalue())
    return digest.hexdigest()
