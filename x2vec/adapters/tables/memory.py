"""Tables that are in memory already, through the Arrow stream that they offer."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from x2vec.adapters.base import BATCH_ROWS
from x2vec.errors import SourceError

__all__ = ["MemoryTable", "PandasTable", "open_memory"]

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
        try:
            column = pa.array(values, from_pandas=True)
        except UnicodeEncodeError as error:
            row = next(row for row, value in enumerate(values, 1) if not _is_unicode(value))
            raise SourceError(
                f"{self.name}, row {row}: a text in '{self.columns[number]}' holds half of a "
                "surrogate pair, which is no Unicode character. Mend or remove that row."
            ) from error
        except pa.ArrowException as error:
            kinds = sorted({type(value).__name__ for value in values})
            raise SourceError(
                f"{self.name}: the column '{self.columns[number]}' mixes types "
                f"({', '.join(kinds)}). Make it one, such as with .astype(str)."
            ) from error
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


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


def _sliced(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for start in range(0, max(batch.num_rows, 1), BATCH_ROWS):
        yield batch.slice(start, BATCH_ROWS)


def _is_unicode(value: Any) -> bool:
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True
