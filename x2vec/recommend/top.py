"""The best items for histories: what a ranker scores highest of what may be shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of
from x2vec.errors import UsageError
from x2vec.recommend.histories import Histories
from x2vec.recommend.ranker import Ranker, check_vocabulary
from x2vec.search import TopK

__all__ = ["top_items"]

_BLOCK_SCORES: Final = 1 << 24
"""Scores of one block of queries: 64 MB."""


def top_items(
    ranker: Ranker,
    histories: Histories,
    k: int,
    *,
    exclude_seen: bool = True,
    allowed: NDArray[np.bool_] | None = None,
    workers: int = 1,
) -> TopK:
    """Return the ``k`` items of highest score for each history, ties in the order of rows.

    Args:
        ranker: Scores the items.
        histories: In rows of the ranker's vocabulary.
        k: How many items a query gets; fewer where fewer may be shown, and none where the ranker
            does not answer it.
        exclude_seen: Whether a query never gets what its history holds.
        allowed: (n_items,) which items may be shown; None for all.
        workers: Threads, each with a block of its own; any number gives the same answer.

    Raises:
        UsageError: ``k`` is below 1, ``allowed`` has another length than the vocabulary, or the
            histories are rows of another one.

    Example:
        >>> from x2vec.recommend import Popularity
        >>> histories = Histories.of([[0], []], n_items=3)
        >>> top_items(Popularity(np.array([5, 3, 3])), histories, 2).rows.tolist()
        [1, 2, 0, 1]
    """
    check_vocabulary(ranker, histories)
    if k < 1:
        raise UsageError(f"k is {k}; it must be 1 or more.")
    if allowed is not None and allowed.shape != (ranker.n_items,):
        raise UsageError(f"allowed has shape {allowed.shape}; expected ({ranker.n_items},).")
    answered = np.flatnonzero(ranker.answers(histories))
    size = max(1, _BLOCK_SCORES // max(ranker.n_items, 1))
    blocks = [
        histories.take(answered[start : start + size]) for start in range(0, len(answered), size)
    ]
    with ThreadPoolExecutor(workers) as pool:
        parts = list(
            pool.map(lambda block: _best_of(ranker, block, k, exclude_seen, allowed), blocks)
        )
    lengths = np.zeros(len(histories), dtype=np.int64)
    lengths[answered] = np.concatenate([np.empty(0, np.int64), *(part.counts for part in parts)])
    return TopK(
        rows=np.concatenate([np.empty(0, np.int64), *(part.rows for part in parts)]),
        scores=np.concatenate([np.empty(0, np.float32), *(part.scores for part in parts)]),
        offsets=offsets_of(lengths),
    )


def _best_of(
    ranker: Ranker,
    histories: Histories,
    k: int,
    exclude_seen: bool,
    allowed: NDArray[np.bool_] | None,
) -> TopK:
    """Return the best items of a block of histories that the ranker answers."""
    scores = ranker.scores(histories)
    shown = np.ones(scores.shape, dtype=np.bool_)
    if allowed is not None:
        shown[:, ~allowed] = False
    if exclude_seen:
        shown[histories.queries, histories.rows] = False
    kept = scores.shape[1] - k
    if kept > 0:
        least = np.partition(np.where(shown, scores, -np.inf), kept, axis=1)[:, kept]
        shown &= scores >= least[:, None]
    query, row = np.nonzero(shown)
    score = scores[query, row]
    order = np.lexsort((row, -score, query))
    places = np.arange(len(query)) - np.searchsorted(query, query, side="left")
    first = order[places < k]
    lengths = np.bincount(query[first], minlength=len(histories))
    return TopK(row[first], score[first], offsets_of(lengths))
