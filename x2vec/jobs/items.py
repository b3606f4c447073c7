"""The item table: what is known about the items, put beside their vectors."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters import Place, check_columns, normalise_ids, open_tables, read_table
from x2vec.embeddings import RESERVED_COLUMNS
from x2vec.errors import SourceError, StorageError
from x2vec.jobs.config import Items
from x2vec.progress import Listener, Notice, silent

__all__ = ["columns_of", "read_items"]

_PLACE = Place("[items]", 1)


def read_items(items: Items, *, listen: Listener = silent) -> pa.Table:
    """Read the item table, its column of ids as text or int64, and the columns to keep.

    Args:
        items: Where it is.
        listen: Hears how many rows have no id and are left out.

    Raises:
        SourceError: The table cannot be read, lacks a column, or holds an item twice, or
            a column with the name of one of a store's.
        StorageError: The operating system refuses to read it.
    """
    kept = None if items.columns is None else list(dict.fromkeys([items.item, *items.columns]))
    try:
        for opened in open_tables(items.path):
            check_columns(opened, {"item": items.item})
        table = read_table(items.path, columns=kept)
    except OSError as error:
        raise StorageError(f"[items]: {error}. Check the permissions.") from error
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
    table = table.set_column(table.column_names.index(items.item), items.item, ids)
    if not ids.null_count:
        return table
    listen(
        Notice(
            "items",
            f"{ids.null_count:,} of {len(ids):,} rows of the item table have no {items.item} and "
            "are left out",
        )
    )
    return table.filter(ids.is_valid())


def columns_of(
    known: pa.Array, table: pa.Table, items: Items, *, listen: Listener = silent
) -> pa.Table | None:
    """Return what an item table says of items, a row each, in their order; None without columns.

    Items that the table does not hold get nulls, and are counted in a notice. Items that only the
    table holds are left out.

    Args:
        known: (n_items,) string or int64, the items that get a vector.
        table: As ``read_items`` returns it.
        items: Where it was read from.
        listen: Hears what was converted, and what is missing.

    Raises:
        SourceError: The table holds none of the items, or its ids do not convert to theirs.
    """
    ids = _ids_like(table[items.item].combine_chunks(), known.type, listen)
    places = pc.index_in(known, value_set=ids)
    if places.null_count == len(known):
        raise SourceError(
            f"[items]: the column {items.item!r} of {items.path} holds none of the {len(known):,} "
            f"items of the events: it has ids like {_some(ids)}, they have {_some(known)}. "
            "Name the right column."
        )
    if places.null_count:
        listen(
            Notice(
                "items",
                f"{places.null_count:,} of {len(known):,} items are not in the item table; "
                "their columns are null",
            )
        )
    columns = table.drop_columns([items.item])
    return columns.combine_chunks().take(places) if columns.num_columns else None


def _ids_like(ids: pa.Array, kind: pa.DataType, listen: Listener) -> pa.Array:
    """Bring the ids of an item table to the type of the events' items, where nothing is lost."""
    if ids.type == kind:
        return ids
    try:
        cast = ids.cast(kind)
        changed = ids.filter(pc.not_equal(cast.cast(ids.type), ids))
        reason = f"{changed[0].as_py()!r} is no exact {kind}" if len(changed) else None
    except pa.ArrowInvalid as error:
        reason = str(error)
    if reason is not None:
        raise SourceError(
            f"[items]: the ids of the item table are {ids.type}, those of the events {kind}, and "
            f"they do not convert: {reason}. Name the right column, or write both in one type."
        )
    listen(Notice("items", f"the ids of the item table were converted from {ids.type} to {kind}"))
    return cast


def _some(ids: pa.Array) -> str:
    return ", ".join(repr(one) for one in ids[:3].to_pylist())


def _refuse_repeats(ids: pa.Array, column: str) -> None:
    counted = pc.value_counts(ids.drop_null())
    repeated = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    if len(repeated):
        some = ", ".join(repr(one) for one in repeated[:5].to_pylist())
        raise SourceError(
            f"[items]: {len(repeated):,} items stand in the item table more than once, such as "
            f"{some}. Keep one row for each {column}."
        )
