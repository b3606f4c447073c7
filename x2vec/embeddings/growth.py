"""Growth: embeddings with more items, moved by what new events say of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.embeddings.inferred import CONFIDENCE, INFERRED_SHARE
from x2vec.embeddings.value import Embeddings

__all__ = ["blended", "by_count", "extended"]


def extended(embeddings: Embeddings, items: pa.Array, *, seed: int) -> Embeddings:
    """Add rows for those of some items that are new, as a training starts them.

    That is in-vectors at random, uniform in +-1 / vector_size, out-vectors of zeros, a count of 0
    and no metadata.

    Args:
        embeddings: What is extended.
        items: (n,) of the same type as its items, distinct.
        seed: Decides the vectors.
    """
    new = items.filter(pc.invert(pc.is_in(items, value_set=embeddings.items)))
    n_new, size = len(new), embeddings.vector_size
    draws = np.random.default_rng((seed, len(embeddings))).random((n_new, size), dtype=np.float32)
    start = (2 * draws - 1) / np.float32(size)
    contexts, metadata = embeddings.context_vectors, embeddings.metadata
    if contexts is not None:
        contexts = np.concatenate([contexts, np.zeros_like(start)])
    if metadata is not None:
        nothing = [pa.nulls(n_new, column.type) for column in metadata.schema]
        nulls = pa.Table.from_arrays(nothing, schema=metadata.schema)
        metadata = pa.concat_tables([metadata, nulls])
    return replace(
        embeddings,
        items=pa.concat_arrays([embeddings.items, new]),
        vectors=np.concatenate([embeddings.vectors, start]),
        counts=np.append(embeddings.counts, np.zeros(n_new, np.int64)),
        context_vectors=contexts,
        origin=pa.concat_arrays([embeddings.origin, pa.repeat("trained", n_new)]),
        metadata=metadata,
        evidence=None,
    )


def blended(
    embeddings: Embeddings,
    rows: NDArray[np.integer],
    vectors: NDArray[np.float32],
    context_vectors: NDArray[np.float32],
    counts: NDArray[np.int64],
    *,
    weight: float = 1.0,
) -> Embeddings:
    """Move some rows towards new vectors, by the share that new events have in all of the item.

    The vectors of an item become the mean of the old and the new ones, weighted by how many
    events each come from, as its events are what tells about it (compare Matena and Raffel 2022,
    "Merging models with Fisher-weighted averaging"). Counts are summed.

    Args:
        embeddings: What is moved; it has context vectors.
        rows: (n_rows,) which of its rows, each once.
        vectors: (n_rows, vector_size) where the new events alone would take them.
        context_vectors: The same of the context vectors.
        counts: (n_rows,) new events, at least 1.
        weight: What a new event weighs against an old one.

    Example:
        >>> import numpy as np
        >>> shop = Embeddings(["tea"], [[0, 0]], counts=[3], context_vectors=[[0, 4]])
        >>> new = np.array([[4.0, 8.0]], np.float32)
        >>> moved = blended(shop, np.array([0]), new, new, np.array([1]))
        >>> moved.vectors.tolist(), moved.context_vectors.tolist(), moved.counts.tolist()
        ([[1.0, 2.0]], [[1.0, 5.0]], [4])
    """
    assert embeddings.context_vectors is not None
    gained = weight * counts
    shares = (gained / (embeddings.counts[rows] + gained)).astype(np.float32)[:, None]
    near, far = embeddings.vectors.copy(), embeddings.context_vectors.copy()
    near[rows] += shares * (vectors - near[rows])
    far[rows] += shares * (context_vectors - far[rows])
    summed, is_trained = embeddings.counts.copy(), np.zeros(len(embeddings), np.bool_)
    summed[rows] += counts
    is_trained[rows] = True
    return replace(
        embeddings,
        vectors=near,
        context_vectors=far,
        counts=summed,
        origin=pc.if_else(pa.array(is_trained), "trained", embeddings.origin),
        metadata=_trusted(embeddings.metadata, pa.array(is_trained)),
    )


def _trusted(metadata: pa.Table | None, is_trained: pa.Array) -> pa.Table | None:
    """Return metadata that say of no item with new events that it is inferred or blended."""
    for name in (CONFIDENCE, INFERRED_SHARE):
        if metadata is not None and name in metadata.column_names:
            left = pc.if_else(is_trained, None, metadata[name])
            metadata = metadata.set_column(metadata.column_names.index(name), name, left)
    return metadata


def by_count(embeddings: Embeddings) -> Embeddings:
    """Put the rows in the order of a vocabulary: by falling count, then by item."""
    by_item = np.asarray(pc.array_sort_indices(embeddings.items))
    order = by_item[np.argsort(-embeddings.counts[by_item], kind="stable")]
    places = pa.array(order)
    contexts, metadata = embeddings.context_vectors, embeddings.metadata
    return replace(
        embeddings,
        items=embeddings.items.take(places),
        vectors=embeddings.vectors[order],
        counts=embeddings.counts[order],
        context_vectors=None if contexts is None else contexts[order],
        origin=embeddings.origin.take(places),
        metadata=None if metadata is None else metadata.take(places),
        evidence=None,
    )
