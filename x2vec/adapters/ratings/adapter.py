"""Reads ratings as events: a user is a sequence, and what a user rated stands in it by time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters.base import ITEM_ID, SEQUENCE_ID, TIME, WEIGHT, Place, marked
from x2vec.adapters.columns import check_columns
from x2vec.adapters.ratings.options import RatingsOptions
from x2vec.adapters.ratings.scores import read_scores
from x2vec.adapters.tables.opening import Table, open_tables, read_table

__all__ = ["RatingsAdapter"]

_NAMES = {"user": SEQUENCE_ID, "item": ITEM_ID, "rating": WEIGHT, "time": TIME}


class RatingsAdapter:
    """Reads who rated what, how, and when: what was rated after what says something."""

    name = "ratings"
    options = RatingsOptions
    ordered = True

    def read(self, options: RatingsOptions) -> Iterator[pa.RecordBatch]:
        """Yield the ratings that count, and how many were left out, each row in its place.

        Every file is opened, and its columns are checked, before the first row is yielded.

        Raises:
            SourceError: A file is missing or damaged, or lacks a column; a rating is no number.
        """
        names = list(options.columns.values())
        form = options.form_of(options.path, header=options.header, dat_header=names)
        tables = open_tables(options.path, **form)
        for table in tables:
            check_columns(table, options.columns)
        for table in tables:
            yield from _batches(table, options)

    def items(self, options: RatingsOptions) -> pa.Table | None:
        """Return the table of titles, its ids as ``item_id``; None where no option names one.

        Raises:
            SourceError: It cannot be read, or lacks the column of ids.
        """
        if options.titles is None:
            return None
        names = [options.item, "title", "genres"]
        form = options.form_of(options.titles, header=None, dat_header=names)
        for opened in open_tables(options.titles, **form):
            check_columns(opened, {"item": options.item})
        table = read_table(options.titles, **form)
        names = [ITEM_ID if name == options.item else name for name in table.column_names]
        return table.rename_columns(names)


def _batches(table: Table, options: RatingsOptions) -> Iterator[pa.RecordBatch]:
    if not table.columns:
        return
    row = 1
    for batch in table.batches(list(options.columns.values())):
        named = batch.rename_columns([_NAMES[role] for role in options.columns])
        yield _events(named, Place(table.name, row), options)
        row += batch.num_rows


def _events(batch: pa.RecordBatch, place: Place, options: RatingsOptions) -> pa.RecordBatch:
    """Return the events of a batch of rows, marked with what is left out of it."""
    left_out: dict[str, int] = {}
    if options.rating:
        scores = read_scores(batch[WEIGHT], place)
        batch = batch.drop_columns([WEIGHT])
        if options.as_weight:
            batch = batch.append_column(WEIGHT, scores.values)
        if options.threshold is not None:
            low = pc.less(scores.values, options.threshold).fill_null(False)
            gone = {**scores.missing, f"rating below {options.threshold:g}": low}
            left_out = {why: mask.true_count for why, mask in gone.items() if mask.true_count}
            is_kept = ~np.logical_or.reduce([np.asarray(mask) for mask in gone.values()])
            if left_out:
                rows = place.first_row + np.flatnonzero(is_kept)
                batch = batch.filter(pa.array(is_kept))
                place = Place(place.source, place.first_row, pa.array(rows, pa.int64()))
    return marked(batch, place, left_out=left_out)
