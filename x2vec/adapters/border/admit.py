"""The border: raw batches of any adapter become clean events, and what is set aside is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa

from x2vec.adapters.base import (
    ITEM_ID,
    KIND,
    SEQUENCE_ID,
    TIME,
    WEIGHT,
    Adapter,
    HasRules,
    Place,
    left_out_of,
    notes_of,
    place_of,
)
from x2vec.adapters.border.ids import IdColumn
from x2vec.adapters.border.raw import raw_batches
from x2vec.adapters.border.times import TimeColumn
from x2vec.adapters.border.weights import read_kinds, read_weights
from x2vec.adapters.files.copies import drawn
from x2vec.adapters.options import make_adapter, make_options
from x2vec.errors import SourceError, UsageError
from x2vec.progress import Listener, Progress, silent

__all__ = ["Events", "open_events"]

_Rules = dict[str, IdColumn | TimeColumn]


class Events:
    """The events of one source, admitted while they are iterated over.

    Iterating yields Arrow batches with the columns ``sequence_id`` and ``item_id`` (string or
    int64, never null; a column's type may change between batches, where the source's does),
    ``time`` (timestamp[us, UTC], or int64 positions) where the adapter gives one, and likewise
    ``weight`` (float64, finite, at least 0) and ``kind`` (string, never empty), where null stays
    null. The columns are the same in
    every batch. No order is promised but that of the source.

    Iterating again reads the source again. The counts below are those of the last iteration, and
    ``rows_read`` is the number of events yielded plus the sums of ``set_aside`` and ``left_out``.

    Attributes:
        adapter: The adapter's name.
        ordered: Whether order inside a sequence means something.
        in_one_thread: Whether the source must be iterated over in one thread, from start to end.
        rules: Fields of ``SequenceRules`` that the adapter's options ask for.
        rows_read: Rows read so far.
        set_aside: Rows not admitted, by reason, such as ``"item_id is null"``. A row that lacks
            more than one value counts once, for the first of them.
        left_out: Rows that the adapter left out as its options ask, by reason.
        notes: What was inferred or converted, a sentence each.
    """

    def __init__(
        self, adapter: Adapter, options: Any, *, max_missing_share: float, listen: Listener
    ) -> None:
        self.adapter = adapter.name
        self.ordered = bool(getattr(options, "ordered", adapter.ordered))
        self.in_one_thread = bool(getattr(adapter, "in_one_thread", False))
        self.rules = dict(adapter.rules(options)) if isinstance(adapter, HasRules) else {}
        self.rows_read = 0
        self.set_aside: dict[str, int] = {}
        self.left_out: dict[str, int] = {}
        self.notes: list[str] = []
        self._options = options
        self._max_missing_share = max_missing_share
        self._listen = listen
        self._raw = drawn(lambda: raw_batches(adapter, options), listen)

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Read the source from its start.

        Raises:
            SourceError: The source fails, a row breaks the rules on ids and times, or more than
                ``max_missing_share`` of all rows were set aside.
        """
        rules: _Rules = {
            SEQUENCE_ID: IdColumn(SEQUENCE_ID),
            ITEM_ID: IdColumn(ITEM_ID),
            TIME: TimeColumn(getattr(self._options, "time_unit", "auto")),
        }
        set_aside: Counter[str] = Counter()
        left_out: Counter[str] = Counter()
        said: dict[str, None] = {}
        self.rows_read, self.set_aside, self.left_out, self.notes = 0, {}, {}, []
        # Closed by hand: on Python 3.12.3 one that was closed still held what it had drawn from.
        with closing(self._raw()) as batches:
            for batch in batches:
                place = place_of(batch, Place(f"adapter '{self.adapter}'", self.rows_read + 1))
                admitted = _admit(batch, place, rules, set_aside)
                left_out.update(gone := left_out_of(batch))
                said |= dict.fromkeys(notes_of(batch))
                self.rows_read += batch.num_rows + sum(gone.values())
                self.set_aside, self.left_out = dict(set_aside), dict(left_out)
                self.notes = [*(n for rule in rules.values() for n in rule.notes()), *said]
                self._listen(Progress("read", self.rows_read, None, "rows"))
                if admitted.num_rows:
                    yield admitted
        self._check_share()

    def _check_share(self) -> None:
        lost = sum(self.set_aside.values())
        if lost <= self._max_missing_share * self.rows_read:
            return
        reasons = ", ".join(f"{reason}: {rows:,}" for reason, rows in self.set_aside.items())
        raise SourceError(
            f"adapter '{self.adapter}': {lost:,} of {self.rows_read:,} rows "
            f"({lost / self.rows_read:.1%}) cannot be used ({reasons}); at most "
            f"{self._max_missing_share:.1%} may be set aside. Mend the source, or raise "
            "max_missing_share."
        )


def open_events(
    adapter_name: str,
    options: object,
    *,
    max_missing_share: float = 0.01,
    listen: Listener = silent,
) -> Events:
    """Open a source through its adapter; nothing is read yet.

    Args:
        adapter_name: The name of an adapter, built-in or of a plug-in.
        options: Its options, or a mapping with their fields.
        max_missing_share: The share of all rows, from 0 to 1, that may lack an id or a time.
        listen: Told after each batch how many rows were read.

    Raises:
        PluginError: There is no such adapter, or it is broken.
        UsageError: The options do not fit, or the share is no share.

    >>> table = pa.table({"basket": [1, 1, 2], "sku": ["bread", "butter", "bread"]})
    >>> events = open_events("baskets", {"path": table, "sequence": "basket", "item": "sku"})
    >>> [batch.to_pydict() for batch in events]
    [{'sequence_id': [1, 1, 2], 'item_id': ['bread', 'butter', 'bread']}]
    """
    if not 0 <= max_missing_share <= 1:
        raise UsageError(f"max_missing_share: expected 0 to 1, got {max_missing_share}.")
    adapter = make_adapter(adapter_name)
    made = make_options(adapter, options)
    return Events(adapter, made, max_missing_share=max_missing_share, listen=listen)


def _admit(
    batch: pa.RecordBatch,
    place: Place,
    rules: _Rules,
    set_aside: Counter[str],
) -> pa.RecordBatch:
    """Check one batch; counts in ``set_aside`` the rows that it leaves out."""
    columns: dict[str, pa.Array] = {}
    missing: dict[str, pa.BooleanArray] = {}
    for name, rule in rules.items():
        if name in batch.schema.names:
            checked = rule.read(batch.column(name), place)
            columns[name] = checked.values
            missing |= checked.missing
    if WEIGHT in batch.schema.names:
        columns[WEIGHT] = read_weights(batch.column(WEIGHT), place)
    if KIND in batch.schema.names:
        columns[KIND] = read_kinds(batch.column(KIND), place)
    admitted = pa.RecordBatch.from_pydict(columns)
    return _without_missing(admitted, missing, set_aside) if missing else admitted


def _without_missing(
    batch: pa.RecordBatch, missing: dict[str, pa.BooleanArray], set_aside: Counter[str]
) -> pa.RecordBatch:
    is_kept = np.ones(batch.num_rows, dtype=bool)
    for reason, mask in missing.items():
        lacks = mask.to_numpy(zero_copy_only=False)
        n_rows = int(np.count_nonzero(lacks & is_kept))
        if n_rows:
            set_aside[reason] += n_rows
        is_kept &= ~lacks
    return batch.filter(pa.array(is_kept))
