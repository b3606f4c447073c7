"""The sessions that neighbours are sought among, asked by several threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from x2vec._cores import cores
from x2vec.corpus import Corpus
from x2vec.corpus.blocks import offsets_of
from x2vec.errors import ConfigError
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.neighbours.arrays import Desk, Sessions, Weighing

__all__ = ["SessionIndex"]


@dataclass(frozen=True, eq=False)
class SessionIndex:
    """The sessions of a corpus, by session and by item, and how many of them are neighbours.

    Of all sessions that share an item with a history the last ``sample`` of the corpus are looked
    at, as in the papers, where they are the most recent. A corpus has no times: its sequences come
    in the order of their ids or of their lists, so they are the most recent where that order is
    that of time, and a fixed sample elsewhere.

    It takes 8 bytes for each different item of each session and 4 for each of the last ``sample``
    sessions of each item, and each thread 20 bytes for each session while it works.

    Attributes:
        sessions: The arrays.
        k: How many sessions are neighbours: the most similar, of equal ones the later.
        sample: Among how many of the last that share an item they are sought.
        ordered: False for baskets.
        workers: Threads, as many as there are cores unless given. Scores are the same bytes.

    Raises:
        ConfigError: ``k``, ``sample`` or ``workers`` is below 1.

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> clicks = Sequences.from_lists([["a", "b", "a"], ["a"]])
        >>> index = SessionIndex.of(Corpus.of(clicks, Vocabulary.of(clicks)), k=1, sample=1)
        >>> index.sessions.places.tolist(), index.sessions.holders.tolist()
        ([2, 1, 0], [1, 0])
    """

    sessions: Sessions
    k: int
    sample: int
    ordered: bool
    workers: int | None = None

    def __post_init__(self) -> None:
        for name in ("k", "sample", "workers"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise ConfigError(f"{name} must be at least 1, not {number}")

    @classmethod
    def of(cls, corpus: Corpus, *, k: int, sample: int, workers: int | None = None) -> SessionIndex:
        """Index the sequences of a corpus, those of one event too."""
        from x2vec.recommendation.neighbours.kernel import invert, list_distinct

        rows = np.asarray(corpus.rows)
        items, places = np.empty(len(rows), np.int32), np.empty(len(rows), np.int32)
        offsets = np.empty(len(corpus) + 1, np.int64)
        seen = np.zeros(corpus.n_items, np.int64)
        n_entries = list_distinct(rows, np.asarray(corpus.offsets), seen, items, places, offsets)
        items, places = items[:n_entries].copy(), places[:n_entries].copy()
        counts = np.bincount(items, minlength=corpus.n_items)
        starts = offsets_of(np.minimum(counts, max(sample, 1)))
        holders = np.empty(starts[-1], np.int32)
        invert(items, offsets, starts, np.zeros(corpus.n_items, np.int64), holders)
        sessions = Sessions(items, places, offsets, holders, starts)
        return cls(sessions, k, sample, corpus.ordered, workers)

    def __len__(self) -> int:
        """Return the number of sessions."""
        return len(self.sessions.offsets) - 1

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return len(self.sessions.starts) - 1

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """The number of different items of each session, (n_sessions,)."""
        return np.diff(self.sessions.offsets)

    @cached_property
    def longest(self) -> int:
        """The number of events of the longest session; 0 where there is none."""
        return int(self.sessions.places.max(initial=-1)) + 1

    @cached_property
    def rarity(self) -> NDArray[np.float64]:
        """Inverse document frequency: ``log(sessions / sessions with the item)``, (n_items,).

        An item of no session has 0.
        """
        counts = np.bincount(self.sessions.items, minlength=self.n_items)
        return np.where(counts, np.log(max(len(self), 1) / np.maximum(counts, 1)), 0.0)

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Return which histories hold an item that a session holds, (n_queries,) bool."""
        return histories.hold(np.diff(self.sessions.starts) > 0)

    def scores(self, histories: Histories, weighing: Weighing) -> NDArray[np.float32]:
        """Return the sum over the neighbours, (n_queries, n_items) float32; 0 without support."""
        from x2vec.recommendation.neighbours.kernel import score_some

        scores = np.zeros((len(histories), self.n_items), np.float32)
        n_threads = max(1, min(self.workers or cores(), len(histories)))

        def work(first: int) -> None:
            score_some(
                self.sessions,
                weighing,
                self.k,
                self.sample,
                histories.rows,
                histories.offsets,
                first,
                n_threads,
                self._desk(),
                scores,
            )

        with ThreadPoolExecutor(n_threads) as pool:
            list(pool.map(work, range(n_threads)))
        return scores

    def _desk(self) -> Desk:
        return Desk(
            asked=np.zeros(self.n_items, np.int64),
            similarities=np.zeros(len(self), np.float64),
            last=np.empty(len(self), np.int64),
            found=np.empty(len(self), np.int32),
        )
