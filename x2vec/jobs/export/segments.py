"""The items that are popular in each segment of the queries, counted in their histories."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.jobs.export.fallback import Ranked
from x2vec.jobs.export.loading import Loaded

__all__ = ["popular_in_segments"]


def popular_in_segments(
    loaded: Loaded, k: int, allowed: NDArray[np.bool_] | None
) -> dict[str, Ranked]:
    """Return the ``k`` items of most events in each segment, by falling count, then by row.

    Args:
        loaded: The histories; queries without a segment count in none.
        k: How many items of a segment.
        allowed: (n_rows,) the rows of the store that may be shown; None for all.
    """
    shown = loaded.known if allowed is None else loaded.known & allowed[loaded.rows]
    codes = np.flatnonzero(shown)
    connection = loaded.table.connection
    rows = {"code": pa.array(codes, pa.int32()), "row": pa.array(loaded.rows[codes])}
    connection.register("shown_items", pa.table(rows))
    found = connection.sql(
        "SELECT segment, row, count(*) AS n "
        f"FROM ({loaded.sql}) JOIN shown_items USING (code) WHERE segment IS NOT NULL "
        "GROUP BY segment, row "
        "QUALIFY row_number() OVER (PARTITION BY segment ORDER BY n DESC, row) <= $k "
        "ORDER BY segment, n DESC, row",
        params={"k": k},
    ).to_arrow_table()
    connection.unregister("shown_items")
    if not found.num_rows:
        return {}
    names = found["segment"].combine_chunks()
    starts = np.append(0, np.flatnonzero(pc.not_equal(names[1:], names[:-1])) + 1)
    items, counts = np.asarray(found["row"]).astype(np.int64), np.asarray(found["n"])
    return {
        names[int(start)].as_py(): Ranked(items[start:end], counts[start:end].astype(np.float32))
        for start, end in pairwise(np.append(starts, len(names)))
    }
