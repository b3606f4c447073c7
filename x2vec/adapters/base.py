"""What an adapter is: a name, an options dataclass, and ``read``, which yields Arrow batches.

Everything that is common to adapters stands here: the protocol, the names of the columns, and the
marks by which a batch says where its rows come from, so that errors can name source and row, and
what the adapter left out before them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, Protocol, get_args, runtime_checkable

import numpy as np
import pyarrow as pa

__all__ = [
    "BATCH_ROWS",
    "IS_PATH",
    "ITEM_ID",
    "KIND",
    "SEQUENCE_ID",
    "TIME",
    "TIME_UNITS",
    "WEIGHT",
    "Adapter",
    "HasItems",
    "HasRules",
    "Place",
    "TimeUnit",
    "left_out_of",
    "marked",
    "notes_of",
    "place_of",
]

SEQUENCE_ID: Final = "sequence_id"
ITEM_ID: Final = "item_id"
TIME: Final = "time"
WEIGHT: Final = "weight"
KIND: Final = "kind"

BATCH_ROWS: Final = 100_000
"""Rows of a batch: a few megabytes, so that memory stays flat and Arrow's call costs vanish."""

IS_PATH: Final[Mapping[str, Any]] = MappingProxyType({"is_path": True})
"""Metadata of a field of options that holds a path, though it is not called ``path``: in a job,
there is relative to the job's file. ``field(default=None, metadata=IS_PATH)``."""

TimeUnit = Literal["auto", "s", "ms", "us", "ns", "position"]
"""What whole numbers in a time column count: a unit since 1970, or only a position."""

TIME_UNITS: Final[tuple[str, ...]] = get_args(TimeUnit)

_SOURCE_MARK: Final = b"x2vec.source"
_FIRST_ROW_MARK: Final = b"x2vec.first_row"
_ROWS_MARK: Final = b"x2vec.rows"
_LEFT_OUT_MARK: Final = b"x2vec.left_out"
_NOTES_MARK: Final = b"x2vec.notes"


class Adapter(Protocol):
    """Reads one kind of source; a class that takes no arguments, found by its entry point.

    Attributes:
        name: The name that users write.
        options: A frozen dataclass, the source's settings. Where it has a field ``time_unit``
            (see ``TimeUnit``), that is how whole numbers in the time column are read.
        ordered: True where the order of events inside a sequence means something. Where the
            options have a field ``ordered``, that says it instead.

    An adapter may have an attribute ``in_one_thread``: True where what it reads from, such as a
    connection, belongs to the thread that opened it. Others are read from any, one at a time.
    """

    name: str
    options: type
    ordered: bool

    def read(self, options: Any) -> Iterator[pa.RecordBatch]:
        """Yield the events as they are, in the source's order, in batches of one schema.

        Columns: ``sequence_id`` and ``item_id`` (text or whole numbers; null where unknown),
        optionally ``time``, ``weight`` and ``kind``. Ids and times are checked and brought to one
        form by ``open_events``, not here. May be called again, and then yields the same rows.
        """
        ...


@runtime_checkable
class HasRules(Protocol):
    """An adapter whose options say how its sequences are cut and cleaned, once they are ordered."""

    def rules(self, options: Any) -> Mapping[str, Any]:
        """Return fields of ``SequenceRules``, such as ``{"gap": "30m"}``; empty for none.

        They are applied when the source has been read. A job's own rules come after them.
        """
        ...


@runtime_checkable
class HasItems(Protocol):
    """An adapter whose source also says something about the items, such as their titles."""

    def items(self, options: Any) -> pa.Table | None:
        """Return what the source says of its items, a row each; None where it says nothing.

        The column ``item_id`` holds ids in the form of the events', each once; the others are kept
        beside the vectors, unless the job names an item table of its own.
        """
        ...


@dataclass(frozen=True)
class Place:
    """Where the rows of a batch come from.

    Attributes:
        source: A file, a table or an adapter, in the user's words.
        first_row: The number of the batch's first row in that source, counted from 1.
        rows: The number of each row, where they do not simply follow the first; else None.
    """

    source: str
    first_row: int
    rows: pa.Int64Array | None = None

    def at(self, index: int) -> str:
        """Name one row of the batch, given its index in the batch.

        >>> Place("events.csv", 101).at(2)
        'events.csv, row 103'
        """
        row = self.first_row + index if self.rows is None else self.rows[index]
        return f"{self.source}, row {row}"


def marked(
    batch: pa.RecordBatch,
    place: Place,
    *,
    left_out: Mapping[str, int] | None = None,
    notes: Sequence[str] = (),
) -> pa.RecordBatch:
    """Return the batch with its marks written into the metadata of its schema.

    Args:
        batch: Events; may have no rows, where there are only counts to be told.
        place: Where its rows come from.
        left_out: How many rows of the source the adapter left out since the batch before, on
            purpose, by reason, such as ``{"rating below 4": 12}``. They count as read.
        notes: What the user should know, a sentence each; told once, however often it is said.
    """
    marks = {_SOURCE_MARK: place.source.encode(), _FIRST_ROW_MARK: str(place.first_row).encode()}
    if place.rows is not None:
        marks[_ROWS_MARK] = np.asarray(place.rows, dtype="<i8").tobytes()
    if left_out:
        marks[_LEFT_OUT_MARK] = json.dumps(dict(left_out)).encode()
    if notes:
        marks[_NOTES_MARK] = json.dumps(list(notes)).encode()
    return batch.replace_schema_metadata(marks)


def place_of(batch: pa.RecordBatch, otherwise: Place) -> Place:
    """Return the place that a batch is marked with, filling what it leaves out from another."""
    marks = batch.schema.metadata or {}
    source = marks.get(_SOURCE_MARK, otherwise.source.encode()).decode(errors="replace")
    row = marks.get(_FIRST_ROW_MARK, b"")
    rows = marks.get(_ROWS_MARK)
    numbers = None if rows is None else pa.array(np.frombuffer(rows, dtype="<i8"))
    return Place(source, int(row) if row.isdigit() else otherwise.first_row, numbers)


def left_out_of(batch: pa.RecordBatch) -> dict[str, int]:
    """Return how many rows the adapter says that it left out, by reason."""
    return dict(_mark(batch, _LEFT_OUT_MARK, {}))


def notes_of(batch: pa.RecordBatch) -> list[str]:
    """Return what the adapter says that the user should know."""
    return list(_mark(batch, _NOTES_MARK, []))


def _mark(batch: pa.RecordBatch, name: bytes, otherwise: Any) -> Any:
    written = (batch.schema.metadata or {}).get(name)
    return otherwise if written is None else json.loads(written)
