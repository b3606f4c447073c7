"""Neighbours agree on labels in worlds where they must, and at random where they cannot."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real_data import path_to

import x2vec
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, NothingLeftError
from x2vec.evaluation import label_agreement


def clusters(*, n=120, kinds=4, noise=0.1, seed=0):
    """Items of each kind around a direction of their own; counts fall from 2n."""
    draws = np.random.default_rng(seed)
    kind = np.arange(n) % kinds
    vectors = np.eye(kinds)[kind] + noise * draws.standard_normal((n, kinds))
    return Embeddings(list(range(n)), vectors, counts=np.arange(2 * n, n, -1)), kind


def test_where_labels_are_the_clusters_all_neighbours_agree():
    items, kind = clusters()
    found = label_agreement(items, dict(enumerate(kind.tolist())), k=8)
    assert found.agreement.value == found.majority.value == found.rarest.value == 1
    assert found.chance == pytest.approx(29 / 119)  # the others of its kind among all others
    assert (found.agreement.n, found.rarest.n, found.n_labels) == (120, 30, 4)


def test_with_shuffled_labels_agreement_is_chance():
    items, kind = clusters(n=400)
    shuffled = np.random.default_rng(1).permutation(kind)
    found = label_agreement(items, dict(enumerate(shuffled.tolist())), k=10)
    assert found.chance == pytest.approx(99 / 399)
    # 4,000 neighbours, not all independent: a standard deviation below sqrt(.25 * .75 / 400)
    assert abs(found.agreement.value - found.chance) < 4 * 0.0217
    assert found.agreement.low < found.chance < found.agreement.high


def test_the_figures_are_those_counted_by_hand():
    vectors = [[1, 0], [1, 0.1], [1, 0.3], [0, 1]]
    items = Embeddings(["a", "b", "c", "d"], vectors, counts=[9, 5, 3, 1])
    labels = {"a": ["x", "y"], "b": "x", "c": "z", "d": ["z", "y"]}
    found = label_agreement(items, labels, k=2, rarest=0.5)
    # nearest two: a: b, c (x) 1/2; b: a, c 1/2; c: b, a 0; d: c, b 1/2
    assert found.agreement.value == pytest.approx((1 / 2 + 1 / 2 + 0 + 1 / 2) / 4)
    # others with a label of theirs: a: b, d of 3; b: a; c: d; d: c, a
    assert found.chance == pytest.approx((2 + 1 + 1 + 2) / 12)
    assert found.rarest.value == pytest.approx((0 + 1 / 2) / 2)
    assert found.rarest_chance == pytest.approx((1 + 2) / 6)
    # most frequent labels: a: x, z, and x is its own; b: x, y, z; c: x of both; d: z, x
    assert found.majority.value == pytest.approx((1 / 2 + 1 / 3 + 0 + 1 / 2) / 4)


@settings(deadline=None)
@given(
    st.lists(st.sets(st.integers(0, 4), max_size=3), min_size=4, max_size=12),
    st.integers(1, 20),
    st.integers(0, 5),
)
def test_the_figures_are_those_of_a_slow_reading(labels, k, seed):
    if sum(map(bool, labels)) < 2:
        return
    vectors = np.random.default_rng(seed).standard_normal((len(labels), 3)).astype(np.float32)
    items = Embeddings(list(range(len(labels))), vectors, counts=[1] * len(labels))
    found = label_agreement(items, dict(enumerate(labels)), k=k, resamples=2)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    shares, chances = [], []
    labelled = [i for i, some in enumerate(labels) if some]
    for one in labelled:
        others = sorted((i for i in labelled if i != one), key=lambda i: -unit[one] @ unit[i])
        shares.append(np.mean([bool(labels[one] & labels[other]) for other in others[:k]]))
        chances.append(np.mean([bool(labels[one] & labels[other]) for other in others]))
    assert found.agreement.value == pytest.approx(np.mean(shares))
    assert found.chance == pytest.approx(np.mean(chances))
    assert found.n_unlabelled == len(labels) - len(labelled)


def test_beyond_the_catalogue_every_other_item_is_a_neighbour_and_that_is_chance():
    items, kind = clusters(n=12)
    found = label_agreement(items, dict(enumerate(kind.tolist())), k=1_000)
    assert found.agreement.value == pytest.approx(found.chance)


def test_items_without_direction_count_as_nothing_found():
    items = Embeddings(["a", "b", "c"], [[0, 0], [1, 0], [1, 0]], counts=[1, 1, 1])
    found = label_agreement(items, dict.fromkeys("abc", "x"), k=1)
    assert found.agreement.value == pytest.approx(2 / 3)
    assert found.n_unanswered == 1
    assert "1 items have no direction" in str(found)


def test_a_sample_asks_fewer_items_among_the_same_neighbours():
    items, kind = clusters()
    found = label_agreement(items, dict(enumerate(kind.tolist())), max_items=40, seed=3)
    assert (found.agreement.n, found.agreement.value) == (40, 1)
    assert found.chance == pytest.approx(29 / 119)


def test_the_same_seed_gives_the_same_value_and_plain_values_have_all_of_it():
    items, kind = clusters(noise=2.0)
    one, other = (
        label_agreement(items, dict(enumerate(kind.tolist())), max_items=50) for _ in range(2)
    )
    assert one == other
    assert one.to_dict()["agreement"] == one.agreement.to_dict()
    assert set(one.to_dict()) == set(one.__dataclass_fields__)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [({"k": 0}, "k is 0"), ({"rarest": 0}, "rarest is 0"), ({"max_items": 0}, "max_items is 0")],
)
def test_bounds_are_named(arguments, says):
    items, kind = clusters(n=8)
    with pytest.raises(ConfigError, match=says):
        label_agreement(items, dict(enumerate(kind.tolist())), **arguments)


def test_one_labelled_item_has_no_neighbour():
    items, _ = clusters(n=8)
    with pytest.raises(NothingLeftError, match="Only one item"):
        label_agreement(items, {3: "x"})


def test_films_that_people_rate_together_share_a_genre():
    ratings = x2vec.read("ratings", str(path_to("ml-latest-small", "ratings.csv")))
    films = x2vec.train(
        ratings.clean(min_count=5), x2vec.SkipGram(vector_size=32, epochs=5, window=5), seed=1
    )
    with path_to("ml-latest-small", "movies.csv").open(encoding="utf-8") as lines:
        genres = {row["movieId"]: row["genres"].split("|") for row in csv.DictReader(lines)}
    found = label_agreement(films, genres, k=8)
    assert found.agreement.low > found.chance
