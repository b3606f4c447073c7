"""Histories of a table of events, query by query in the order of their ids, a run at a time.

DuckDB brings the events of a query together and orders them, on disk where they are many; what
stands in Python is one run of queries, however large the table is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.corpus import Ledger, SequenceRules, Sequences
from x2vec.corpus.blocks import offsets_of
from x2vec.corpus.event_table import EventTable
from x2vec.errors import NothingLeftError, StorageError

__all__ = ["HistoryStream", "Run"]

_ROWS: Final = 131_072  # of a batch of DuckDB's


@dataclass(frozen=True, eq=False)
class Run:
    """The histories of some queries.

    Attributes:
        queries: (n_queries,) string or int64, ascending.
        segments: (n_queries,) string, null where a query has none.
        codes: (n_tokens,) int64, positions in the events' items, each history in its order.
        offsets: (n_queries + 1,) int64; a history may be empty.
        times: (n_tokens,) int64, microseconds since 1970; None where the source has no clock.
        weights: (n_tokens,) float32; None where the source has none.
    """

    queries: pa.Array
    segments: pa.Array
    codes: NDArray[np.int64]
    offsets: NDArray[np.int64]
    times: NDArray[np.int64] | None
    weights: NDArray[np.float32] | None


class HistoryStream:
    """Reads the histories of the queries after one, or of all of them.

    Args:
        table: The events.
        sql: The query that gives ``query``, ``segment``, ``code``, ``time``, ``kind``, ``weight``,
            ``position``.
        items: The distinct items of the events.
        rules: How the source's adapter cuts and cleans sequences; of what is cut, the last piece
            is the history.
        ordered: Whether the order inside a history means something.
        after: The query to begin behind; None for the first one.
    """

    def __init__(
        self,
        table: EventTable,
        sql: str,
        items: pa.Array,
        rules: SequenceRules | None,
        *,
        ordered: bool,
        after: Any = None,
    ) -> None:
        self._items, self._rules, self._ordered = items, rules, ordered
        self._table = table
        types = table.types
        self._has_clock = "time" in types and pa.types.is_timestamp(types["time"])
        condition = "" if after is None else "WHERE query > $after "
        parameters = {} if after is None else {"after": after}
        # All order is said by ORDER BY; without this it would keep much more in memory.
        table.connection.execute("SET preserve_insertion_order = false")
        relation = table.connection.sql(
            f"SELECT query, segment, code, time, kind, weight FROM ({sql}) {condition}"
            "ORDER BY query, time, position",
            params=parameters,
        )
        self._batches: Iterator[pa.RecordBatch] = iter(relation.to_arrow_reader(_ROWS))
        self._held = pa.table({name: pa.nulls(0) for name in relation.columns}).slice(0, 0)
        self._starts = np.empty(0, np.int64)
        self._is_over = False

    def take(self, n: int) -> Run:
        """Return the next ``n`` histories; fewer where fewer are left, and none at the end."""
        while len(self._starts) <= n and not self._is_over:  # the last one may go on
            self._read()
        n = min(n, len(self._starts))
        bounds = np.append(self._starts, self._held.num_rows)
        rows = self._held.slice(0, int(bounds[n])).combine_chunks()
        self._held = self._held.slice(int(bounds[n]))
        firsts, self._starts = self._starts[:n], self._starts[n:] - bounds[n]
        return self._run(rows, firsts)

    def _read(self) -> None:
        try:
            batch = next(self._batches, None)
        except (pa.ArrowException, OSError) as error:  # as DuckDB's errors come while it streams
            found = str(error).strip().splitlines()[0]
            raise StorageError(
                f"Bringing the events of histories together failed: {found}. Set TMPDIR to "
                "a directory with more space, or export fewer histories at once by [queries]."
            ) from error
        if batch is None:
            self._is_over = True
            return
        part = pa.Table.from_batches([batch])
        queries = part["query"].combine_chunks()
        changes = np.flatnonzero(pc.not_equal(queries[1:], queries[:-1])) + 1
        if self._held.num_rows == 0:
            self._held, self._starts = part, np.append(0, changes)
            return
        goes_on = self._held["query"][-1] == queries[0]
        first = [] if goes_on else [0]
        starts = np.append(first, changes).astype(np.int64) + self._held.num_rows
        self._held = pa.concat_tables([self._held, part])
        self._starts = np.append(self._starts, starts)

    def _run(self, rows: pa.Table, firsts: NDArray[np.int64]) -> Run:
        at = pa.array(firsts)
        queries = rows["query"].combine_chunks().take(at)
        segments = rows["segment"].combine_chunks().take(at)
        there = rows["code"].is_valid()
        before = np.append(0, np.cumsum(np.asarray(there)))
        offsets = before[np.append(firsts, rows.num_rows)]
        events = rows.filter(there)
        types = self._table.types
        run = Run(
            queries,
            segments,
            np.asarray(events["code"]).astype(np.int64),
            offsets,
            np.asarray(events["time"]) if self._has_clock else None,
            np.asarray(events["weight"]) if "weight" in types else None,
        )
        return run if self._rules is None else self._cut(run, events)

    def _cut(self, run: Run, events: pa.Table) -> Run:
        """Apply the rules of the adapter; of a sequence that is cut the last piece stays."""
        lengths = np.diff(run.offsets)
        owners = np.flatnonzero(lengths)
        types, kinds = self._table.types, self._table.kinds
        has_kinds = "kind" in types
        sequences = Sequences(
            names=run.queries,
            origins=owners.astype(np.int32),
            items=self._items,
            codes=run.codes.astype(np.int32),
            offsets=offsets_of(lengths[owners]),
            times=np.asarray(events["time"]) if "time" in types else None,
            ordered=self._ordered,
            has_clock=self._has_clock,
            weights=run.weights,
            ledger=Ledger.of(rows=len(run.codes), sequences=len(owners)),
            kinds=kinds.ranks[np.asarray(events["kind"])] if has_kinds else None,
            kind_names=kinds.names if has_kinds else (),
        )
        try:
            pieces = sequences.clean(self._rules)
        except NothingLeftError:
            return _with_events(run, run, slice(0, 0), np.zeros_like(run.offsets))
        last = np.append(np.flatnonzero(np.diff(pieces.origins)), len(pieces) - 1)
        left = np.zeros(len(run.queries), np.int64)
        left[pieces.origins[last]] = pieces.lengths[last]
        of_last = np.zeros(len(pieces), np.bool_)
        of_last[last] = True
        stays = np.repeat(of_last, pieces.lengths)
        return _with_events(run, pieces, stays, offsets_of(left))


def _with_events(
    run: Run, source: Run | Sequences, events: NDArray[np.bool_] | slice, offsets: NDArray[np.int64]
) -> Run:
    """Return a run with some events of a source, in every column that it has itself."""
    has_times, has_weights = run.times is not None, run.weights is not None
    return replace(
        run,
        codes=source.codes[events].astype(np.int64),
        offsets=offsets,
        times=source.times[events] if has_times and source.times is not None else None,
        weights=source.weights[events] if has_weights and source.weights is not None else None,
    )
