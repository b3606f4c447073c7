"""Recommendations for the histories of a table: what the model says, or else the fallback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.adapters import fetch_ahead, local_copies, open_events
from x2vec.corpus import SequenceRules
from x2vec.corpus.blocks import offsets_of
from x2vec.corpus.event_table import event_table
from x2vec.embeddings import Embeddings
from x2vec.jobs.export.answers import Answers
from x2vec.jobs.export.config import ExportJob, Recommend
from x2vec.jobs.export.digest import Digest
from x2vec.jobs.export.fallback import Popular
from x2vec.jobs.export.histories import HistoryStream, Run
from x2vec.jobs.export.loading import Loaded, load_histories
from x2vec.jobs.export.segments import popular_in_segments
from x2vec.jobs.rules import adapter_rules
from x2vec.progress import Listener
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
    assert job.recommend is not None
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
            loaded = load_histories(table, events, job.queries, embeddings.items, seen, listen)
            yield HistoryAsker(loaded, embeddings, job.recommend, rules, ordered=events.ordered)


class HistoryAsker:
    """Asks the model about one history after the other, in the order of their ids.

    Args:
        loaded: The histories.
        embeddings: What is asked.
        recommend: How.
        rules: How sequences are cut and cleaned, as the adapter's options say; None for not.
        ordered: Whether the order inside a history means something.

    Attributes:
        total: How many queries there are.
        query_type: Of their ids.
        item_type: Of the items.
        counts: What was read.
        fingerprint: Of all that was read.
    """

    def __init__(
        self,
        loaded: Loaded,
        embeddings: Embeddings,
        recommend: Recommend,
        rules: SequenceRules | None,
        *,
        ordered: bool,
    ) -> None:
        self.total, self.query_type = loaded.n_queries, loaded.query_type
        self.item_type = embeddings.items.type
        self.counts, self.fingerprint = loaded.counts, loaded.fingerprint
        self._loaded, self._embeddings, self._asked = loaded, embeddings, recommend
        self._rules, self._ordered = rules, ordered
        self._ranker = ranker_of(embeddings)
        is_by_segment = recommend.fallback == "segment-popular"
        segments = popular_in_segments(loaded, recommend.k, None) if is_by_segment else {}
        self._popular = Popular.of(embeddings.counts, None, segments)

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
        kept = self._loaded.known[run.codes]
        before = np.append(0, np.cumsum(kept, dtype=np.int64))
        rows = self._loaded.rows[run.codes[kept]]
        return Histories(rows, before[run.offsets], n_items=len(self._embeddings))


def _woven(of_other: NDArray[np.bool_], one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Return the values of two arrays, those of the second where marked, each in its order."""
    woven = np.empty(len(of_other), one.dtype)
    woven[~of_other], woven[of_other] = one, other
    return woven
