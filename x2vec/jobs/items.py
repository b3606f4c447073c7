"""The item table: what is known about the items, put beside their vectors."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters import Place, check_columns, normalise_ids, open_tables, read_table
from x2vec.embeddings import RESERVED_COLUMNS, Embeddings
from x2vec.errors import SourceError
from x2vec.jobs.config import Items
from x2vec.progress import Listener, Notice, silent

__all__ = ["read_items", "with_items"]

_PLACE = Place("[items]", 1)


def read_items(items: Items) -> pa.Table:
    """Read the item table, its column of ids as text or int64, and the columns to keep.

    Raises:
        SourceError: The table cannot be read, lacks a column, or holds an item twice, or
            a column with the name of one of a store's.
    """
    for opened in open_tables(items.path):
        check_columns(opened, {"item": items.item})
    kept = None if items.columns is None else list(dict.fromkeys([items.item, *items.columns]))
    table = read_table(items.path, columns=kept)
    if items.item not in table.column_names:
        raise SourceError(f"[items]: {items.path} holds nothing at all. Name the right file.")
    ids = normalise_ids(table[items.item].combine_chunks(), name=items.item, place=_PLACE)
    _refuse_repeats(ids, items.item)
    taken = sorted({*table.column_names} & {*RESERVED_COLUMNS} - {items.item})
    if taken:
        raise SourceError(
            f"[items]: the column {taken[0]!r} has the name of one of a store's own columns. "
            "Set columns to those to keep, without it."
        )
    return table.set_column(table.column_names.index(items.item), items.item, ids)


def with_items(
    embeddings: Embeddings, table: pa.Table, items: Items, *, listen: Listener = silent
) -> Embeddings:
    """Put the columns of an item table beside the vectors.

    Items that the table does not hold get nulls, and are counted in a notice. Items of the table
    that have no vector are left out.

    Raises:
        SourceError: The table's ids and the embeddings' do not compare.
        DataError: A column has the name of one of ours.
    """
    ids = _ids_like(table[items.item].combine_chunks(), embeddings.items.type, listen)
    places = pc.index_in(embeddings.items, value_set=ids)
    if places.null_count:
        listen(
            Notice(
                "items",
                f"{places.null_count:,} of {len(embeddings):,} items are not in the item table; "
                "their columns are null",
            )
        )
    metadata = table.drop_columns([items.item]).combine_chunks().take(places)
    return dataclasses.replace(embeddings, metadata=metadata)


def _ids_like(ids: pa.Array, kind: pa.DataType, listen: Listener) -> pa.Array:
    """Bring the ids of an item table to the type of the embeddings' items."""
    if ids.type == kind:
        return ids
    try:
        cast = ids.cast(kind)
    except pa.ArrowInvalid as error:
        raise SourceError(
            f"[items]: the ids of the item table are {ids.type}, those of the events {kind}, and "
            f"they do not convert: {error}. Name the right column, or write both in one type."
        ) from error
    listen(Notice("items", f"the ids of the item table were converted from {ids.type} to {kind}"))
    return cast


def _refuse_repeats(ids: pa.Array, column: str) -> None:
    counted = pc.value_counts(ids.drop_null())
    repeated = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    if len(repeated):
        some = ", ".join(repr(one) for one in repeated[:5].to_pylist())
        raise SourceError(
            f"[items]: {len(repeated):,} items stand in the item table more than once, such as "
            f"{some}. Keep one row for each {column}."
        )
