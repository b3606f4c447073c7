"""Worlds of items whose vectors follow from what is known about them, in a way that is known."""

import numpy as np
import pyarrow as pa

from x2vec.embeddings import Embeddings

KINDS = ("tea", "soap", "lamp", "rope", "coat")


def linear_world(n_items, *, n_numbers=4, size=8, noise=0.05, seed=0):
    """Vectors are a linear function of numbers; returns the item table and the true vectors."""
    draws = np.random.default_rng(seed)
    numbers = draws.normal(0, 1, (n_items, n_numbers))
    vectors = numbers @ np.random.default_rng(77).normal(0, 1, (n_numbers, size))
    vectors += draws.normal(0, noise, vectors.shape)
    columns = {f"x{place}": numbers[:, place] for place in range(n_numbers)}
    return pa.table({"item_id": _names(n_items), **columns}), vectors.astype(np.float32)


def clustered_world(n_items, *, size=8, noise=0.2, seed=0):
    """Vectors lie about the middle of their kind; returns table, true vectors and the middles."""
    draws = np.random.default_rng(seed)
    middles = np.random.default_rng(78).normal(0, 1, (len(KINDS), size))
    kind = draws.integers(0, len(KINDS), n_items)
    vectors = middles[kind] + draws.normal(0, noise, (n_items, size))
    names = [KINDS[one] for one in kind]
    return (
        pa.table({"item_id": _names(n_items), "kind": names}),
        vectors.astype(np.float32),
        dict(zip(KINDS, middles, strict=True)),
    )


def shop_of(table, vectors, *, context=False):
    """Return embeddings of all items of a table, each seen often."""
    turned = vectors[:, ::-1].copy() if context else None
    counts = np.full(len(vectors), 50)
    return Embeddings(table["item_id"], vectors, counts=counts, context_vectors=turned)


def _names(n_items):
    return [f"item {place:05}" for place in range(n_items)]
