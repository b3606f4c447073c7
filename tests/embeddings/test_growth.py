"""Embeddings grow by items, move by shares, and stand in the order of a vocabulary."""

import numpy as np
import pyarrow as pa
import pytest

from x2vec.embeddings import Embeddings, blended, by_count, extended


def test_new_items_start_as_a_training_starts_them(shop):
    grown = extended(shop, pa.array(["jam", "tea", "soap", "milk"]), seed=1)
    assert grown.items.to_pylist() == [*shop.items.to_pylist(), "tea", "milk"]
    assert grown.vectors[:6].tobytes() == shop.vectors.tobytes()
    assert grown.context_vectors[:6].tobytes() == shop.context_vectors.tobytes()
    start = grown.vectors[6:]
    assert 0.9 / 64 < np.abs(start).max() < 1 / 64  # uniform in +-1 / vector_size, 128 draws
    assert start.mean() == pytest.approx(0, abs=0.3 / 64)
    assert not grown.context_vectors[6:].any()
    assert grown.counts.tolist() == [9, 8, 7, 3, 2, 1, 0, 0]
    assert grown.metadata["price"].to_pylist() == [1.5, None] * 3 + [None, None]
    assert grown.metadata.schema == shop.metadata.schema


def test_the_items_of_two_nights_do_not_start_at_the_same_place(shop):
    first = extended(shop, pa.array(["tea"]), seed=1)
    second = extended(first, pa.array(["milk"]), seed=1)
    assert (first["tea"] != second["milk"]).all()
    assert first["tea"].tobytes() == extended(shop, pa.array(["tea"]), seed=1)["tea"].tobytes()


def test_without_new_items_nothing_is_added(shop, same):
    assert same(extended(shop, shop.items[:2], seed=1), shop)


@pytest.mark.parametrize(
    ("weight", "share"),
    [(1.0, 1 / 4), (3.0, 1 / 2), (1e12, 1.0)],  # 1 / (3 + 1), 3 / (3 + 3)
)
def test_an_item_moves_by_the_share_of_its_new_events(weight, share):
    old = Embeddings(
        ["tea", "milk"], [[8, 0], [1, 1]], counts=[3, 5], context_vectors=[[0, 8], [2, 2]]
    )
    there = np.zeros((1, 2), np.float32)
    moved = blended(old, np.array([0]), there, there, np.array([1]), weight=weight)
    assert moved["tea"].tolist() == pytest.approx([8 - 8 * share, 0])
    assert moved.context_vectors[0].tolist() == pytest.approx([0, 8 - 8 * share])
    assert moved["milk"].tolist() == [1, 1]
    assert moved.counts.tolist() == [4, 5]


def test_an_item_without_old_events_goes_all_the_way_and_is_trained_from_then_on():
    old = Embeddings(
        ["a", "b"], [[8], [8]], counts=[0, 0], context_vectors=[[8], [8]], origin="content"
    )
    there = np.ones((1, 1), np.float32)
    moved = blended(old, np.array([1]), there, there, np.array([2]))
    assert moved.vectors.tolist() == moved.context_vectors.tolist() == [[8], [1]]
    assert moved.origin.to_pylist() == ["content", "trained"]


def test_rows_stand_by_falling_count_then_by_item_with_all_that_belongs_to_them(shop):
    mixed = blended(
        shop, np.array([5, 3]), shop.vectors[[5, 3]], shop.context_vectors[[5, 3]], np.array([7, 4])
    )
    ordered = by_count(mixed)  # counts 9, 8, 7, 3 + 4, 2, 1 + 7
    assert ordered.items.to_pylist() == ["bread", "butter", "salt", "jam", "soap", "shampoo"]
    assert ordered.counts.tolist() == [9, 8, 8, 7, 7, 2]
    for row, item in enumerate(ordered):
        before = shop.items.to_pylist().index(item)
        assert ordered[item].tobytes() == shop[item].tobytes()
        assert (ordered.context_vectors[row] == shop.context_vectors[before]).all()
        assert ordered.metadata_of(item) == shop.metadata_of(item)
    assert ordered.origin.to_pylist() == ["trained"] * 6


def test_embeddings_without_metadata_or_context_vectors_are_ordered_too():
    bare = Embeddings([3, 1, 2], [[3], [1], [2]], counts=[5, 5, 6])
    ordered = by_count(extended(bare, pa.array([9]), seed=1))
    assert ordered.items.to_pylist() == [2, 1, 3, 9]
    assert ordered.vectors[:3].tolist() == [[2], [1], [3]]
    assert ordered.context_vectors is None
