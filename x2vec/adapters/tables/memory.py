"""Tables that are in memory already, through the Arrow stream that they offer."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from x2vec.adapters.base import BATCH_ROWS, Place
from x2vec.errors import SourceError

__all__ = ["MemoryTable", "PandasTable", "open_memory", "to_arrow"]

_READ_ONCE: Final[weakref.WeakSet[Any]] = weakref.WeakSet()
"""Readers already read: a second reading would find no rows and say nothing."""


@dataclass(frozen=True, eq=False)
class MemoryTable:
    """An object with ``__arrow_c_stream__``, whose stream was opened once for its columns."""

    name: str
    columns: tuple[str, ...]
    source: Any
    reader: pa.RecordBatchReader

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; the stream is read, so open the table again to read it again."""
        if isinstance(self.source, pa.RecordBatchReader):
            _READ_ONCE.add(self.source)
        for batch in self.reader:
            yield from _sliced(batch.select(list(columns)))


@dataclass(frozen=True, eq=False)
class PandasTable:
    """A pandas frame: only the wanted columns are converted, so that others may be anything."""

    name: str
    columns: tuple[str, ...]
    frame: Any

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order.

        Raises:
            SourceError: A column mixes types, or holds text that is not Unicode.
        """
        arrays = [self._column(self.columns.index(column)) for column in columns]
        yield from _sliced(pa.RecordBatch.from_arrays(arrays, names=list(columns)))

    def _column(self, number: int) -> pa.Array:
        values = self.frame.iloc[:, number]
        name = self.columns[number]
        try:
            return to_arrow(values, name=name, place=Place(self.name, 1))
        except pa.ArrowException as error:
            kinds = sorted({type(value).__name__ for value in values.dropna()})
            raise SourceError(
                f"{self.name}: the column '{name}' mixes types ({', '.join(kinds)}). Make it one, "
                f"such as with frame['{name}'].map(str, na_action='ignore')."
            ) from error


def open_memory(source: Any) -> MemoryTable | PandasTable:
    """Open a table in memory for one reading.

    Raises:
        SourceError: A reader that can be read once has been read before.
    """
    name = f"the {type(source).__module__.partition('.')[0]} {type(source).__name__}"
    if type(source).__module__.partition(".")[0] == "pandas" and hasattr(source, "iloc"):
        return PandasTable(name, tuple(str(column) for column in source.columns), source)
    if isinstance(source, pa.RecordBatchReader) and source in _READ_ONCE:
        raise SourceError(
            f"{name} can be read only once, and was. Pass a table: reader.read_all()."
        )
    try:
        reader = pa.RecordBatchReader.from_stream(source)
    except Exception as error:  # a foreign object's stream may fail in any way
        raise SourceError(f"{name} gives no Arrow table: {error}") from error
    return MemoryTable(name, tuple(reader.schema.names), source, reader)


def to_arrow(values: Any, *, name: str, place: Place) -> pa.Array:
    """Convert Python's values to Arrow, where None, NaN and pandas' own become null.

    Raises:
        SourceError: A text is not Unicode, or a number not int64; names the row.
        pa.ArrowException: The values are of no one type that Arrow has.
    """
    try:
        column = pa.array(values, from_pandas=True)
    except UnicodeEncodeError as error:
        row = next(row for row, value in enumerate(values) if not _is_unicode(value))
        raise SourceError(
            f"{place.at(row)}: a text in '{name}' holds half of a surrogate pair, which is no "
            "Unicode character. Mend or remove that row."
        ) from error
    except OverflowError as error:
        large = (isinstance(value, int) and not -(2**63) <= value < 2**63 for value in values)
        row = next(row for row, is_large in enumerate(large) if is_large)
        raise SourceError(
            f"{place.at(row)}: {name} is a whole number beyond 2^63-1. Make the column text."
        ) from error
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _sliced(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for start in range(0, max(batch.num_rows, 1), BATCH_ROWS):
        yield batch.slice(start, BATCH_ROWS)


def _is_unicode(value: Any) -> bool:
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True
