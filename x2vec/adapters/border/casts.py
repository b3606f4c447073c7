"""Casts of Arrow columns that either hold for every row, or name the first row that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

__all__ = [
    "EXACT_FLOAT",
    "CastFailed",
    "cast_rows",
    "is_text",
    "plain",
    "to_int64",
    "to_text",
    "type_name",
    "whole_to_int64",
]

EXACT_FLOAT: Final = 2.0**53
"""Beyond it a float no longer tells neighbouring whole numbers apart."""

_INT32_MAX: Final = 2**31 - 1
_TEXT_KINDS: Final = (
    pt.is_string,
    pt.is_large_string,
    pt.is_string_view,
    pt.is_binary,
    pt.is_large_binary,
    pt.is_binary_view,
)


class CastFailed(Exception):  # noqa: N818 - never leaves this room: callers say what it means
    """A row that a cast does not take: its index in the column, and its value."""

    def __init__(self, index: int, value: pa.Scalar) -> None:
        super().__init__(f"row {index}")
        self.index = index
        self.value = value


def cast_rows(column: pa.Array, cast: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Apply a cast to a column.

    Raises:
        CastFailed: The cast fails; the first failing row is found by halving.
    """
    try:
        return cast(column)
    except pa.ArrowException:
        low, high = 0, len(column)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            cast(column.slice(low, middle - low))
            low = middle
        except pa.ArrowException:
            high = middle
    raise CastFailed(low, column[low])


def plain(column: pa.Array) -> pa.Array:
    """Undo dictionaries and run lengths, which are ways to store a column and no types."""
    if pt.is_dictionary(column.type):
        return column.dictionary_decode()
    if pt.is_run_end_encoded(column.type):
        return pc.run_end_decode(column)
    return column


def is_text(kind: pa.DataType) -> bool:
    """Say whether a type is text; bytes are, for older writers of Parquet leave out the mark."""
    return any(is_kind(kind) for is_kind in _TEXT_KINDS)


def to_text(column: pa.Array) -> pa.StringArray:
    """Cast any kind of text to string, checking that it is UTF-8: Arrow's readers do not."""
    if pt.is_large_string(column.type) or pt.is_large_binary(column.type):
        data = column.buffers()[2]
        if data is not None and data.size > _INT32_MAX:  # a slice drags the whole buffer along
            column = column.take(pa.array(np.arange(len(column))))
    text = column.cast(pa.string())
    text.validate(full=True)
    return text


def to_int64(column: pa.Array) -> pa.Int64Array:
    """Cast whole numbers to int64; fails beyond 2^63-1."""
    return column.cast(pa.int64())


def whole_to_int64(column: pa.Array) -> pa.Int64Array:
    """Cast floats or decimals to int64; fails on fractions, and on floats too large to be exact."""
    if pt.is_floating(column.type):
        largest = pc.max(pc.abs(column.cast(pa.float64()))).as_py()
        if largest is not None and not largest <= EXACT_FLOAT:
            raise pa.ArrowInvalid("too large to be exact")
    return column.cast(pa.int64())


def type_name(kind: pa.DataType) -> str:
    """Return a type as users know it.

    >>> type_name(pa.list_(pa.int64())), type_name(pa.bool_())
    ('list', 'bool')
    """
    name = getattr(kind, "extension_name", None) or str(kind)
    return str(name).partition("<")[0]
