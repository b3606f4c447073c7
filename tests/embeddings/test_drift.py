"""Drift is what is left of a movement when the rotation is taken out; every figure by hand."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.embeddings import Cosines, Embeddings, drift, rotation
from x2vec.errors import UsageError

ITEMS = [f"item {n}" for n in range(40)]


def embeddings(vectors, *, items=None, counts=None):
    items = ITEMS[: len(vectors)] if items is None else items
    return Embeddings(items, vectors, counts=[1] * len(items) if counts is None else counts)


def some(n, size, seed=0):
    return np.random.default_rng(seed).normal(size=(n, size))


def at_degrees(*angles):
    return [[np.cos(np.radians(angle)), np.sin(np.radians(angle))] for angle in angles]


def orthogonal(size, seed=0):
    return np.linalg.qr(some(size, size, seed))[0]


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_a_rotation_is_found_again(size, seed):
    vectors, turn = some(20, size, seed), orthogonal(size, seed)
    found = rotation(vectors, vectors @ turn)
    assert np.allclose(found, turn)
    assert np.allclose(found @ found.T, np.eye(size))


def test_no_other_orthogonal_matrix_comes_nearer():
    vectors, onto = some(20, 3), some(20, 3, seed=1)
    best = np.linalg.norm(vectors @ rotation(vectors, onto) - onto)
    others = [orthogonal(3, seed) for seed in range(200)]
    assert best <= min(np.linalg.norm(vectors @ other - onto) for other in others)


def test_without_rows_nothing_is_turned():
    assert rotation(np.empty((0, 2)), np.empty((0, 2))).tolist() == [[1, 0], [0, 1]]


def test_turned_stretched_and_shuffled_vectors_have_not_moved():
    vectors = some(40, 5)
    order = np.random.default_rng(1).permutation(40)
    turned = 3 * (vectors @ orthogonal(5))[order]
    found = drift(embeddings(vectors), embeddings(turned, items=[ITEMS[n] for n in order]))
    assert found.residual == pytest.approx(0, abs=1e-6)
    assert found.kept.low == pytest.approx(1)
    assert (found.overlap, found.n_kept, found.n_new, found.n_gone) == (1, 40, 0, 0)


def test_an_item_that_turned_by_a_right_angle_is_told_from_the_others():
    """One of a thousand moves, so the alignment hardly does: its cosine is 0, theirs are 1."""
    old = np.repeat(np.eye(4), 250, axis=0)
    new = old.copy()
    new[0] = old[999]
    items = list(range(1000))
    before = embeddings(old, items=items)
    found = drift(before, embeddings(new, items=items, counts=[2] + [1] * 999))
    assert (found.changed.n, found.unchanged.n) == (1, 999)
    assert found.changed.median == pytest.approx(0, abs=0.01)
    assert found.unchanged.low == pytest.approx(1, abs=0.001)
    assert found.residual == pytest.approx((2 / 1000) ** 0.5, rel=0.01)  # |a - b|^2 = 2 - 2 * 0


def test_the_cosines_are_told_by_median_and_fifth_percentile():
    assert Cosines.of(np.arange(101) / 100) == Cosines(101, 0.5, 0.05)
    assert Cosines.of(np.empty(0)) == Cosines(0, None, None)


def test_neighbours_are_compared_among_the_items_that_both_hold():
    """At 0, 10, 30 and 90 degrees c goes from beside b to beside d; e is new, and no loss."""
    old = embeddings(at_degrees(0, 10, 30, 90), items=list("abcd"))
    new = embeddings(at_degrees(0, 10, 80, 90, 1), items=list("abcde"))
    found = drift(old, new, k=1)  # before: b, a, b, c; after, without e: b, a, d, c
    assert (found.overlap, found.k, found.n_asked, found.n_new) == (3 / 4, 1, 4, 1)


def test_no_more_items_are_asked_than_the_sample_and_the_seed_decides_which():
    old, new = embeddings(some(40, 3)), embeddings(some(40, 3, seed=1))
    found = drift(old, new, k=5, sample=10, seed=3)
    assert found.n_asked == 10
    assert found == drift(old, new, k=5, sample=10, seed=3)
    assert len({drift(old, new, k=5, sample=10, seed=seed).overlap for seed in range(9)}) > 1


def test_fewer_items_than_k_have_fewer_neighbours_and_one_has_none():
    assert drift(embeddings(some(3, 2)), embeddings(some(3, 2))).k == 2
    alone = drift(embeddings([[1, 2]]), embeddings([[1, 2]]))
    assert (alone.overlap, alone.k, alone.n_asked, alone.kept.n) == (None, 0, 0, 1)


@pytest.mark.parametrize("items", [["else"], [7]])
def test_where_nothing_is_kept_there_is_nothing_to_tell(items):
    found = drift(embeddings([[1, 2]]), embeddings([[1, 2]], items=items))
    assert (found.n_kept, found.n_new, found.n_gone) == (0, 1, 1)
    assert (found.residual, found.overlap, found.kept.median) == (None, None, None)
    assert "0 items kept, 1 new, 1 gone" in str(found)


def test_a_vector_of_zeros_has_no_direction_to_keep():
    found = drift(embeddings([[0, 0], [1, 0]]), embeddings([[0, 0], [1, 0]]))
    assert (found.kept.n, found.kept.low) == (2, pytest.approx(0.05))  # between 0 and 1


def test_the_figures_are_plain_values_and_text():
    found = drift(embeddings(some(40, 3)), embeddings(some(40, 3)))
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["changed"] == {"n": 0, "median": None, "low": None}
    assert plain["kept"] == {"n": 40, "median": found.kept.median, "low": found.kept.low}
    lines = str(found).splitlines()
    assert lines[2].split() == ["all", "kept", "items", "40", "1.000", "1.000"]
    assert lines[3].split() == ["count", "changed", "0", "-", "-"]


@pytest.mark.parametrize(
    ("size", "options", "message"),
    [
        (3, {}, "old embeddings have 2 dimensions, the new ones 3"),
        (2, {"k": 0}, "k is 0; it must be 1 or more"),
        (2, {"sample": 0}, "sample is 0"),
    ],
)
def test_what_cannot_be_compared_is_refused(size, options, message):
    with pytest.raises(UsageError, match=message):
        drift(embeddings(some(4, 2)), embeddings(some(4, size)), **options)
