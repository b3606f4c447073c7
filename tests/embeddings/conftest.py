"""A small shop, whose embeddings have all the parts that embeddings can have."""

import numpy as np
import pyarrow as pa
import pytest

from x2vec.embeddings import Embeddings, Provenance

ITEMS = ["bread", "butter", "jam", "soap", "shampoo", "salt"]


@pytest.fixture
def shop() -> Embeddings:
    random = np.random.default_rng(7)
    return Embeddings(
        ITEMS,
        random.normal(size=(6, 64)).astype(np.float32),
        counts=[9, 8, 7, 3, 2, 1],
        context_vectors=random.normal(size=(6, 64)).astype(np.float32),
        origin=["trained"] * 5 + ["content"],
        metadata=pa.table({"name": [f"The {item}" for item in ITEMS], "price": [1.5, None] * 3}),
        provenance=Provenance(
            config={"model": "SkipGram", "window": 5},
            fingerprint="ab" * 32,
            counts={"rows_read": 30, "set_aside": {"item_id is null": 1}},
            metrics={"HR@10": 0.25},
        ),
    )


@pytest.fixture
def same():
    """Return whether two embeddings are equal in every part, to the bit."""

    def compare(a: Embeddings, b: Embeddings) -> bool:
        contexts, queries = (
            [None if one is None else one.tobytes() for one in both]
            for both in zip(*((x.context_vectors, x.query_matrix) for x in (a, b)), strict=True)
        )
        return (
            a.items.equals(b.items)
            and a.vectors.tobytes() == b.vectors.tobytes()
            and a.counts.tolist() == b.counts.tolist()
            and a.origin.equals(b.origin)
            and contexts[0] == contexts[1]
            and queries[0] == queries[1]
            and (a.metadata is None) == (b.metadata is None)
            and (a.metadata is None or a.metadata.equals(b.metadata))
            and a.provenance == b.provenance
        )

    return compare
