"""Attributes of items have vectors of their own, which stay in the store."""

import dataclasses
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from x2vec.embeddings import Attributes, Embeddings, load, publish, shares
from x2vec.errors import DamagedError, DataError, UnknownItemError

GENRES = Attributes(
    ["genre", "genre", "year"], ["Comedy", "Drama", "1999"], [3, 2, 5],
    [[1, 0], [0, 1], [1, 1]], [[2, 0], [0, 2], [2, 2]],
)  # fmt: skip


def shop(attributes=GENRES):
    vectors = [[1, 0.1], [0.1, 1]]
    return Embeddings(
        ["Airplane", "Hamlet"],
        vectors,
        counts=[3, 2],
        context_vectors=vectors,
        attributes=attributes,
    )


@pytest.mark.parametrize("way", ["save", "publish"])
def test_a_store_gives_back_what_was_put_in(tmp_path, way):
    if way == "save":
        shop().save(tmp_path / "one")
        path = tmp_path / "one"
    else:
        path = publish(shop(), tmp_path / "store")
    found = load(path).attributes
    assert list(found) == ["genre=Comedy", "genre=Drama", "year=1999"]
    assert found.counts.tolist() == [3, 2, 5]
    assert found.vectors.tobytes() == GENRES.vectors.tobytes()
    assert found.context_vectors.tobytes() == GENRES.context_vectors.tobytes()
    assert "attributes.parquet" in json.loads((path / "manifest.json").read_text())["files"]


def test_a_store_without_attributes_has_no_file_of_them(tmp_path):
    shop(None).save(tmp_path / "one")
    assert not (tmp_path / "one" / "attributes.parquet").exists()
    assert load(tmp_path / "one").attributes is None


def test_attributes_without_context_vectors_have_none_in_the_store(tmp_path):
    plain = dataclasses.replace(GENRES, context_vectors=None)
    shop(plain).save(tmp_path / "one")
    assert "context_embedding" not in pq.read_schema(tmp_path / "one/attributes.parquet").names
    assert load(tmp_path / "one").attributes.context_vectors is None


def test_an_attribute_has_neighbours_among_the_items():
    comedy = shop().attributes["genre=Comedy"]
    assert shop().similar(vector=comedy, k=1).item_id.to_pylist() == ["Airplane"]


def test_an_unknown_attribute_names_the_closest_known_one():
    with pytest.raises(UnknownItemError, match="did you mean 'genre=Comedy'"):
        GENRES["genre=Comdy"]
    assert "genre=Comdy" not in GENRES
    assert 3 not in GENRES


def test_columns_weigh_the_same_and_so_do_the_values_of_one():
    # item 0: an artist and two tags; item 2: three tags
    owners, columns = np.array([0, 0, 0, 2, 2, 2]), np.array([0, 1, 1, 1, 1, 1])
    assert shares(owners, columns).tolist() == [
        0.5, 0.25, 0.25, *(np.float32([1 / 3] * 3).tolist())
    ]  # fmt: skip
    assert shares(owners[:0], columns[:0]).tolist() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": ["Comedy", "Comedy", "1999"]}, "one is there twice"),
        ({"counts": [1, 2]}, "counts: shape"),
        ({"vectors": [[1, 0], [0, np.nan], [1, 1]]}, "row 1 holds NaN"),
        ({"context_vectors": [[1], [1], [1]]}, "expected that of the attribute vectors"),
    ],
)
def test_what_is_no_attributes_is_refused(change, words):
    with pytest.raises(DataError, match=words):
        dataclasses.replace(GENRES, **change)


def test_attributes_of_another_size_are_refused():
    other = Attributes(["genre"], ["Comedy"], [1], [[1, 2, 3]])
    with pytest.raises(DataError, match="vectors of 3 numbers beside items of 2"):
        shop(other)


def test_a_damaged_file_of_attributes_is_named(tmp_path):
    version = publish(shop(), tmp_path / "store")
    path = version / "attributes.parquet"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(DamagedError, match=r"attributes\.parquet"):
        load(version)
