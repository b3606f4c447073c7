"""Making embeddings checks everything; looking up goes by item, exactly."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest

from x2vec.embeddings import Embeddings, Provenance
from x2vec.errors import DataError, UnknownItemError, UsageError


def made(items=("a", "b"), vectors=((1, 0), (0, 1)), **others) -> Embeddings:
    return Embeddings(items, vectors, **{"counts": [1] * len(vectors), **others})


def test_items_and_vectors_come_back_as_they_went_in(shop):
    assert list(shop) == ["bread", "butter", "jam", "soap", "shampoo", "salt"]
    assert len(shop) == 6
    assert shop.vector_size == 64
    assert shop["jam"].tobytes() == shop.vectors[2].tobytes()
    assert "jam" in shop
    assert "ham" not in shop


def test_integer_items_are_looked_up_by_item_never_by_row():
    embeddings = made([10, 0], [[1, 1], [2, 2]])
    assert embeddings[0].tolist() == [2, 2]
    assert embeddings[np.int64(10)].tolist() == [1, 1]
    with pytest.raises(UnknownItemError):
        embeddings[1]


@pytest.mark.parametrize("value", [True, 1.0, "1", None, b"1"])
def test_only_an_integer_finds_an_integer_item(value):
    assert value not in made([1, 0])


def test_values_are_frozen_and_leave_the_callers_array_writable():
    mine = np.eye(2, dtype=np.float32)
    embeddings = made(vectors=mine)
    with pytest.raises(ValueError, match="read-only"):
        embeddings.vectors[0, 0] = 5
    with pytest.raises(ValueError, match="read-only"):
        embeddings["a"][0] = 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        embeddings.items = pa.array(["x", "y"])
    assert mine.flags.writeable
    assert np.shares_memory(mine, embeddings.vectors)


def test_vectors_become_float32_in_rows():
    turned = made(vectors=np.asfortranarray(np.arange(4.0).reshape(2, 2)))
    assert turned.vectors.dtype == np.float32
    assert turned.vectors.flags.c_contiguous


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"items": []}, "there are none"),
        ({"items": ["a", "a"]}, r"1 of 2 are duplicates, such as 'a'"),
        ({"items": ["a", None]}, "1 of 2 are null, the first in row 1"),
        ({"items": [1.0, 2.0]}, "type is double; expected text or integers"),
        ({"items": [True, False]}, "True or False"),
        ({"items": ["a", 1]}, "All must be text, or all integers"),
        ({"items": [1, 2**63]}, "items: "),
        ({"items": "ab"}, "got str"),
        ({"vectors": [[1, 2]]}, r"vectors: shape \(1, 2\); expected \(2, vector_size\)"),
        ({"vectors": [[], []]}, r"shape \(2, 0\)"),
        ({"vectors": [["x"], ["y"]]}, "expected numbers"),
        ({"vectors": [[1], [np.nan]]}, "vectors: row 1 holds NaN"),
        ({"vectors": [[1e300], [1]]}, "row 0 holds NaN, infinity or a number too large"),
        ({"context_vectors": [[1], [2]]}, r"shape \(2, 1\); expected that of the vectors"),
        ({"context_vectors": [[1, 2], [np.inf, 2]]}, "context_vectors: row 1"),
        ({"query_matrix": [[1, 2]]}, r"query_matrix: shape \(1, 2\); expected \(2, 2\)"),
        ({"query_matrix": [[1, 2], [np.nan, 2]]}, "query_matrix: row 1 holds NaN"),
        ({"counts": [1]}, r"counts: shape \(1,\)"),
        ({"counts": [1.5, 2]}, "whole numbers"),
        ({"counts": [1, -1]}, "counts: -1 to 1"),
        ({"origin": ["trained", None]}, "text for every item"),
        ({"origin": ["trained"]}, "1 values for 2 items"),
        ({"metadata": {"a": [1, 2]}}, r"expected a pyarrow\.Table"),
        ({"metadata": pa.table({"a": [1]})}, "1 rows for 2 items"),
        ({"metadata": pa.table({"count": [1, 2]})}, "'count' is ours; rename"),
        (
            {"metadata": pa.Table.from_arrays([pa.array([1, 2])] * 2, ["a", "a"])},
            "'a' is there twice",
        ),
    ],
)
def test_what_does_not_hold_is_refused_with_what_to_do(wrong, message):
    given = {"items": ["a", "b"], "vectors": [[1, 2], [3, 4]], "counts": [1, 1], **wrong}
    with pytest.raises(DataError, match=message):
        Embeddings(given.pop("items"), given.pop("vectors"), **given)


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_text_of_any_arrow_kind_becomes_string(kind):
    assert made(pa.array(["a", "b"], pa.string()).cast(kind)).items.type == pa.string()


def test_unicode_ids_stay_distinct_and_exact():
    ids = ["é", "e\u0301", "שלום", "👩‍👩‍👧", "a\u200b", "a", " a", "A"]
    embeddings = made(ids, np.arange(16).reshape(8, 2))
    assert list(embeddings) == ids
    assert [embeddings[item].tolist() for item in ids] == embeddings.vectors.tolist()


def test_a_lone_surrogate_is_refused_with_its_row():
    with pytest.raises(DataError, match=r"row 1 is '\\ud800x', which holds a lone surrogate"):
        made(["a", "\ud800x"])
    assert DataError.exit_code == 3
    assert "\ud800" not in made()
    with pytest.raises(UnknownItemError):
        made()["\ud800"]


def test_invalid_utf8_from_a_foreign_array_is_refused():
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.array([0, 1], pa.int32()).buffers()[1], pa.py_buffer(b"\xff")]
    )
    with pytest.raises(DataError, match="valid Unicode"):
        made(broken, [[1, 2]])


@pytest.mark.parametrize("item", ["\n\t\0", "x" * 2000, "../../etc/passwd", "", "=cmd()"])
def test_strange_ids_are_just_ids(item):
    assert made([item, "b"])[item].tolist() == [1, 0]


def test_metadata_keeps_its_columns_and_loses_marks_of_where_it_was_read():
    table = pa.table({"name": ["x", "y"]}).replace_schema_metadata({"pandas": "{}"})
    assert made(metadata=table).metadata.schema.metadata is None


@pytest.mark.parametrize("table", [pa.table({}), pa.table({"a": [1, 2]}).drop_columns("a")])
def test_metadata_without_columns_is_no_metadata_however_many_rows_it_has(table):
    assert made(metadata=table).metadata is None


def test_what_the_item_table_says_of_an_item_is_asked_by_item(shop):
    assert shop.metadata_of("butter") == {"name": "The butter", "price": None}
    assert made([10, 0], metadata=pa.table({"name": ["x", "y"]})).metadata_of(0) == {"name": "y"}
    assert made().metadata_of("a") == {}
    with pytest.raises(UnknownItemError, match=r"No item 'buter' among 6\. Closest: 'butter'"):
        shop.metadata_of("buter")


def test_provenance_equals_itself_after_json():
    kept = Provenance(config={"sizes": (1, 2), "deep": {"on": True}}, metrics={"HR@10": 0.1})
    assert kept.config["sizes"] == [1, 2]
    assert kept == Provenance(config={"sizes": [1, 2], "deep": {"on": True}}, metrics=kept.metrics)
    with pytest.raises(TypeError):
        kept.config["sizes"] = 3
    with pytest.raises(DataError, match="metrics cannot be stored as JSON"):
        Provenance(metrics={"HR@10": float("nan")})
    with pytest.raises(DataError, match="config cannot be stored as JSON"):
        Provenance(config={"when": object()})
    with pytest.raises(DataError, match="counts is list"):
        Provenance(counts=[1])


def test_mean_is_the_average_vector():
    embeddings = made(["a", "b"], [[1, 0], [0, 4]])
    assert embeddings.mean(["a", "b"]).tolist() == [0.5, 2]
    assert embeddings.mean(["a", "a", "b", "b"]).tolist() == [0.5, 2]
    assert embeddings.mean("b").tolist() == [0, 4]
    with pytest.raises(UsageError, match="needs at least one"):
        embeddings.mean([])
    with pytest.raises(UnknownItemError):
        embeddings.mean(["a", "c"])


def test_the_repr_says_what_it_is(shop):
    assert repr(shop) == "Embeddings(6 items of string, 64 dimensions, with context vectors)"
