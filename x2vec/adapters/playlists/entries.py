"""Playlists on their way to events: an entry of a list is a row, beside what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from x2vec.adapters.base import BATCH_ROWS, ITEM_ID, SEQUENCE_ID, Place, marked

__all__ = ["EMPTY_LIST", "Entries"]

EMPTY_LIST: Final = "empty list"
"""The reason under which lists without an entry are counted, as one row each."""


class Entries:
    """Gathers lists until they fill a batch.

    Args:
        id_type: The type of the lists' ids.
        says: What is said of an entry, such as ``title``: the names of further columns, all text.
    """

    def __init__(self, id_type: pa.DataType, says: Sequence[str] = ()) -> None:
        self._schema = pa.schema(
            [
                (SEQUENCE_ID, id_type),
                (ITEM_ID, pa.string()),
                *((name, pa.string()) for name in says),
            ]
        )
        self._n_columns = 1 + len(says)
        self._n_read = 0
        self._empty = 0
        self._clear()

    def add(
        self, sequence_id: int | str | None, items: list[str | None], *said: list[str | None]
    ) -> None:
        """Add one list.

        Args:
            sequence_id: Its id.
            items: Its entries.
            said: For each column that says something, what it says of each entry.
        """
        if not items:
            self._empty += 1
            return
        self._ids.append(sequence_id)
        self._lengths.append(len(items))
        for column, values in zip(self._columns, (items, *said), strict=True):
            column.extend(values)
        self._n_rows += len(items)

    @property
    def is_full(self) -> bool:
        """Whether it is time to ``take``."""
        return self._n_rows >= BATCH_ROWS

    def take(self, source: str, notes: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """Yield what was gathered, at least one batch, and start anew.

        Raises:
            UnicodeEncodeError: A text is half a surrogate pair.
            pa.ArrowException: An id of a list, or an item, is of another type.
        """
        columns = [pa.array(values, pa.string()) for values in self._columns]
        owners = np.repeat(np.arange(len(self._ids)), self._lengths)
        ids = pa.array(self._ids, self._schema.field(0).type).take(pa.array(owners))
        batch = pa.RecordBatch.from_arrays([ids, *columns], schema=self._schema)
        left_out, self._empty = self._empty, 0
        self._clear()
        for start in range(0, max(batch.num_rows, 1), BATCH_ROWS):
            part = batch.slice(start, BATCH_ROWS)
            place = Place(source, self._n_read + 1)
            gone = {EMPTY_LIST: left_out} if left_out and not start else None
            yield marked(part, place, left_out=gone, notes=notes)
            self._n_read += part.num_rows

    def _clear(self) -> None:
        self._ids: list[int | str | None] = []
        self._lengths: list[int] = []
        self._columns: list[list[str | None]] = [[] for _ in range(self._n_columns)]
        self._n_rows = 0
