"""Recommendations for the histories of a table: what the model says, or else the fallback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.adapters import Events, fetch_ahead, local_copies, open_events
from x2vec.corpus import SequenceRules
from x2vec.corpus.blocks import offsets_of
from x2vec.corpus.event_table import EventTable, event_table
from x2vec.embeddings import Embeddings
from x2vec.embeddings.suggest import closest
from x2vec.errors import DataError, NothingLeftError
from x2vec.jobs.export.answers import Answers
from x2vec.jobs.export.asked import load_asked
from x2vec.jobs.export.config import ExportJob
from x2vec.jobs.export.digest import Digest
from x2vec.jobs.export.fallback import Popular, Ranked
from x2vec.jobs.export.histories import HistoryStream, Run
from x2vec.jobs.rules import adapter_rules
from x2vec.progress import Listener, Notice
from x2vec.recommend import Histories, ranker_of, top_items

__all__ = ["HistoryAsker", "asking_histories"]

MODEL: Final = "model"

_MEMORY_LIMIT: Final = "400MB"
"""Of the tables; beyond it they spill, so that the memory of an export does not follow its size."""


@contextmanager
def asking_histories(
    job: ExportJob, embeddings: Embeddings, listen: Listener
) -> Iterator[HistoryAsker]:
    """Load the histories of a job, its paths located; they are there until the block ends.

    Raises:
        SourceError: The source or the table of queries cannot be read.
        NothingLeftError: There is nobody to ask about.
        DataError: The embeddings hold none of the histories' items.
    """
    assert job.histories is not None
    source, seen = job.histories, Digest()
    with local_copies(listen):
        events = open_events(
            source.adapter,
            source.options,
            max_missing_share=source.max_missing_share,
            listen=listen,
        )
        rules = adapter_rules(events) if events.rules else None
        fetch_ahead(getattr(source.options, "path", None))
        with event_table(events, memory_limit=_MEMORY_LIMIT, each=seen.add) as table:
            yield HistoryAsker(job, embeddings, table, events, rules, seen, listen)


class HistoryAsker:
    """Asks the model about one history after the other, in the order of their ids.

    Attributes:
        total: How many queries there are.
        query_type: Of their ids.
        item_type: Of the items.
        counts: What was read.
        fingerprint: Of all that was read.
    """

    def __init__(
        self,
        job: ExportJob,
        embeddings: Embeddings,
        table: EventTable,
        events: Events,
        rules: SequenceRules | None,
        seen: Digest,
        listen: Listener,
    ) -> None:
        assert job.recommend is not None
        self._asked, self._embeddings, self._table = job.recommend, embeddings, table
        self._rules, self._ordered = rules, events.ordered
        self._ranker = ranker_of(embeddings)
        item, self._items, item_notes = table.distinct("item")
        sequence, self.query_type, sequence_notes = table.id_of("sequence")
        self.item_type = embeddings.items.type
        connection = table.connection
        n_events = connection.execute("SELECT count(*) FROM events").fetchall()[0][0]
        self.counts: dict[str, int] = {
            "rows_read": events.rows_read,
            "rows_set_aside": sum(events.set_aside.values()),
            "rows_left_out": sum(events.left_out.values()),
            "events": n_events,
        }
        history = (
            f"SELECT {sequence} AS query, NULL::VARCHAR AS segment, code, time, kind, position "
            f"FROM events JOIN items ON id = {item}"
        )
        if job.queries is None:
            self._sql = history
            n = connection.execute(
                f"SELECT count(*) FROM (SELECT DISTINCT {sequence} FROM events)"
            ).fetchall()[0][0]
        else:
            kind = self.query_type if n_events else None
            asked = load_asked(connection, job.queries, kind, seen)
            n = asked.n
            self.counts["queries_without_id"] = asked.without_id
            self.counts["histories_not_asked"] = connection.execute(
                f"SELECT count(*) FROM (SELECT DISTINCT {sequence} AS query FROM events) "
                "ANTI JOIN asked USING (query)"
            ).fetchall()[0][0]
            self._sql = (
                "SELECT a.query, a.segment, h.code, h.time, h.kind, h.position FROM asked a "
                f"LEFT JOIN ({history}) h ON h.query = a.query"
            )
            described = connection.sql("SELECT query FROM asked LIMIT 0").to_arrow_table()
            self.query_type = described.schema.field(0).type
        if not n:
            where = "[histories] holds no events" if job.queries is None else "[queries] is empty"
            raise NothingLeftError(f"{where}, so there is nobody to ask about. Check its path.")
        self.total = n
        self.fingerprint = seen.value
        self._rows, self._known = self._known_items(listen)
        segments = self._segments() if self._asked.fallback == "segment-popular" else {}
        self._popular = Popular.of(embeddings.counts, None, segments)
        for note in (*events.notes, *item_notes, *sequence_notes):
            listen(Notice("histories", note))

    def start(self, after: Any, n_done: int) -> None:
        """Begin behind the query ``after``, the last of ``n_done``; at the first if that is 0."""
        self._stream = HistoryStream(
            self._table,
            self._sql,
            self._items,
            self._rules,
            ordered=self._ordered,
            after=after if n_done else None,
        )

    def take(self, n: int) -> Answers:
        """Answer the next ``n`` queries; fewer where fewer are left, and none at the end."""
        run = self._stream.take(n)
        histories = self._inside(run)
        asked = self._asked
        is_known = self._ranker.answers(histories)
        found = top_items(
            self._ranker,
            histories,
            asked.k,
            exclude_seen=asked.exclude_seen,
            workers=asked.workers,
        )
        rows, scores, lengths = found.rows, found.scores, found.counts
        sources = np.full(len(is_known), MODEL, dtype=object)
        cold = np.flatnonzero(~is_known)
        if asked.fallback != "none" and len(cold):
            instead, lists = self._popular.top(
                histories.take(cold),
                run.segments.take(pa.array(cold)),
                asked.k,
                exclude_seen=asked.exclude_seen,
            )
            sources[cold] = lists.to_pylist()
            lengths = lengths.copy()
            lengths[cold] = instead.counts
            of_cold = np.repeat(~is_known, lengths)
            rows, scores = (
                _woven(of_cold, one, other)
                for one, other in ((found.rows, instead.rows), (found.scores, instead.scores))
            )
        counts = {
            "histories_empty": int((np.diff(run.offsets) == 0).sum()),
            "events_of_unknown_items": int(len(run.codes) - len(histories.rows)),
            "queries_without_known_item": len(cold),
        }
        return Answers(
            queries=run.queries.cast(self.query_type),
            sources=pa.array(sources, pa.string()),
            items=self._embeddings.items.take(pa.array(rows)),
            scores=scores,
            offsets=offsets_of(lengths),
            counts=counts,
        )

    def _inside(self, run: Run) -> Histories:
        """Write a run in rows of the embeddings, without the items that they do not hold."""
        kept = self._known[run.codes]
        before = np.append(0, np.cumsum(kept, dtype=np.int64))
        return Histories(
            self._rows[run.codes[kept]], before[run.offsets], n_items=len(self._embeddings)
        )

    def _known_items(self, listen: Listener) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Return the row of each of the events' items, and whether it has one."""
        items, known = self._items, self._embeddings.items
        rows = pa.nulls(len(items), pa.int32())
        if items.type == known.type:
            rows = pc.index_in(items, value_set=known)
        unknown = items.filter(rows.is_null())
        self.counts["items"] = len(items)
        self.counts["items_unknown"] = len(unknown)
        if len(items) and len(unknown) == len(items):
            raise DataError(
                f"[histories]: the store holds none of the {len(items):,} items: they are "
                f"{items.type}, such as {items[0]}, and those of the store {known.type}, such as "
                f"{known[0]}. Name the right column, or write both in one type."
            )
        if len(unknown):
            first = unknown[0].as_py()
            near = closest(str(first), known)
            hint = f" (closest: {', '.join(map(repr, near))})" if near else ""
            text = (
                f"{len(unknown):,} of {len(items):,} items of the histories are not in the store "
                f"and count for nothing, such as {first!r}{hint}"
            )
            listen(Notice("histories", text))
        return np.asarray(rows.fill_null(0), np.int32), np.asarray(rows.is_valid())

    def _segments(self) -> dict[str, Ranked]:
        """Return the ``k`` items of most events in each segment, by falling count, then by row."""
        connection = self._table.connection
        codes = np.flatnonzero(self._known)
        rows = {"code": pa.array(codes, pa.int32()), "row": pa.array(self._rows[codes])}
        connection.register("known_items", pa.table(rows))
        found = connection.sql(
            "SELECT segment, row, count(*) AS n "
            f"FROM ({self._sql}) JOIN known_items USING (code) WHERE segment IS NOT NULL "
            "GROUP BY segment, row "
            "QUALIFY row_number() OVER (PARTITION BY segment ORDER BY n DESC, row) <= $k "
            "ORDER BY segment, n DESC, row",
            params={"k": self._asked.k},
        ).to_arrow_table()
        connection.unregister("known_items")
        names = found["segment"].combine_chunks()
        starts = np.flatnonzero(np.append(True, pc.not_equal(names[1:], names[:-1])))
        bounds = np.append(starts, len(names)) if len(names) else np.zeros(1, np.int64)
        items, counts = np.asarray(found["row"]).astype(np.int64), np.asarray(found["n"])
        return {
            names[int(start)].as_py(): Ranked(
                items[start:end], counts[start:end].astype(np.float32)
            )
            for start, end in pairwise(bounds)
        }


def _woven(of_other: NDArray[np.bool_], one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Return the values of two arrays, those of the second where marked, each in its order."""
    woven = np.empty(len(of_other), one.dtype)
    woven[~of_other], woven[of_other] = one, other
    return woven
