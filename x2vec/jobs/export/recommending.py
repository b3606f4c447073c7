"""Recommendations for the histories of a table: what the model says, or else the fallback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow.types import is_timestamp

from x2vec.adapters import fetch_ahead, local_copies, open_events
from x2vec.corpus import SequenceRules
from x2vec.corpus.event_table import event_table
from x2vec.embeddings import Embeddings
from x2vec.jobs.export.answers import Answers
from x2vec.jobs.export.config import ExportJob
from x2vec.jobs.export.digest import Digest
from x2vec.jobs.export.histories import HistoryStream, Run
from x2vec.jobs.export.loading import Loaded, load_histories
from x2vec.jobs.export.segments import counts_of_segments
from x2vec.jobs.rules import adapter_rules
from x2vec.progress import Listener, Notice
from x2vec.recommendation import Fallback, Histories, Questions, Recommender

__all__ = ["HistoryAsker", "asking_histories"]

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
        UsageError: What queries like is nothing that the item table knows.
    """
    assert job.histories is not None
    assert job.recommend is not None
    source, seen = job.histories, Digest()
    recommender = Recommender.of(embeddings, job.recommend)  # first, for it may refuse the filters
    if job.queries is not None:
        recommender.preferences.check_columns(job.queries.preferences)
    if recommender.unknown:
        some = ", ".join(map(repr, recommender.unknown[:5]))
        text = f"allow and exclude name {len(recommender.unknown):,} unknown items, such as {some}"
        listen(Notice("export", text))
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
            loaded = load_histories(table, events, job.queries, embeddings.items, seen, listen)
            loaded.likings.check(recommender.preferences)
            types = table.types
            if types:  # there are events
                recommender.ranker.check_events(
                    have_times=is_timestamp(types.get("time", pa.null())),
                    have_weights="weight" in types,
                )
            recommender = _with_segments(recommender, loaded)
            yield HistoryAsker(
                loaded,
                recommender,
                rules,
                ordered=events.ordered,
                workers=job.recommend.workers,
            )


class HistoryAsker:
    """Asks the model about one history after the other, in the order of their ids.

    Args:
        loaded: The histories.
        recommender: Answers them.
        rules: How sequences are cut and cleaned, as the adapter's options say; None for not.
        ordered: Whether the order inside a history means something.
        workers: Threads.

    Attributes:
        total: How many queries there are.
        query_type: Of their ids.
        item_type: Of the items.
        has_origin: Whether answers say where the vector of an item comes from.
        counts: What was read.
        fingerprint: Of all that was read.
    """

    def __init__(
        self,
        loaded: Loaded,
        recommender: Recommender,
        rules: SequenceRules | None,
        *,
        ordered: bool,
        workers: int,
    ) -> None:
        self.total, self.query_type = loaded.n_queries, loaded.query_type
        self.item_type = recommender.embeddings.items.type
        self.has_origin = recommender.embeddings.has_inferred
        self.counts, self.fingerprint = loaded.counts, loaded.fingerprint
        self._loaded, self._recommender = loaded, recommender
        self._rules, self._ordered, self._workers = rules, ordered, workers

    def start(self, after: Any, n_done: int) -> None:
        """Begin behind the query ``after``, the last of ``n_done``; at the first if that is 0."""
        self._stream = HistoryStream(
            self._loaded.table,
            self._loaded.sql,
            self._loaded.items,
            self._rules,
            ordered=self._ordered,
            after=after if n_done else None,
        )

    def take(self, n: int) -> Answers:
        """Answer the next ``n`` queries; fewer where fewer are left, and none at the end."""
        run = self._stream.take(n)
        queries = run.queries.cast(self.query_type)
        histories = self._inside(run)
        liked = self._loaded.likings.of(run.queries)
        questions = Questions(queries, histories, segments=run.segments, liked=liked)
        found = self._recommender.answer(questions, workers=self._workers)
        counts = {
            "histories_empty": int((np.diff(run.offsets) == 0).sum()),
            "histories_without_known_item": int((histories.lengths == 0).sum()),
            "events_of_unknown_items": int(len(run.codes) - len(histories.rows)),
        }
        return Answers.of(queries, found.table, counts)

    def _inside(self, run: Run) -> Histories:
        """Write a run in rows of the embeddings, without the items that they do not hold."""
        rows, n_items = self._loaded.rows[run.codes], self._recommender.ranker.n_items
        histories = Histories(rows, run.offsets, n_items, run.times, run.weights)
        return histories.keep(self._loaded.known[run.codes])


def _with_segments(recommender: Recommender, loaded: Loaded) -> Recommender:
    """Return a recommender with what stands in for a history, and beside it."""
    embeddings, selection = recommender.embeddings, recommender.selection
    is_by_segment = selection.fallback == "segment-popular"
    counted = None
    if is_by_segment or selection.segment_mean:
        counted = counts_of_segments(loaded, len(embeddings))
        recommender = recommender.with_segments(counted)
    if selection.fallback == "none":
        return recommender
    fallback = Fallback(embeddings.counts, counted if is_by_segment else None)
    return replace(recommender, fallback=fallback)
