"""What an adapter is: a name, an options dataclass, and ``read``, which yields Arrow batches.

Everything that is common to adapters stands here: the protocol, the names of the columns, and the
two marks by which a batch says where its rows come from, so that errors can name source and row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, get_args

import pyarrow as pa

__all__ = [
    "BATCH_ROWS",
    "ITEM_ID",
    "KIND",
    "SEQUENCE_ID",
    "TIME",
    "TIME_UNITS",
    "WEIGHT",
    "Adapter",
    "Place",
    "TimeUnit",
    "marked",
    "place_of",
]

SEQUENCE_ID: Final = "sequence_id"
ITEM_ID: Final = "item_id"
TIME: Final = "time"
WEIGHT: Final = "weight"
KIND: Final = "kind"

BATCH_ROWS: Final = 100_000
"""Rows of a batch: a few megabytes, so that memory stays flat and Arrow's call costs vanish."""

TimeUnit = Literal["auto", "s", "ms", "us", "ns", "position"]
"""What whole numbers in a time column count: a unit since 1970, or only a position."""

TIME_UNITS: Final[tuple[str, ...]] = get_args(TimeUnit)

_SOURCE_MARK: Final = b"x2vec.source"
_FIRST_ROW_MARK: Final = b"x2vec.first_row"


class Adapter(Protocol):
    """Reads one kind of source; a class that takes no arguments, found by its entry point.

    Attributes:
        name: The name that users write.
        options: A frozen dataclass, the source's settings. Where it has a field ``time_unit``
            (see ``TimeUnit``), that is how whole numbers in the time column are read.
        ordered: True where the order of events inside a sequence means something.
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


@dataclass(frozen=True)
class Place:
    """Where the rows of a batch come from.

    Attributes:
        source: A file, a table or an adapter, in the user's words.
        first_row: The number of the batch's first row in that source, counted from 1.
    """

    source: str
    first_row: int

    def at(self, index: int) -> str:
        """Name one row of the batch, given its index in the batch.

        >>> Place("events.csv", 101).at(2)
        'events.csv, row 103'
        """
        return f"{self.source}, row {self.first_row + index}"


def marked(batch: pa.RecordBatch, place: Place) -> pa.RecordBatch:
    """Return the batch with its place written into the metadata of its schema."""
    marks = {_SOURCE_MARK: place.source.encode(), _FIRST_ROW_MARK: str(place.first_row).encode()}
    return batch.replace_schema_metadata(marks)


def place_of(batch: pa.RecordBatch, otherwise: Place) -> Place:
    """Return the place that a batch is marked with, filling what it leaves out from another."""
    marks = batch.schema.metadata or {}
    source = marks.get(_SOURCE_MARK, otherwise.source.encode()).decode(errors="replace")
    row = marks.get(_FIRST_ROW_MARK, b"")
    return Place(source, int(row) if row.isdigit() else otherwise.first_row)
