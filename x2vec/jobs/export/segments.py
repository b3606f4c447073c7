"""How often each item stands in the histories of each segment of the queries."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from x2vec.jobs.export.loading import Loaded
from x2vec.recommendation import SegmentCounts

__all__ = ["counts_of_segments"]


def counts_of_segments(loaded: Loaded, n_rows: int) -> SegmentCounts:
    """Count in the tables, where the histories are, by segments in ascending order.

    Args:
        loaded: The histories; queries without a segment count in none.
        n_rows: Items of the store.
    """
    from scipy.sparse import csr_array

    codes = np.flatnonzero(loaded.known)
    connection = loaded.table.connection
    rows = {"code": pa.array(codes, pa.int32()), "row": pa.array(loaded.rows[codes])}
    connection.register("known_items", pa.table(rows))
    found = connection.sql(
        f"SELECT segment, row, count(*) AS n FROM ({loaded.sql}) JOIN known_items USING (code) "
        "WHERE segment IS NOT NULL GROUP BY segment, row ORDER BY segment, row"
    ).to_arrow_table()
    connection.unregister("known_items")
    names = found["segment"].combine_chunks()
    segments = names.unique()
    owners = np.asarray(pc.index_in(names, value_set=segments))
    counts = csr_array(
        (np.asarray(found["n"]), (owners, np.asarray(found["row"]))), shape=(len(segments), n_rows)
    )
    return SegmentCounts(segments, counts)
