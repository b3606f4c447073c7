"""From an item to its row: exact, by value and type, without a dictionary of all the items.

A sorted permutation of the rows costs 8 bytes an item; a Python dictionary of text costs about
200. One item is found by bisection, many at once by Arrow's hash join.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.embeddings.checks import as_id_column
from x2vec.embeddings.suggest import closest
from x2vec.errors import DataError, UnknownItemError, UsageError

__all__ = ["Lookup", "Unknown", "check_unknown"]

Unknown = Literal["error", "report"]

_HASHED_TEXTS, _HASHED_NUMBERS = 100, 4
"""So many items are hashed while one is found by bisection."""


class Lookup:
    """Rows by item.

    Args:
        items: (n_items,) string or int64, distinct, not null.

    Examples:
        >>> lookup = Lookup(pa.array(["bread", "butter"]))
        >>> lookup.row("butter"), lookup.row("jam")
        (1, None)
    """

    def __init__(self, items: pa.Array) -> None:
        self.items = items
        self.holds_text = bool(pa.types.is_string(items.type))

    def row(self, item: Any) -> int | None:
        """Return the item's row, or None; a text never finds an integer, nor the other way."""
        item = _as_item(item)
        if isinstance(item, bool) or not isinstance(item, str if self.holds_text else int):
            return None
        order = self._order
        place = bisect_left(order, item, key=self._item)
        if place < len(order) and self._item(order[place]) == item:
            return int(order[place])
        return None

    def rows(self, items: pa.Array) -> pa.Int32Array:
        """Return the rows of many items, null where one is unknown."""
        if items.type != self.items.type:
            return pa.nulls(len(items), pa.int32())
        hashed_meanwhile = _HASHED_TEXTS if self.holds_text else _HASHED_NUMBERS
        if len(items) * hashed_meanwhile > len(self.items):
            return pc.index_in(items, value_set=self.items)
        if self.holds_text or items.null_count:
            return pa.array([self.row(item) for item in items.to_pylist()], pa.int32())
        order, wanted = self._order.view(np.int64), np.asarray(items)
        places = np.searchsorted(np.asarray(self.items), wanted, sorter=order)
        rows = order[np.minimum(places, len(order) - 1)].astype(np.int32)
        return pa.array(rows, mask=np.asarray(self.items)[rows] != wanted)

    def found(self, asked: Any, *, unknown: Unknown) -> tuple[NDArray[np.int64], tuple[Any, ...]]:
        """Return the rows of the items that are known, in the order asked, and those that are not.

        Args:
            asked: One item, or an iterable of items.
            unknown: ``"error"`` raises for items that are not known, ``"report"`` returns them.

        Raises:
            UnknownItemError: An item is unknown and ``unknown`` is ``"error"``.
            UsageError: ``unknown`` is something else.
        """
        check_unknown(unknown)
        column = _as_column(asked)
        if column is not None and not column.null_count:
            rows = self.rows(column)
            if not rows.null_count:
                return np.asarray(rows).astype(np.int64), ()
        pairs = [(item, self.row(item)) for item in _each(asked)]
        missing = tuple(dict.fromkeys(item for item, row in pairs if row is None))
        if missing and unknown == "error":
            raise self.unknown(missing)
        return np.array([row for _, row in pairs if row is not None], dtype=np.int64), missing

    def known_row(self, item: Any) -> int:
        """Return the item's row.

        Raises:
            UnknownItemError: There is none; the message names the closest known items.
        """
        row = self.row(item)
        if row is None:
            raise self.unknown([item])
        return row

    def unknown(self, items: Iterable[Any]) -> UnknownItemError:
        """Return the error that says which items are unknown, and what may have been meant."""
        missing = [_as_item(item) for item in items]
        lines = [self._explained(item) for item in missing[:5]]
        if len(missing) > 5:
            lines.append(f"... and {len(missing) - 5} more.")
        return UnknownItemError("\n".join(lines))

    def _explained(self, item: Any) -> str:
        shown = repr(item) if len(repr(item)) <= 100 else repr(item)[:97] + "..."
        found = f"No item {shown} among {len(self.items):,}."
        if self.holds_text and isinstance(item, int):
            found = f"No item {shown}: items are text here."
            if (text := str(item)) in self:
                return f"{found} Did you mean {text!r}?"
        elif not self.holds_text and not isinstance(item, int):
            found = f"No item {shown}: items are integers here."
            if isinstance(item, str) and (number := _as_integer(item)) in self:
                return f"{found} Did you mean {number}?"
        near = closest(str(item), self.items)
        if not near:
            return f"{found} Nothing known is close to it."
        return f"{found} Closest: {', '.join(repr(other) for other in near)}."

    def __contains__(self, item: Any) -> bool:
        return self.row(item) is not None

    @cached_property
    def _order(self) -> NDArray[np.uint64]:
        return np.asarray(pc.array_sort_indices(self.items))

    def _item(self, row: Any) -> Any:
        return self.items[int(row)].as_py()


def check_unknown(unknown: object) -> None:
    """Refuse what says neither that unknown items are an error nor that they are reported."""
    if unknown not in get_args(Unknown):
        raise UsageError(f"unknown is {unknown!r}; expected 'error' or 'report'.")


def _as_column(asked: Any) -> pa.Array | None:
    """Return items as a column where they are one, or a list of one type that makes one."""
    if isinstance(asked, pa.Array | pa.ChunkedArray):
        return as_id_column(asked, "items")
    if isinstance(asked, list | tuple) and set(map(type, asked)) in ({int}, {str}):
        with suppress(DataError):
            return as_id_column(asked, "items")
    return None


def _each(asked: Any) -> Iterator[Any]:
    if isinstance(asked, pa.Array | pa.ChunkedArray):
        asked = asked.to_pylist()
    if isinstance(asked, str | bytes) or not isinstance(asked, Iterable):
        asked = [asked]
    return map(_as_item, asked)


def _as_item(item: Any) -> Any:
    """Return an item as plain Python: NumPy and Arrow scalars as str or int."""
    if isinstance(item, pa.Scalar):
        item = item.as_py()
    if isinstance(item, np.str_):
        return str(item)
    return int(item) if isinstance(item, np.integer) else item


def _as_integer(text: str) -> int | None:
    try:
        return int(text) if len(text) <= 20 else None
    except ValueError:
        return None
