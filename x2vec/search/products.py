"""The rows of highest inner product, a bias added: what a model of next items is asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import UsageError
from x2vec.search.cosine import row_dots
from x2vec.search.excluded import Excluded
from x2vec.search.result import TopK

__all__ = ["best_products"]


def best_products(
    queries: NDArray[np.float32],
    items: NDArray[np.float32],
    k: int,
    *,
    bias: NDArray[np.float32] | None = None,
    exclude: Excluded | None = None,
    allowed: NDArray[np.bool_] | None = None,
    workers: int = 1,
) -> TopK:
    """Return for every query the ``k`` rows of highest ``query @ item + bias``, ties by row.

    A score is a sum in float64 over its own pair alone, rounded to float32; scores count as equal
    when those are. So equal queries get equal bytes, whatever else is asked beside them and
    however many workers there are.

    Args:
        queries: (n_queries, vector_size) float32.
        items: (n_rows, vector_size) float32.
        k: How many rows a query gets; fewer where there are fewer.
        bias: (n_rows,) float32, added to the scores of each row; None adds nothing.
        exclude: For every query the rows that it never gets.
        allowed: (n_rows,) bool, the rows that any query may get; None allows all.
        workers: Threads that share the queries.

    Returns:
        A ragged ``TopK``: no queries give no rows, and so do no items.

    Raises:
        UsageError: Shapes do not fit, ``k`` or ``workers`` is below 1, or a number is not finite.

    Examples:
        >>> items = np.array([[1, 0], [2, 0], [0, 1]], dtype=np.float32)
        >>> found = best_products(items[:1], items, 2, exclude=Excluded.of([[1]]))
        >>> found.rows.tolist(), found.scores.tolist()
        ([0, 2], [1.0, 0.0])
    """
    queries, items = np.asarray(queries, np.float32), np.asarray(items, np.float32)
    if queries.ndim != 2 or items.ndim != 2 or queries.shape[1] != items.shape[1]:
        raise UsageError(f"queries {queries.shape} and items {items.shape} do not fit.")
    if k < 1 or workers < 1:
        raise UsageError(f"k is {k} and workers is {workers}; both must be 1 or more.")
    added = np.zeros(len(items)) if bias is None else np.asarray(bias, np.float64)
    if not all(np.isfinite(one).all() for one in (queries, items, added)):
        raise UsageError("queries, items or bias hold NaN or infinity.")
    exclude = exclude or Excluded.of([[]] * len(queries))
    exclude.check(len(queries), len(items))
    wide = items.astype(np.float64)
    found = []
    for i, query in enumerate(queries):
        usable = np.ones(len(items), np.bool_) if allowed is None else allowed.copy()
        usable[exclude.rows[exclude.offsets[i] : exclude.offsets[i + 1]]] = False
        rows = np.flatnonzero(usable)
        dots = row_dots(wide, np.broadcast_to(query.astype(np.float64), wide.shape))
        scores = (dots + added).astype(np.float32)[rows]
        best = np.argsort(-scores, kind="stable")[:k]
        found.append((rows[best], scores[best]))
    offsets = np.zeros(len(queries) + 1, np.int64)
    np.cumsum([len(rows) for rows, _ in found], out=offsets[1:])
    return TopK(
        rows=np.concatenate([np.empty(0, np.int64), *(rows for rows, _ in found)]),
        scores=np.concatenate([np.empty(0, np.float32), *(scores for _, scores in found)]),
        offsets=offsets,
    )
