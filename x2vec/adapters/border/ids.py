"""The one rule on ids: text stays exactly that text, whole numbers are int64, no id is missing.

Null, NaN and empty text are missing. Floats and decimals are ids only where they are whole, for
1.0 is what a table makes of 1 once its column holds a null. What can be no id is refused.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from x2vec.adapters.base import Place
from x2vec.adapters.border.casts import (
    CastFailed,
    cast_rows,
    is_text,
    plain,
    to_int64,
    to_text,
    type_name,
    whole_to_int64,
)
from x2vec.adapters.border.checked import Checked, reasons
from x2vec.adapters.border.mixed_ids import MixedIds
from x2vec.adapters.tables.json_values import decode_json, is_json
from x2vec.errors import SourceError

__all__ = ["IdColumn", "normalise_ids"]


class IdColumn:
    """One id column over all batches of a source; remembers what is to be said of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._from_floats = False
        self._mixed = MixedIds(name)

    def read(self, column: pa.Array, place: Place) -> Checked:
        """Check the column of one batch; its type may differ from that of the batch before.

        Raises:
            SourceError: A type or a value that can be no id.
        """
        column = plain(column)
        if is_json(column.type):
            decoded = decode_json(column)
            column = decoded.values
            if decoded.numbers is not None:
                column = self._mixed.read(column, decoded.numbers, place)
        return self._read_plain(column, place)

    def notes(self) -> list[str]:
        """Return what the user should know, a sentence each."""
        notes = self._mixed.notes()
        if self._from_floats:
            notes.append(f"{self.name}: whole numbers stored with a fraction were read as integers")
        return notes

    def _read_plain(self, column: pa.Array, place: Place) -> Checked:
        kind, null = column.type, column.is_null()
        if pt.is_null(kind):
            return Checked(column.cast(pa.string()), reasons(self.name, null=null))
        if is_text(kind):
            text = self._cast(column, to_text, place)
            empty = pc.equal(pc.binary_length(text), 0).fill_null(False)
            if empty.true_count:
                text = pc.if_else(empty, None, text)
            return Checked(text, reasons(self.name, null=null, empty=empty))
        if pt.is_integer(kind):
            return Checked(self._cast(column, to_int64, place), reasons(self.name, null=null))
        if pt.is_decimal(kind) or pt.is_floating(kind):
            return self._read_fractions(column, place)
        where = place.source if is_json(kind) else place.at(null.index(False).as_py())
        raise SourceError(
            f"{where}: {self.name} is of type {type_name(kind)}; expected text or whole "
            "numbers. Choose another column, or cast this one to text."
        )

    def _read_fractions(self, column: pa.Array, place: Place) -> Checked:
        null = column.is_null()
        if pt.is_decimal(column.type):
            values, nan = self._cast(column, whole_to_int64, place), None
        else:
            nan = pc.is_nan(column).fill_null(False)
            values = self._cast(pc.if_else(nan, None, column), whole_to_int64, place)
        self._from_floats = self._from_floats or values.null_count < len(values)
        return Checked(values, reasons(self.name, null=null, NaN=nan))

    def _cast(
        self, column: pa.Array, cast: Callable[[pa.Array], pa.Array], place: Place
    ) -> pa.Array:
        try:
            return cast_rows(column, cast)
        except CastFailed as failed:
            problem = _problem(failed.value)
            raise SourceError(f"{place.at(failed.index)}: {self.name} {problem}") from failed


def normalise_ids(column: pa.Array, *, name: str, place: Place) -> pa.Array:
    """Bring one column of ids to string or int64, null where an id is missing.

    For tables that name the same ids as the events do, such as the items' descriptions.

    >>> normalise_ids(pa.array([1.0, 2.0]), name="item_id", place=Place("items.csv", 1)).to_pylist()
    [1, 2]
    """
    return IdColumn(name).read(column, place).values


def _problem(value: pa.Scalar) -> str:
    if is_text(value.type):
        return f"is no UTF-8 text: {value.as_buffer().to_pybytes()[:40]!r}. Mend or remove the row."
    number = value.as_py()
    if pt.is_integer(value.type):
        return f"is {number}, beyond 2^63-1. Cast the column to text."
    if number == number // 1:
        return f"is {number}: too large a float to be exact. Cast the column to text at its origin."
    return f"is {number}; ids are text or whole numbers. Cast the column to text."
