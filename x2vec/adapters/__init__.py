"""Adapters: any source becomes events, Arrow batches with ``sequence_id`` and ``item_id``.

``open_events`` is the one way in; what it lets through, later rooms trust. How to write an adapter
stands in ``docs/adapters.md``.
"""

from __future__ import annotations

from x2vec.adapters.base import (
    BATCH_ROWS,
    IS_PATH,
    Adapter,
    HasItems,
    HasRules,
    Place,
    TimeUnit,
    marked,
)
from x2vec.adapters.border.admit import Events, open_events
from x2vec.adapters.border.ids import normalise_ids
from x2vec.adapters.border.mixed_ids import mixed_note
from x2vec.adapters.border.weights import read_weights
from x2vec.adapters.columns import check_columns
from x2vec.adapters.files.addresses import without_secrets
from x2vec.adapters.files.copies import local_copies
from x2vec.adapters.files.paths import absolute_path, fetch_ahead, located
from x2vec.adapters.options import breaches, make_adapter, make_options
from x2vec.adapters.tables.csv_form import check_csv
from x2vec.adapters.tables.opening import Format, open_tables, read_table

__all__ = [
    "BATCH_ROWS",
    "IS_PATH",
    "Adapter",
    "Events",
    "Format",
    "HasItems",
    "HasRules",
    "Place",
    "TimeUnit",
    "absolute_path",
    "breaches",
    "check_columns",
    "check_csv",
    "local_copies",
    "fetch_ahead",
    "located",
    "make_adapter",
    "make_options",
    "marked",
    "mixed_note",
    "normalise_ids",
    "open_events",
    "open_tables",
    "read_table",
    "read_weights",
    "without_secrets",
]
