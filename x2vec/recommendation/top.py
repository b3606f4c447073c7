"""The best items for histories: what a ranker scores highest of what may be shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of
from x2vec.errors import UsageError
from x2vec.recommendation.embedding import EmbeddingRanker
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.merging import merged
from x2vec.recommendation.ranker import Ranker, check_vocabulary
from x2vec.search import Excluded, TopK

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
    bias: NDArray[np.float32] | None = None,
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
        bias: (n_items,) added to the ranker's scores of each item; None adds nothing.
        workers: Threads; any number gives the same answer.

    Raises:
        UsageError: ``k`` is below 1, ``allowed`` or ``bias`` has another length than the
            vocabulary, or the histories are rows of another one.

    Example:
        >>> from x2vec.recommendation import Popularity
        >>> histories = Histories.of([[0], []], n_items=3)
        >>> top_items(Popularity(np.array([5, 3, 3])), histories, 2).rows.tolist()
        [1, 2, 0, 1]
    """
    check_vocabulary(ranker, histories)
    if k < 1:
        raise UsageError(f"k is {k}; it must be 1 or more.")
    for name, array in (("allowed", allowed), ("bias", bias)):
        if array is not None and array.shape != (ranker.n_items,):
            raise UsageError(f"{name} has shape {array.shape}; expected ({ranker.n_items},).")
    answered = np.flatnonzero(ranker.answers(histories))
    asked = histories.take(answered)
    if isinstance(ranker, EmbeddingRanker):
        searchable = ranker.searchable
        if bias is not None:
            searchable = replace(searchable, bias=searchable.bias + bias)
        found = searchable.best(
            ranker.queries(asked),
            k,
            exclude=Excluded(asked.offsets, asked.rows) if exclude_seen else None,
            allowed=allowed,
            workers=workers,
        )
    else:
        found = _scored(ranker, asked, k, exclude_seen, allowed, bias, workers)
    return merged([(answered, found)], len(histories))


def _scored(
    ranker: Ranker,
    histories: Histories,
    k: int,
    exclude_seen: bool,
    allowed: NDArray[np.bool_] | None,
    bias: NDArray[np.float32] | None,
    workers: int,
) -> TopK:
    """Return the best items by the scores of all, a block of queries after the other."""

    def best(queries: NDArray[np.int64]) -> tuple[NDArray[np.int64], TopK]:
        block = histories.take(queries)
        scores = ranker.scores(block)
        shown = np.ones(scores.shape, dtype=np.bool_)
        if exclude_seen:
            shown[block.queries, block.rows] = False
        if allowed is not None:
            shown &= allowed
        return queries, _best(scores if bias is None else scores + bias, shown, k)

    size = max(1, _BLOCK_SCORES // max(ranker.n_items, 1))
    every = np.arange(len(histories))
    blocks = [every[start : start + size] for start in range(0, len(every), size)]
    with ThreadPoolExecutor(workers) as pool:
        return merged(list(pool.map(best, blocks)), len(histories))


def _best(scores: NDArray[np.float32], shown: NDArray[np.bool_], k: int) -> TopK:
    """Return the best of the scores that are shown, both (n_queries, n_items)."""
    beyond = scores.shape[1] - k
    if beyond > 0:
        least = np.partition(np.where(shown, scores, -np.inf), beyond, axis=1)[:, beyond]
        shown = shown & (scores >= least[:, None])
    query, row = np.nonzero(shown)
    score = scores[query, row]
    order = np.lexsort((row, -score, query))
    places = np.arange(len(query)) - np.searchsorted(query, query, side="left")
    first = order[places < k]
    lengths = np.bincount(query[first], minlength=len(scores))
    return TopK(row[first], score[first], offsets_of(lengths))
