"""The item table: what is known about the items, put beside their vectors.

The section ``[items]`` names it. Without that section, what the adapter knows of the items is it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters import (
    HasItems,
    Place,
    check_columns,
    make_adapter,
    normalise_ids,
    open_tables,
    without_secrets,
)
from x2vec.adapters.base import ITEM_ID
from x2vec.adapters.tables import QueryTable, gather
from x2vec.embeddings import RESERVED_COLUMNS
from x2vec.errors import SourceError, StorageError, X2VecError
from x2vec.jobs.config import Items, Job, Source
from x2vec.progress import Listener, Notice, silent

__all__ = ["ItemTable", "columns_of", "others_of", "read_items"]

_SECTION = "[items]"


@dataclass(frozen=True, eq=False)
class ItemTable:
    """What is known about the items.

    Attributes:
        table: A row an item: its id, text or int64, never null and never twice, and the columns to
            keep.
        item: The column of ids.
        name: What messages call the table.
        advice: What to do where its ids are none of the events'.
    """

    table: pa.Table
    item: str
    name: str
    advice: str

    @property
    def ids(self) -> pa.Array:
        """The ids, ``(n_rows,)``."""
        return self.table[self.item].combine_chunks()

    @property
    def columns(self) -> pa.Table:
        """What is known, without the ids."""
        return self.table.drop_columns([self.item])

    def checked(self, *, listen: Listener = silent) -> ItemTable:
        """Return the table with ids that are text or int64, no row without one.

        Args:
            listen: Hears how many rows have no id and are left out.

        Raises:
            SourceError: The ids are neither, or an item stands there twice.
        """
        ids = normalise_ids(self.ids, name=self.item, place=Place(self.name, 1))
        _refuse_repeats(ids, self)
        place = self.table.column_names.index(self.item)
        table = self.table.set_column(place, self.item, ids)
        if ids.null_count:
            text = (
                f"{ids.null_count:,} of {len(ids):,} rows of the item table have no {self.item} "
                "and are left out"
            )
            listen(Notice("items", text))
            table = table.filter(ids.is_valid())
        return replace(self, table=table)

    def like(self, kind: pa.DataType, *, listen: Listener = silent) -> ItemTable:
        """Return the table with ids of another type.

        Args:
            kind: That of the items of the events.
            listen: Hears that the ids were converted.

        Raises:
            SourceError: They do not convert without a change.
        """
        ids = _ids_like(self, kind, listen)
        place = self.table.column_names.index(self.item)
        return replace(self, table=self.table.set_column(place, self.item, ids))


def read_items(job: Job, *, listen: Listener = silent) -> ItemTable | None:
    """Read what a job knows about its items; None where it knows nothing.

    Args:
        job: The job, its paths located.
        listen: Hears how many rows have no id and are left out.

    Raises:
        SourceError: The table cannot be read, lacks a column, or holds an item twice, or
            a column with the name of one of a store's; or the adapter fails.
        StorageError: The operating system refuses to read it.
    """
    if job.items is not None:
        read = _read_section(job.items)
    else:
        found = _ask_adapter(job.source)
        if found is None:
            return None
        read = found
    taken = sorted({*read.table.column_names} & {*RESERVED_COLUMNS} - {read.item})
    if taken:
        raise SourceError(
            f"{read.name}: the column {taken[0]!r} has the name of one of a store's own columns. "
            "Set columns in [items] to those to keep, without it."
        )
    return read.checked(listen=listen)


def columns_of(known: pa.Array, items: ItemTable, *, listen: Listener = silent) -> pa.Table | None:
    """Return what an item table says of items, a row each, in their order; None without columns.

    Items that the table does not hold get nulls, and are counted in a notice. Items that only the
    table holds are left out.

    Args:
        known: (n_items,) string or int64, the items that get a vector.
        items: With ids of the same type.
        listen: Hears what is missing.

    Raises:
        SourceError: The table holds none of the items.
    """
    ids = items.ids
    places = pc.index_in(known, value_set=ids)
    if places.null_count == len(known):
        raise SourceError(
            f"{items.name}: the column {items.item!r} holds none of the {len(known):,} items of "
            f"the events: it has ids like {_some(ids)}, they have {_some(known)}. {items.advice}"
        )
    if places.null_count:
        listen(
            Notice(
                "items",
                f"{places.null_count:,} of {len(known):,} items are not in the item table, such as "
                f"{_some(known.filter(places.is_null()))}; their columns are null",
            )
        )
    columns = items.columns
    return columns.combine_chunks().take(places) if columns.num_columns else None


def others_of(known: pa.Array, items: ItemTable) -> pa.Table:
    """Return what an item table says of all other items, by item, its ids called ``item_id``.

    Args:
        known: (n_items,) string or int64, the items that get a vector by training.
        items: With ids of the same type.
    """
    names = [ITEM_ID if name == items.item else name for name in items.table.column_names]
    is_other = pc.invert(pc.is_in(items.ids, value_set=known))
    return items.table.rename_columns(names).filter(is_other).sort_by(ITEM_ID).combine_chunks()


def _read_section(items: Items) -> ItemTable:
    kept = None if items.columns is None else list(dict.fromkeys([items.item, *items.columns]))
    form: dict[str, Any] = {
        "format": items.format,
        "delimiter": items.delimiter,
        "header": items.header,
        "encoding": items.encoding,
        "quote": items.quote,
    }
    try:
        tables = open_tables(items.path, **form)
        if items.sql is not None:
            tables = [QueryTable.open(tables, items.sql)]
        for opened in tables:
            check_columns(opened, {"item": items.item})
        table = gather(tables, kept)
    except OSError as error:
        raise StorageError(f"{_SECTION}: {error}. Check the permissions.") from error
    if not table.num_rows:
        path = without_secrets(str(items.path))
        raise SourceError(f"{_SECTION}: {path} holds nothing at all. Name the right file.")
    return ItemTable(table, items.item, _SECTION, "Name the right column.")


def _ask_adapter(source: Source) -> ItemTable | None:
    adapter = make_adapter(source.adapter)
    if not isinstance(adapter, HasItems):
        return None
    name = f"adapter '{source.adapter}', items"
    try:
        table = adapter.items(source.options)
    except X2VecError as error:
        error.args = (f"{name}: {error}",)
        raise
    except Exception as error:  # a plug-in may fail in any way
        raise SourceError(f"{name} failed: {type(error).__name__}: {error}") from error
    if table is None:
        return None
    if not isinstance(table, pa.Table) or table.column_names.count(ITEM_ID) != 1:
        found = table.column_names if isinstance(table, pa.Table) else type(table).__name__
        raise SourceError(f"{name} gave {found}; expected a pyarrow.Table with {ITEM_ID}.")
    return ItemTable(table, ITEM_ID, name, "Check that it describes the same items.")


def _ids_like(items: ItemTable, kind: pa.DataType, listen: Listener) -> pa.Array:
    """Bring the ids of an item table to the type of the events' items, where nothing is lost."""
    ids = items.ids
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
            f"{items.name}: the ids of the item table are {ids.type}, those of the events {kind}, "
            f"and they do not convert: {reason}. {items.advice} Or write both in one type."
        )
    listen(Notice("items", f"the ids of the item table were converted from {ids.type} to {kind}"))
    return cast


def _some(ids: pa.Array) -> str:
    return ", ".join(repr(one) for one in ids[:5].to_pylist())


def _refuse_repeats(ids: pa.Array, items: ItemTable) -> None:
    counted = pc.value_counts(ids.drop_null())
    repeated = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    if len(repeated):
        some = ", ".join(repr(one) for one in repeated[:5].to_pylist())
        raise SourceError(
            f"{items.name}: {len(repeated):,} items stand in the item table more than once, such "
            f"as {some}. Keep one row for each {items.item}."
        )
