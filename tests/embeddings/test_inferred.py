"""Inferred items stand beside trained ones, with their origin, and are asked like them."""

import numpy as np
import pyarrow as pa
import pytest

import x2vec
from x2vec.embeddings import Embeddings, Inferred
from x2vec.errors import DataError


@pytest.fixture
def shop():
    return Embeddings(
        ["tea", "soap"],
        [[1.0, 0.0], [0.0, 1.0]],
        counts=[5, 3],
        context_vectors=[[0.0, 2.0], [2.0, 0.0]],
        metadata=pa.table({"title": ["Tea", "Soap"], "price": [2, 3]}),
    )


@pytest.fixture
def mate():
    return Inferred(
        ["mate"],
        [[0.9, 0.1]],
        "ridge",
        [0.75],
        context_vectors=[[0.2, 1.8]],
        metadata=pa.table({"title": ["Mate"]}),
    )


def test_what_was_inferred_stands_after_what_was_trained_with_its_origin(shop, mate):
    both = shop.with_inferred(mate)
    assert both.items.to_pylist() == ["tea", "soap", "mate"]
    assert both.origin.to_pylist() == ["trained", "trained", "ridge"]
    assert both.counts.tolist() == [5, 3, 0]
    assert both.vectors[:2].tobytes() == shop.vectors.tobytes()
    assert both.context_vectors[2].tolist() == pytest.approx([0.2, 1.8])


def test_metadata_of_both_are_kept_and_confidence_is_one_of_them(shop, mate):
    both = shop.with_inferred(mate)
    assert both.metadata_of("mate") == {"title": "Mate", "price": None, "confidence": 0.75}
    assert both.metadata_of("tea") == {"title": "Tea", "price": 2, "confidence": None}


def test_more_may_be_added_later(shop, mate):
    pu_erh = Inferred(["pu-erh"], [[0.8, 0.0]], "nearest content", [0.5], [[0.1, 1.0]])
    both = shop.with_inferred(mate).with_inferred(pu_erh)
    assert both.metadata["confidence"].to_pylist() == [None, None, 0.75, 0.5]


def test_an_inferred_item_may_be_replaced_where_it_stands_and_a_trained_one_never(shop, mate):
    two = Inferred(
        ["mate", "pu-erh"], [[0.5, 0.5], [1, 1]], "nearest content", [0.25, 1], [[1, 1]] * 2
    )
    both = shop.with_inferred(mate).with_inferred(two, replace=True)
    assert both.items.to_pylist() == ["tea", "soap", "mate", "pu-erh"]
    assert both["mate"].tolist() == [0.5, 0.5]
    assert both.origin.to_pylist()[2:] == ["nearest content"] * 2
    assert both.metadata["confidence"].to_pylist() == [None, None, 0.25, 1.0]
    with pytest.raises(DataError, match="1 items are there already, such as 'mate'"):
        shop.with_inferred(mate).with_inferred(mate)
    tea = Inferred(["tea"], [[1, 1]], "ridge", [1], [[1, 1]])
    with pytest.raises(DataError, match="1 items are there already, such as 'tea'"):
        shop.with_inferred(tea, replace=True)


def test_similar_answers_for_and_with_an_inferred_item(shop, mate):
    both = shop.with_inferred(mate)
    assert both.similar("mate", k=1).item_id.to_pylist() == ["tea"]
    assert both.similar("tea", k=1).item_id.to_pylist() == ["mate"]


def test_origin_and_confidence_come_back_from_a_store(shop, mate, tmp_path):
    shop.with_inferred(mate).save(tmp_path / "store")
    loaded = x2vec.load(tmp_path / "store")
    assert loaded.origin.to_pylist() == ["trained", "trained", "ridge"]
    assert loaded.metadata["confidence"].to_pylist() == [None, None, 0.75]


def test_nothing_inferred_changes_nothing(shop):
    empty = np.empty((0, 2), np.float32)
    none = Inferred(pa.array([], pa.string()), empty, "ridge", [], context_vectors=empty)
    assert shop.with_inferred(none).items.to_pylist() == ["tea", "soap"]


def _with(shop, **changes):
    given = {
        "items": ["new"],
        "vectors": [[1.0, 0.0]],
        "source": "ridge",
        "confidence": [0.5],
        "context_vectors": [[1.0, 0.0]],
        **changes,
    }
    return shop.with_inferred(Inferred(**given))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"items": ["tea"]}, "1 items are there already, such as 'tea'"),
        ({"items": [1]}, "the new items are int64, those of the embeddings string"),
        ({"vectors": [[1.0]], "context_vectors": [[1.0]]}, "1 dimensions beside 2"),
        ({"context_vectors": None}, "the new items have none"),
        ({"confidence": [1.5]}, "expected 1 numbers from 0 to 1"),
        ({"confidence": [float("nan")]}, "expected 1 numbers from 0 to 1"),
        ({"metadata": pa.table({"price": ["dear"]})}, "'price' is string for the new items"),
    ],
)
def test_what_does_not_fit_is_refused(shop, changes, said):
    with pytest.raises(DataError, match=said):
        _with(shop, **changes)


def test_something_else_than_inferred_vectors_is_refused(shop):
    with pytest.raises(DataError, match="got dict; expected Inferred"):
        shop.with_inferred({})


def test_a_column_that_is_called_confidence_already_is_not_overwritten(mate):
    shop = Embeddings(
        ["tea"],
        [[1.0, 0.0]],
        counts=[1],
        context_vectors=[[1.0, 0.0]],
        metadata=pa.table({"confidence": ["high"]}),
    )
    with pytest.raises(DataError, match="have a column 'confidence' already, of string"):
        shop.with_inferred(mate)


def test_the_table_of_what_was_inferred_reads_anywhere(mate):
    names = ["item_id", "source", "confidence", "embedding", "context_embedding"]
    assert mate.to_pandas().columns.to_list() == names
    assert pa.table(mate).column_names == names
    assert repr(mate).splitlines()[1].split() == ["mate", "ridge", "0.75"]
