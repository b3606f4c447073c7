"""Exact search in one call: the best rows by cosine, and by inner product with a bias.

A score is a sum in float64 over its own pair alone, rounded to float32; scores count as equal when
those are, which is what the caller sees, and equal scores stand in the order of their rows. So a
query gets the same bytes whatever is asked beside it, with any number of workers and any BLAS.
Who asks the same rows again and again makes a ``Searchable`` of them once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec.search.excluded import Excluded
from x2vec.search.result import TopK
from x2vec.search.searchable import Searchable

__all__ = ["best_products", "top_k"]


def top_k(
    queries: NDArray[np.float32],
    vectors: NDArray[np.float32],
    k: int,
    *,
    exclude: Excluded | None = None,
    allowed: NDArray[np.bool_] | None = None,
    workers: int = 1,
) -> TopK:
    """Return for every query the ``k`` rows of highest cosine, ties in the order of rows.

    A row or a query of zeros has cosine 0 with everything.

    Args:
        queries: (n_queries, vector_size) float32.
        vectors: (n_rows, vector_size) float32.
        k: How many rows a query gets; fewer where there are fewer.
        exclude: For every query the rows that it never gets, such as its own.
        allowed: (n_rows,) bool, the rows that any query may get; None allows all.
        workers: Threads that share the queries.

    Returns:
        A ragged ``TopK``: no queries give no rows, and so do no vectors.

    Raises:
        UsageError: Shapes do not fit, ``k`` or ``workers`` is below 1, or a number is not finite.

    Examples:
        >>> vectors = np.array([[1, 0], [2, 0], [0, 1]], dtype=np.float32)
        >>> found = top_k(vectors[:1], vectors, 2, exclude=Excluded.of([[0]]))
        >>> found.rows.tolist(), found.scores.tolist()
        ([1, 2], [1.0, 0.0])
    """
    shelf = Searchable.by_cosine(vectors)
    return shelf.best(queries, k, exclude=exclude, allowed=allowed, workers=workers)


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
        UsageError: Shapes do not fit, ``k`` or ``workers`` is below 1, a number is not finite, or
            a score may be too large for float32.

    Examples:
        >>> items = np.array([[1, 0], [2, 0], [0, 1]], dtype=np.float32)
        >>> found = best_products(items[:1], items, 2, exclude=Excluded.of([[1]]))
        >>> found.rows.tolist(), found.scores.tolist()
        ([0, 2], [1.0, 0.0])
    """
    shelf = Searchable.by_product(items, bias)
    return shelf.best(queries, k, exclude=exclude, allowed=allowed, workers=workers)
