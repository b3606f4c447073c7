"""The adapter ``sql``: a query is run, and each of its rows is an event."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from x2vec.adapters.base import ITEM_ID, SEQUENCE_ID, TIME, WEIGHT, Place, marked
from x2vec.adapters.sql.connections import connected
from x2vec.adapters.sql.options import SqlOptions
from x2vec.adapters.sql.results import read_result

__all__ = ["SqlAdapter"]

_NAMES = {"sequence": SEQUENCE_ID, "item": ITEM_ID, "time": TIME, "weight": WEIGHT}


class SqlAdapter:
    """Reads what a database answers; nothing is written to it."""

    name = "sql"
    options = SqlOptions
    ordered = True
    in_one_thread = True

    def read(self, options: SqlOptions) -> Iterator[pa.RecordBatch]:
        """Run the query, and yield its rows batch by batch; each call runs it again.

        Raises:
            SourceError: The database cannot be opened or fails, or a column is missing.
            UsageError: The query is wrong.
            MissingPackageError: A driver is not installed.
        """
        row = 1
        names = [_NAMES[option] for option in options.columns]
        with connected(options.path) as database:
            for batch in read_result(database, options.query, options.columns):
                yield marked(batch.rename_columns(names), Place(f"query in {database.name}", row))
                row += batch.num_rows
