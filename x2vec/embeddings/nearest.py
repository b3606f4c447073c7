"""Queries on embeddings: items, sums and differences of items, or vectors; items come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.embeddings.filters import allowed_items
from x2vec.embeddings.lookup import Unknown
from x2vec.embeddings.neighbors import Neighbors, answers_of
from x2vec.errors import UsageError
from x2vec.search import Approximate, Excluded, Searchable, normalized

if TYPE_CHECKING:
    from x2vec.embeddings.value import Embeddings

__all__ = ["similar"]


def similar(
    embeddings: Embeddings,
    items: Any,
    *,
    k: int,
    like: Any,
    unlike: Any,
    vector: Any,
    where: str | None,
    allow: Any,
    exclude: Any,
    unknown: Unknown,
    approximate: bool,
) -> Neighbors:
    """Ask embeddings in one of three ways; see ``Embeddings.similar``."""
    searched = embeddings.index if approximate else embeddings.by_cosine
    if searched is None:
        raise UsageError(
            'similar: there is no index here; load(path, index="hnsw") reads or builds one.'
        )
    arithmetic = like is not None or unlike is not None
    if (items is not None) + arithmetic + (vector is not None) != 1:
        raise UsageError("similar: give one of items, like (with or without unlike), vector.")
    among, unlisted = allowed_items(
        embeddings, where=where, allow=allow, exclude=exclude, unknown=unknown
    )
    if vector is not None:
        return _near_vectors(
            embeddings, vector, k=k, among=among, missing=unlisted, searched=searched
        )
    if arithmetic:
        like, unlike = ([] if side is None else side for side in (like, unlike))
        toward, missing = embeddings.lookup.found(like, unknown=unknown)
        away, also = embeddings.lookup.found(unlike, unknown=unknown)
        missing = tuple(dict.fromkeys(missing + also + unlisted))
        return _analogy(
            embeddings, toward, away, k=k, among=among, missing=missing, searched=searched
        )
    rows, missing = embeddings.lookup.found(items, unknown=unknown)
    missing = tuple(dict.fromkeys(missing + unlisted))
    return _near_items(embeddings, rows, k=k, among=among, missing=missing, searched=searched)


def _near_items(
    embeddings: Embeddings,
    rows: NDArray[np.int64],
    *,
    k: int,
    among: NDArray[np.bool_] | None,
    missing: tuple[Any, ...],
    searched: Searchable | Approximate,
) -> Neighbors:
    """Return the neighbours of the items in some rows."""
    queries = embeddings.vectors[rows]
    ids = embeddings.items.take(pa.array(rows))
    exclude = Excluded.of(rows[:, None])
    return _answered(
        embeddings, queries, ids, exclude, k=k, among=among, missing=missing, searched=searched
    )


def _analogy(
    embeddings: Embeddings,
    toward: NDArray[np.int64],
    away: NDArray[np.int64],
    *,
    k: int,
    among: NDArray[np.bool_] | None,
    missing: tuple[Any, ...],
    searched: Searchable | Approximate,
) -> Neighbors:
    """Return what is like the items in some rows and unlike others; see ``Embeddings.similar``."""
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
        Excluded.of([used][: len(used)]),
        k=k,
        among=among,
        missing=missing,
        searched=searched,
    )


def _near_vectors(
    embeddings: Embeddings,
    vector: Any,
    *,
    k: int,
    among: NDArray[np.bool_] | None,
    missing: tuple[Any, ...],
    searched: Searchable | Approximate,
) -> Neighbors:
    """Return the items near one vector or many."""
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
    labels = pa.array(ids, pa.string())
    return _answered(
        embeddings, queries, labels, None, k=k, among=among, missing=missing, searched=searched
    )


def _label(embeddings: Embeddings, like: NDArray[np.int64], unlike: NDArray[np.int64]) -> str:
    """Return ``"king + woman - man"``."""
    plus = " + ".join(str(embeddings.items[int(row)]) for row in like)
    minus = "".join(f" - {embeddings.items[int(row)]}" for row in unlike)
    return (plus + minus).strip()


def _answered(
    embeddings: Embeddings,
    queries: NDArray[np.float32],
    ids: pa.Array,
    exclude: Excluded | None,
    *,
    k: int,
    among: NDArray[np.bool_] | None,
    missing: tuple[Any, ...],
    searched: Searchable | Approximate,
) -> Neighbors:
    if isinstance(k, bool) or not isinstance(k, int | np.integer):
        raise UsageError(f"k is {k!r}; expected a whole number, 1 or more.")
    found = searched.best(queries, k, exclude=exclude, allowed=among)
    table = answers_of(ids, embeddings, found)
    return Neighbors(table, missing, embeddings.catalogue)
