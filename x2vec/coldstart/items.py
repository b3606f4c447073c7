"""The border of cold start: an item table comes in here, with its ids and its types checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from x2vec._text import closest
from x2vec.adapters import Place, local_copies, normalise_ids, open_tables
from x2vec.adapters.tables import gather
from x2vec.coldstart.columns import ItemColumns, Kind
from x2vec.errors import SourceError

__all__ = ["ItemTable", "as_item_table", "is_described", "read_item_table", "refuse_missing"]

_SHOWN: Final = 5
_WHERE: Final = "the item table"


@dataclass(frozen=True, eq=False)
class ItemTable:
    """Items and what is known about them, a row an item.

    Attributes:
        ids: (n_items,) string or int64, distinct, not null.
        table: The columns that the configuration names, a row an item.
        schema: What each of them holds, such as ``"text"`` or ``"list of text"``, by name.
        metadata: Further columns that were asked for, or None.
    """

    ids: pa.Array
    table: pa.Table
    schema: dict[str, str]
    metadata: pa.Table | None = None

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.ids)

    def __getitem__(self, column: str) -> pa.Array:
        """Return a column as one Arrow array."""
        found = self.table[column].combine_chunks()
        return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)

    def take(self, rows: pa.Array) -> ItemTable:
        """Return the items in some rows."""
        return ItemTable(self.ids.take(rows), self.table.take(rows), self.schema)

    def slice(self, start: int, n: int) -> ItemTable:
        """Return the next ``n`` items from a row on."""
        return ItemTable(self.ids.slice(start, n), self.table.slice(start, n), self.schema)


@local_copies()
def read_item_table(
    items: Any,
    columns: ItemColumns,
    *,
    like: dict[str, str] | None = None,
    also: Sequence[str] = (),
) -> ItemTable:
    """Read an item table and check it.

    Args:
        items: Anything with ``__arrow_c_stream__``, or the path of a Parquet, CSV or JSON Lines
            file. Other columns than those named are not looked at.
        columns: Which columns there are, by kind.
        like: The schema of the table that a model was fitted to; None where this is that table.
        also: Columns to keep as ``metadata``, those of them that are there.

    Raises:
        SourceError: The ids are missing, null or there twice; a column is missing, of a type that
            its kind cannot be, or of another one than at fit.
        UsageError: ``items`` is no table.
    """
    opened = open_tables(items)
    for one in opened:
        refuse_missing(one.columns, columns)
    kept = [name for name in also if all(name in one.columns for one in opened)]
    whole = gather(opened, list(dict.fromkeys([columns.item, *columns, *kept])))
    ids = normalise_ids(_one(whole[columns.item]), name=columns.item, place=Place(_WHERE, 1))
    _refuse_null(ids, columns.item)
    _refuse_repeats(ids, columns.item)
    table = pa.table({name: _plain(whole[name], columns.kind_of(name)) for name in columns})
    schema = {name: _said(table.schema.field(name).type) for name in columns}
    _refuse_types(schema, columns, like)
    return ItemTable(ids, table, schema, whole.select(kept) if kept else None)


def as_item_table(ids: Any, columns: pa.Table, item: str) -> pa.Table:
    """Return ids and columns as one table; a column of the name of the ids gives way to them.

    Args:
        ids: (n_rows,) of ``columns``.
        columns: What is known.
        item: What the ids are to be called.
    """
    others = [name for name in columns.column_names if name != item]
    return columns.select(others).add_column(0, item, ids)


def is_described(table: pa.Table, columns: ItemColumns) -> pa.Array:
    """Return which rows have a value in any of the columns that are named, (n_rows,) bool.

    Example:
        >>> shelf = pa.table({"item_id": [1, 2], "title": ["tea", None]})
        >>> is_described(shelf, ItemColumns(text="title")).to_pylist()
        [True, False]
    """
    found = pa.array(np.zeros(table.num_rows, np.bool_))
    for name in columns:
        if name in table.column_names:
            found = pc.or_(found, _one(table[name]).is_valid())
    return found


def refuse_missing(found: Sequence[str], columns: ItemColumns) -> None:
    """Refuse a table without a column that is looked at.

    Args:
        found: The columns that it has.
        columns: Those that it should have.

    Raises:
        SourceError: One is missing; which one was probably meant is said.
    """
    missing = [name for name in (columns.item, *columns) if name not in found]
    if not missing:
        return
    name = missing[0]
    close = closest(name, found)
    hint = f" Did you mean {close!r}?" if close else ""
    there = ", ".join(map(repr, found)) or "none"
    listed, advice = ", ".join(map(repr, missing)), "Name the columns as they are."
    if name == columns.item:
        listed = repr(name)
        advice = f"Every item needs an id: name its column, item = {close or 'sku'!r}."
    raise SourceError(f"{_WHERE}: no column {listed}; found {there}.{hint} {advice}")


def _refuse_null(ids: pa.Array, name: str) -> None:
    if ids.null_count:
        rows = pc.indices_nonzero(ids.is_null())[:_SHOWN].to_pylist()
        some = ", ".join(map(str, rows))
        raise SourceError(
            f"{_WHERE}: {ids.null_count:,} of {len(ids):,} rows have no {name}, among them the "
            f"rows {some}, counted from 0. Name or drop them."
        )


def _refuse_repeats(ids: pa.Array, name: str) -> None:
    counted = pc.value_counts(ids)
    repeated = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    if len(repeated):
        some = ", ".join(repr(one) for one in repeated[:_SHOWN].to_pylist())
        raise SourceError(
            f"{_WHERE}: {len(repeated):,} items stand there more than once, such as {some}. "
            f"Keep one row for each {name}."
        )


_TAKES: Final[dict[Kind, tuple[str, ...]]] = {
    "text": ("text",),
    "categories": ("text", "whole numbers", "true or false"),
    "tags": ("text", "list of text", "list of whole numbers"),
    "numbers": ("whole numbers", "numbers"),
    "booleans": ("true or false",),
    "dates": ("dates",),
}
_NOTHING: Final = "nothing"
"""What a column of nulls holds; it goes as any kind."""


def _refuse_types(
    schema: dict[str, str], columns: ItemColumns, like: dict[str, str] | None
) -> None:
    wrong = []
    for name, held in schema.items():
        kind = columns.kind_of(name)
        if held not in (*_TAKES[kind], _NOTHING):
            expected = " or ".join(_TAKES[kind])
            wrong.append(f"{name!r} holds {held}, and {kind} take {expected}")
        elif like is not None and not _same(held, like[name]):
            wrong.append(f"{name!r} holds {held}, and held {like[name]} at fit")
    if wrong:
        more = f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise SourceError(
            f"{_WHERE}: columns of the wrong type: {'; '.join(wrong[:_SHOWN])}{more}. Cast them, "
            "or name them as another kind."
        )


def _same(held: str, before: str) -> bool:
    """Return whether two columns can be read alike; whole numbers are numbers."""
    numbers = {"whole numbers", "numbers"}
    return held == before or _NOTHING in (held, before) or {held, before} == numbers


def _plain(column: pa.ChunkedArray, kind: Kind) -> pa.Array:
    """Return a column as one array without dictionaries, text as its kind if all of it is that."""
    array = _one(column)
    array = array.dictionary_decode() if pt.is_dictionary(array.type) else array
    if kind not in _WRITTEN or _said(array.type) != "text":
        return array
    text = pc.utf8_trim_whitespace(array.cast(pa.string()))
    text = pc.if_else(pc.equal(pc.binary_length(text), 0), None, text)  # an empty cell of a CSV
    for type_ in _WRITTEN[kind]:
        try:
            return text.cast(type_)
        except pa.ArrowInvalid:
            continue
    return array


_WRITTEN: Final[dict[Kind, tuple[pa.DataType, ...]]] = {
    "numbers": (pa.float64(),),
    "booleans": (pa.bool_(),),
    "dates": (pa.timestamp("us"), pa.timestamp("us", "UTC")),
}
"""What text is taken for, as all columns of a CSV are text."""


def _one(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    return array if isinstance(array, pa.Array) else pa.concat_arrays(array.chunks)


_WORDS: Final[tuple[tuple[Callable[[pa.DataType], bool], str], ...]] = (
    (pt.is_null, _NOTHING),
    (pt.is_boolean, "true or false"),
    (pt.is_integer, "whole numbers"),
    (pt.is_floating, "numbers"),
    (pt.is_decimal, "numbers"),
    (pt.is_date, "dates"),
    (pt.is_timestamp, "dates"),
    (pt.is_string, "text"),
    (pt.is_large_string, "text"),
    (pt.is_string_view, "text"),
)


def _said(kind: pa.DataType) -> str:
    """Return what a column of a type holds, in words."""
    if pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind):
        return f"list of {_said(kind.value_type)}"
    return next((words for holds, words in _WORDS if holds(kind)), str(kind))
