"""The adapter ``events``: a long table, one row an event, ordered in time inside a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from x2vec.adapters.long_table import LongTableOptions, read_long_table

__all__ = ["EventsAdapter", "EventsOptions"]


@dataclass(frozen=True)
class EventsOptions(LongTableOptions):
    """The options of the adapter ``events``; see ``LongTableOptions``.

    >>> EventsOptions("clicks.csv", sequence="session", item="sku").time_unit
    'auto'
    """


class EventsAdapter:
    """Reads clicks, plays, visits: what happened after what says something."""

    name = "events"
    options = EventsOptions
    ordered = True

    def read(self, options: EventsOptions) -> Iterator[pa.RecordBatch]:
        """Yield the events; see ``read_long_table``."""
        return read_long_table(options)
