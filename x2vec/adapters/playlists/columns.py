"""Tables with a column of lists: JSON Lines, Parquet, and tables in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from x2vec.adapters.base import BATCH_ROWS, ITEM_ID, SEQUENCE_ID, Place, marked
from x2vec.adapters.border.casts import plain, type_name
from x2vec.adapters.columns import check_columns
from x2vec.adapters.playlists.entries import EMPTY_LIST
from x2vec.adapters.tables.json_values import as_json, is_json
from x2vec.adapters.tables.opening import Table
from x2vec.errors import SourceError

__all__ = ["read_list_columns"]

_KINDS_OF_LISTS: Final = (
    pt.is_list,
    pt.is_large_list,
    pt.is_fixed_size_list,
    pt.is_list_view,
    pt.is_large_list_view,
)


def read_list_columns(
    tables: Sequence[Table], item: str, sequence: str | None
) -> Iterator[pa.RecordBatch]:
    """Yield the elements of the lists, a row each.

    Args:
        tables: The tables, opened.
        item: The column of lists: list, large list, list of fixed size, or list of JSON. A null is
            an empty list.
        sequence: The column of the lists' ids; where None, lists are numbered from 1 on through
            all tables.

    Raises:
        SourceError: A column is missing, or is no column of lists.
    """
    wanted = {"item": item} | ({} if sequence is None else {"sequence": sequence})
    for table in tables:
        check_columns(table, wanted)
    number = 1
    for table in tables:
        n_entries, row = 0, 1
        for batch in table.batches(list(wanted.values())) if table.columns else ():
            ids: pa.Array = pa.array(np.arange(number, number + batch.num_rows))
            if sequence is not None:
                ids = batch.column(1)
            lists = _lists_of(batch.column(0), item, Place(table.name, row))
            for part in _entries(ids, lists):
                name = f"{table.name}, entries of '{item}'"
                empty = part.pop(EMPTY_LIST)
                entries = pa.RecordBatch.from_pydict(part)
                place = Place(name, n_entries + 1)
                yield marked(entries, place, left_out={EMPTY_LIST: empty} if empty else None)
                n_entries += entries.num_rows
            number += batch.num_rows
            row += batch.num_rows


def _entries(ids: pa.Array, lists: pa.Array) -> Iterator[dict[str, Any]]:
    """Flatten some lists, in parts of about ``BATCH_ROWS`` entries."""
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    owners = pa.array(np.repeat(np.arange(len(lists)), lengths))
    items = pc.list_flatten(lists.filter(lists.is_valid()))
    empty = int((lengths == 0).sum())
    for start in range(0, max(len(items), 1), BATCH_ROWS):
        yield {
            SEQUENCE_ID: ids.take(owners.slice(start, BATCH_ROWS)),
            ITEM_ID: items.slice(start, BATCH_ROWS),
            EMPTY_LIST: 0 if start else empty,
        }


def _lists_of(column: pa.Array, name: str, place: Place) -> pa.Array:
    """Return a column as lists, or say what else it is."""
    column = plain(column)
    kind = column.type
    if is_json(kind):
        return _parsed(column.storage.to_pylist(), name, place)
    if any(is_kind(kind) for is_kind in _KINDS_OF_LISTS):
        return column
    if pt.is_null(kind):
        return column.cast(pa.list_(pa.string()))
    raise SourceError(
        f"{place.source}: the column '{name}' is of type {type_name(kind)}; expected lists. For "
        "one item a row take the adapter 'events' or 'baskets'."
    )


def _parsed(texts: list[str | None], name: str, place: Place) -> pa.Array:
    lists: list[list[Any] | None] = []
    for row, text in enumerate(texts):
        parsed = None if text is None else json.loads(text)
        if parsed is not None and not isinstance(parsed, list):
            raise SourceError(
                f"{place.at(row)}: '{name}' is {text[:40] if text else text}; expected a list, "
                'such as ["bread", "jam"].'
            )
        if text is not None and "\\ud" in text.lower() and not _is_unicode(parsed):
            raise SourceError(
                f"{place.at(row)}: a text in '{name}' holds half of a surrogate pair, which is no "
                "Unicode character. Mend or remove that row."
            )
        lists.append(parsed)
    lengths = [0 if one is None else len(one) for one in lists]
    items = _items(list(chain.from_iterable(one for one in lists if one)))
    offsets = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    return pa.LargeListArray.from_arrays(pa.array(offsets), items)


def _items(values: list[Any]) -> pa.Array:
    """Return the elements as text or whole numbers, or as JSON, for the rule on ids to judge."""
    for kind in (pa.string(), pa.int64()):
        expected = str if kind == pa.string() else int
        if all(type(value) is expected or value is None for value in values):
            try:
                return pa.array(values, kind)
            except OverflowError:  # beyond 2^63-1
                break
    return as_json(pa.array([json.dumps(value) for value in values], pa.string()))


def _is_unicode(parsed: Any) -> bool:
    try:
        json.dumps(parsed, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
