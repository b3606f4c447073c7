"""Queries on embeddings: items, sums and differences of items, or vectors; items come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.embeddings.checks import as_id_column
from x2vec.embeddings.lookup import as_item
from x2vec.embeddings.neighbors import Neighbors
from x2vec.errors import UsageError
from x2vec.search import normalized, top_k

if TYPE_CHECKING:
    from x2vec.embeddings.value import Embeddings

__all__ = ["Unknown", "analogy", "found_rows", "near_items", "near_vectors"]

Unknown = Literal["error", "report"]


def near_items(embeddings: Embeddings, asked: Any, *, k: int, unknown: Unknown) -> Neighbors:
    """Return the neighbours of one item or many; see ``Embeddings.similar``."""
    rows, missing = found_rows(embeddings, asked, unknown=unknown)
    queries = embeddings.vectors[rows]
    exclude = list(rows[:, None])
    ids = embeddings.items.take(pa.array(rows))
    return _answered(embeddings, queries, ids, exclude, k=k, missing=missing)


def analogy(
    embeddings: Embeddings, like: Any, unlike: Any, *, k: int, unknown: Unknown
) -> Neighbors:
    """Return what is like some items and unlike others; see ``Embeddings.similar``."""
    toward, missing_like = found_rows(embeddings, like, unknown=unknown)
    away, missing_unlike = found_rows(embeddings, unlike, unknown=unknown)
    both = np.intersect1d(toward, away)
    if len(both):
        item = embeddings.items[int(both[0])].as_py()
        raise UsageError(f"{item!r} stands in like and in unlike; keep it in one of them.")
    used = np.concatenate([toward, away])
    units = normalized(embeddings.vectors[used]).astype(np.float64)
    signs = np.repeat([1.0, -1.0], [len(toward), len(away)])
    query = (signs @ units / max(len(used), 1)).astype(np.float32)
    label = _label(embeddings, toward, away)
    return _answered(
        embeddings,
        query[None][: len(used)],  # no known item, no query
        pa.array([label][: len(used)], pa.string()),
        [used][: len(used)],
        k=k,
        missing=tuple(dict.fromkeys(missing_like + missing_unlike)),
    )


def near_vectors(embeddings: Embeddings, vector: Any, *, k: int) -> Neighbors:
    """Return the items near one vector or many; see ``Embeddings.similar``."""
    queries = np.asarray(vector)
    size = embeddings.vector_size
    if queries.ndim not in (1, 2) or queries.shape[-1] != size or queries.dtype.kind not in "fiu":
        raise UsageError(
            f"vector: shape {queries.shape} of {queries.dtype}; these embeddings have "
            f"{size} dimensions, so expected ({size},), or (n_queries, {size}), of numbers."
        )
    ids = ["vector"] if queries.ndim == 1 else [f"vector {i}" for i in range(len(queries))]
    with np.errstate(over="ignore"):
        queries = queries.reshape(-1, size).astype(np.float32)
    if not np.isfinite(queries).all():
        raise UsageError("vector: holds NaN, infinity or a number too large for float32.")
    return _answered(embeddings, queries, pa.array(ids, pa.string()), None, k=k, missing=())


def found_rows(
    embeddings: Embeddings, asked: Any, *, unknown: Unknown
) -> tuple[NDArray[np.int64], tuple[Any, ...]]:
    """Return the rows of the items that are known, in the order asked, and those that are not.

    Args:
        embeddings: Where to look.
        asked: One item, or an iterable of items.
        unknown: ``"error"`` raises for items that are not known, ``"report"`` returns them.

    Raises:
        UnknownItemError: An item is unknown and ``unknown`` is ``"error"``.
        UsageError: ``unknown`` is something else.
    """
    if unknown not in ("error", "report"):
        raise UsageError(f"unknown is {unknown!r}; expected 'error' or 'report'.")
    if isinstance(asked, pa.Array | pa.ChunkedArray) and not asked.null_count:
        column = as_id_column(asked, "items")
        rows = np.asarray(embeddings.rows(column).fill_null(-1))
        if (rows >= 0).all():
            return rows.astype(np.int64), ()
    pairs = [(item, embeddings.row(item)) for item in _each(asked)]
    missing = tuple(dict.fromkeys(item for item, row in pairs if row is None))
    if missing and unknown == "error":
        raise embeddings.unknown_item(missing)
    return np.array([row for _, row in pairs if row is not None], dtype=np.int64), missing


def _each(asked: Any) -> Iterator[Any]:
    if isinstance(asked, pa.Array | pa.ChunkedArray):
        asked = asked.to_pylist()
    if isinstance(asked, str | bytes) or not isinstance(asked, Iterable):
        asked = [asked]
    return map(as_item, asked)


def _label(embeddings: Embeddings, like: NDArray[np.int64], unlike: NDArray[np.int64]) -> str:
    """Return ``"king + woman - man"``."""
    plus = " + ".join(str(embeddings.items[int(row)]) for row in like)
    minus = "".join(f" - {embeddings.items[int(row)]}" for row in unlike)
    return (plus + minus).strip()


def _answered(
    embeddings: Embeddings,
    queries: NDArray[np.float32],
    ids: pa.Array,
    exclude: list[NDArray[np.int64]] | None,
    *,
    k: int,
    missing: tuple[Any, ...],
) -> Neighbors:
    found = top_k(queries, embeddings.vectors, k, exclude=exclude)
    table = pa.table(
        {
            "query_id": ids.take(pa.array(np.repeat(np.arange(len(found)), found.counts))),
            "item_id": embeddings.items.take(pa.array(found.rows)),
            "rank": pa.array(found.ranks),
            "score": pa.array(found.scores),
        }
    )
    return Neighbors(table, missing, embeddings.metadata, found.rows)
