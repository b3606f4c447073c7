"""The histories of an export, loaded: who is asked about, and which items the store knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.adapters import Events
from x2vec.corpus.event_table import EventTable
from x2vec.embeddings.suggest import closest
from x2vec.errors import DataError, NothingLeftError
from x2vec.jobs.export.asked import load_asked
from x2vec.jobs.export.config import Queries
from x2vec.jobs.export.digest import Digest
from x2vec.jobs.export.likings import Likings
from x2vec.progress import Listener, Notice

__all__ = ["Loaded", "load_histories"]


@dataclass(frozen=True, eq=False)
class Loaded:
    """Histories in a table of DuckDB.

    Attributes:
        table: The events.
        sql: Gives ``query, segment, code, time, kind, weight, position``, a row an event; one whose
            ``code`` is null for a query without events.
        n_queries: How many queries there are.
        query_type: Of their ids.
        items: (n_items,) the items of the events.
        rows: (n_items,) int32, the row in the store of each of them.
        known: (n_items,) bool, whether it has one; where not, ``rows`` means nothing.
        likings: What the queries say that they like.
        counts: What was read, by name.
        fingerprint: Of all that was read.
    """

    table: EventTable
    sql: str
    n_queries: int
    query_type: pa.DataType
    items: pa.Array
    rows: NDArray[np.int32]
    known: NDArray[np.bool_]
    likings: Likings
    counts: dict[str, int]
    fingerprint: str


def load_histories(
    table: EventTable,
    events: Events,
    queries: Queries | None,
    store_items: pa.Array,
    seen: Digest,
    listen: Listener,
) -> Loaded:
    """Say who is asked about, and bring the items to rows of the store.

    Args:
        table: The events, loaded already.
        events: Where they come from.
        queries: The section that says who is asked about; None for all who have a history.
        store_items: (n_rows,) the items of the store.
        seen: The hash of what was read so far.
        listen: Hears what the source says, and which items are unknown.

    Raises:
        NothingLeftError: There is nobody to ask about.
        DataError: The store holds none of the items, or ids are of two types.
        SourceError: The table of queries cannot be read, or holds an id twice.
    """
    connection = table.connection
    item, items, item_notes = table.distinct("item")
    sequence, query_type, sequence_notes = table.id_of("sequence")
    for note in (*events.notes, *item_notes, *sequence_notes):
        listen(Notice("histories", note))
    n_events = connection.execute("SELECT count(*) FROM events").fetchall()[0][0]
    counts = {
        "rows_read": events.rows_read,
        "rows_set_aside": sum(events.set_aside.values()),
        "rows_left_out": sum(events.left_out.values()),
        "events": n_events,
    }
    sql = (
        f"SELECT {sequence} AS query, NULL::VARCHAR AS segment, code, time, kind, weight, position "
        f"FROM events JOIN items ON id = {item}"
    )
    sequences = f"(SELECT DISTINCT {sequence} AS query FROM events)"
    liked: dict[str, str] = {}
    if queries is None:
        n_queries = connection.execute(f"SELECT count(*) FROM {sequences}").fetchall()[0][0]
    else:
        asked = load_asked(connection, queries, query_type if n_events else None, seen)
        n_queries, query_type, liked = asked.n, asked.kind, asked.liked
        counts["queries_without_id"] = asked.without_id
        counts["histories_not_asked"] = connection.execute(
            f"SELECT count(*) FROM {sequences} ANTI JOIN asked USING (query)"
        ).fetchall()[0][0]
        sql = (
            "SELECT a.query, a.segment, h.code, h.time, h.kind, h.weight, h.position FROM asked a "
            f"LEFT JOIN ({sql}) h ON h.query = a.query"
        )
    if not n_queries:
        found = "[histories] holds no events" if queries is None else "[queries] holds no ids"
        raise NothingLeftError(f"{found}, so there is nobody to ask about. Check its path.")
    rows = _rows_of(items, store_items, listen)
    counts |= {"items": len(items), "items_unknown": rows.null_count}
    return Loaded(
        table=table,
        sql=sql,
        n_queries=n_queries,
        query_type=query_type,
        items=items,
        rows=np.asarray(rows.fill_null(0), np.int32),
        known=np.asarray(rows.is_valid()),
        likings=Likings(connection, liked),
        counts=counts,
        fingerprint=seen.value,
    )


def _rows_of(items: pa.Array, known: pa.Array, listen: Listener) -> pa.Array:
    """Return the row of each item in the store, null where it has none; tell of those."""
    rows = pa.nulls(len(items), pa.int32())
    if items.type == known.type:
        rows = pc.index_in(items, value_set=known)
    if len(items) and rows.null_count == len(items):
        raise DataError(
            f"[histories]: the store holds none of the {len(items):,} items: they are "
            f"{items.type}, such as {items[0].as_py()!r}, and those of the store {known.type}, "
            f"such as {known[0].as_py()!r}. Name the right column, or write both in one type."
        )
    if rows.null_count:
        first = items.filter(rows.is_null())[0].as_py()
        near = closest(str(first), known)
        hint = f" (closest: {', '.join(map(repr, near))})" if near else ""
        text = (
            f"{rows.null_count:,} of {len(items):,} items of the histories are not in the store "
            f"and count for nothing, such as {first!r}{hint}"
        )
        listen(Notice("histories", text))
    return rows
