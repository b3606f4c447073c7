"""Answers to some queries each become the answers to all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of
from x2vec.search import TopK

__all__ = ["merged"]


def merged(parts: Sequence[tuple[NDArray[np.int64], TopK]], n_queries: int) -> TopK:
    """Return answers to some queries each as the answers to all, in the order of the queries.

    Args:
        parts: Positions of queries, and their answers.
        n_queries: How many queries there are; one that stands in no part has no answer.

    Example:
        >>> one, two = (
        ...     TopK(np.array([row]), np.ones(1, np.float32), np.array([0, 1])) for row in (7, 9)
        ... )
        >>> found = merged([(np.array([2]), one), (np.array([0]), two)], 3)
        >>> found.rows.tolist(), found.offsets.tolist()
        ([9, 7], [0, 1, 1, 2])
    """
    owners = np.concatenate(
        [np.empty(0, np.int64), *(np.repeat(queries, found.counts) for queries, found in parts)]
    )
    order = np.argsort(owners, kind="stable")
    rows = np.concatenate([np.empty(0, np.int64), *(found.rows for _, found in parts)])
    scores = np.concatenate([np.empty(0, np.float32), *(found.scores for _, found in parts)])
    return TopK(rows[order], scores[order], offsets_of(np.bincount(owners, minlength=n_queries)))
