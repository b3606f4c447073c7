"""The known items that a ladder is fitted to: described by a table, and trained."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from x2vec.coldstart.columns import ItemColumns
from x2vec.coldstart.items import ItemTable, as_item_table, is_described
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, NothingLeftError
from x2vec.progress import Listener, Notice

__all__ = ["FEWEST", "kept_items", "known_items"]

FEWEST: Final = 50
"""Known items, below which a fifth of them says nothing."""


def kept_items(embeddings: Embeddings, columns: ItemColumns) -> pa.Table:
    """Return the item table that embeddings keep: the rows that say anything."""
    if embeddings.metadata is None:
        raise ConfigError("the embeddings keep no metadata; give the item table as items")
    table = as_item_table(embeddings.items, embeddings.metadata, columns.item)
    return table.filter(is_described(table, columns))


def known_items(
    table: ItemTable, embeddings: Embeddings, listen: Listener
) -> tuple[ItemTable, np.ndarray]:
    """Return the items of a table that have a trained vector, and their rows in the embeddings."""
    rows = pa.nulls(len(table), pa.int32())
    if table.ids.type == embeddings.items.type:
        rows = pc.index_in(table.ids, value_set=embeddings.items)
    trained = np.append(embeddings.counts > 0, False)
    is_known = trained[np.asarray(rows.fill_null(len(embeddings)))]
    n_known, n_trained = int(np.count_nonzero(is_known)), int(np.count_nonzero(trained))
    if n_known < FEWEST:
        raise NothingLeftError(
            f"the item table describes {n_known:,} of the {n_trained:,} trained items; expected "
            f"{FEWEST} or more. Its ids are {table.ids.type} such as {_some(table.ids)}, theirs "
            f"{embeddings.items.type} such as {_some(embeddings.items)}."
        )
    if n_known < n_trained:
        listen(
            Notice(
                "cold start",
                f"{n_trained - n_known:,} of {n_trained:,} trained items are not in the item "
                "table; nothing is learnt from them",
            )
        )
    if n_known < len(table):
        listen(
            Notice(
                "cold start",
                f"{len(table) - n_known:,} of {len(table):,} items of the table have no trained "
                "vector; nothing is learnt from them",
            )
        )
    places = np.flatnonzero(is_known)
    kept = np.asarray(rows.take(pa.array(places))).astype(np.int64)
    order = np.argsort(kept, kind="stable")  # whatever the order of the table, the same is fitted
    return table.take(pa.array(places[order])), kept[order]


def _some(ids: pa.Array) -> str:
    return ", ".join(repr(one) for one in ids[:3].to_pylist()) or "none"
