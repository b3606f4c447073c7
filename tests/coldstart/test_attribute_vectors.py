"""A cold item as the mean of its attributes, where training gave these vectors of their own."""

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.side_information import attribute_shares
from x2vec import ColdStart
from x2vec.coldstart import read_item_table
from x2vec.coldstart.columns import ItemColumns
from x2vec.embeddings import Attributes, Embeddings
from x2vec.errors import ConfigError

RUNG = "attribute vectors"


def shop(*, attributes=True):
    """Sixty items at the mean of their kind and their tags, and a little of their own."""
    draws = np.random.default_rng(0)
    of = {"tea": [4, 0, 0, 0], "soap": [0, 4, 0, 0], "hot": [0, 0, 4, 0], "red": [0, 0, 0, 4]}
    kinds, tags = draws.choice(["tea", "soap"], 60), draws.choice(["hot", "red"], 60)
    vectors = [
        (np.array(of[kind]) + of[tag]) / 2 + draws.normal(0, 0.1, 4)
        for kind, tag in zip(kinds, tags, strict=True)
    ]
    trained = Attributes(
        ["kind"] * 2 + ["tags"] * 2, list(of), [30] * 4, list(of.values()), list(of.values())
    )
    names = [f"item {n}" for n in range(60)]
    table = pa.table({"item_id": names, "kind": kinds, "tags": [[tag] for tag in tags]})
    embeddings = Embeddings(
        names, vectors, counts=[9] * 60, context_vectors=vectors,
        attributes=trained if attributes else None,
    )  # fmt: skip
    return embeddings, table


def cold(**more):
    return ColdStart(categories="kind", tags="tags", rungs=RUNG, **more)


NEW = pa.table(
    {
        "item_id": ["both", "kind", "unknown"],
        "kind": ["tea", "tea", "lamp"],
        "tags": [["red", "hot", "blue"], None, None],
    }
)


def test_a_cold_item_points_where_the_mean_of_its_trained_attributes_does():
    embeddings, table = shop()
    found = cold().fit(embeddings, table).embed(NEW)
    assert found.source.to_pylist() == [RUNG, RUNG, "catalogue centroid"]
    # tea weighs 1/2, red and hot 1/4 each: blue was never trained
    expected = np.array([[2, 0, 1, 1], [4, 0, 0, 0]]) / np.array([[6**0.5], [4]])
    units = found.vectors[:2] / np.linalg.norm(found.vectors[:2], axis=1, keepdims=True)
    assert np.allclose(units, expected, atol=1e-6)
    # context vectors stand about one middle: ([2, 0, 1, 1] - [4, 0, 0, 0]) / 6**0.5 is between them
    apart = found.context_vectors[0] - found.context_vectors[1]
    assert np.allclose(apart / np.linalg.norm(apart), np.array([-2, 0, 1, 1]) / 6**0.5, atol=1e-5)


def test_the_shares_of_a_table_are_those_of_the_trained_attributes():
    embeddings, _ = shop()
    columns = ItemColumns(categories="kind", tags="tags")
    found = attribute_shares(embeddings.attributes, read_item_table(NEW, columns), columns)
    assert found.toarray().tolist() == [[0.5, 0, 0.25, 0.25], [1, 0, 0, 0], [0, 0, 0, 0]]


def test_embeddings_without_attributes_have_no_such_rung():
    embeddings, table = shop(attributes=False)
    with pytest.raises(ConfigError, match="trained without attributes"):
        cold().fit(embeddings, table)


def test_it_is_not_tried_unless_it_is_named():
    embeddings, table = shop()
    ladder = ColdStart(categories="kind", rungs="category centroid").fit(embeddings, table)
    assert RUNG not in set(ladder.report.to_pandas()["rung"])
    assert RUNG not in ColdStart(categories="kind").rungs
