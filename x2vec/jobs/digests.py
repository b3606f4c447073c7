"""What tells whether a table, or what is known of events, is the one that was read before."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from x2vec.corpus import Sequences

__all__ = ["digest_of", "digest_of_events"]


def digest_of(table: pa.Table) -> str:
    """Return the sha256 of a table's content, whatever its buffers hold beside it."""
    digest = hashlib.sha256()
    plain = table.replace_schema_metadata(None)
    for name in plain.column_names:  # as Parquet: nulls have no bytes there, chunks no borders
        sink = pa.BufferOutputStream()
        pq.write_table(plain.select([name]).combine_chunks(), sink)
        digest.update(sink.getvalue())
    return digest.hexdigest()


def digest_of_events(sequences: Sequences) -> str:
    """Return the sha256 of when the events of sequences happened, and of what they weigh."""
    digest = hashlib.sha256()
    for column in (sequences.times, sequences.weights):
        digest.update(b"none" if column is None else np.ascontiguousarray(column).data)
    return digest.hexdigest()
