"""Worlds whose answer is known: the right rung finds it, and where there is none, nothing does."""

import numpy as np
import pyarrow as pa
import pytest
from cold_worlds import clustered_world, linear_world, shop_of

from x2vec.coldstart import ColdStart
from x2vec.search import cosine, normalized

NUMBERS = ("x0", "x1", "x2", "x3")


def cosines(a, b):
    return (normalized(a) * normalized(b)).sum(axis=1)


@pytest.fixture(scope="module")
def linear():
    table, vectors = linear_world(700)
    known, new = table.slice(0, 500), table.slice(500)
    shop = shop_of(known, vectors[:500], context=True)
    return shop, known, new, vectors[500:]


def test_ridge_finds_vectors_that_are_a_linear_function_of_numbers(linear):
    shop, known, new, truth = linear
    found = ColdStart(numbers=NUMBERS, bins=0, rungs="ridge").fit(shop, known).embed(new)
    assert set(found.source.to_pylist()) == {"ridge"}
    # the noise alone, 0.05 beside vectors of about 2 in each dimension, leaves cosines above 0.99
    assert cosines(found.vectors, truth).mean() > 0.99


def test_context_vectors_are_inferred_as_well_as_vectors(linear):
    shop, known, new, truth = linear
    found = ColdStart(numbers=NUMBERS, bins=0, rungs="ridge").fit(shop, known).embed(new)
    assert cosines(found.context_vectors, truth[:, ::-1]).mean() > 0.99


def test_ridge_is_chosen_where_the_world_is_linear(linear):
    shop, known, *_ = linear
    rungs = ("ridge", "nearest content", "category centroid")
    report = ColdStart(numbers=NUMBERS, bins=0, rungs=rungs).fit(shop, known).report.to_pandas()
    assert report[report["chosen"]]["rung"].to_list() == ["ridge"]


@pytest.mark.parametrize("rung", ["category centroid", "shared attributes", "ridge"])
def test_an_item_of_a_kind_lies_at_the_middle_of_its_kind(rung):
    table, vectors, middles = clustered_world(500)
    ladder = ColdStart(categories="kind", rungs=rung).fit(shop_of(table, vectors), table)
    new = pa.table({"item_id": ["a", "b"], "kind": ["tea", "rope"]})
    found = ladder.embed(new)
    assert found.source.to_pylist() == [rung, rung]
    for vector, kind in zip(found.vectors, ["tea", "rope"], strict=True):
        # the mean of 100 items, each 0.2 off in 8 dimensions, is 0.06 off a middle of length 2.8
        assert cosine(vector, middles[kind]) > 0.99


def test_in_a_shuffled_world_nothing_beats_the_catalogue_centroid_and_confidence_says_so():
    table, vectors, _ = clustered_world(500)
    shuffled = np.random.default_rng(5).permutation(vectors)
    ladder = ColdStart(categories="kind").fit(shop_of(table, shuffled), table)
    report = ladder.report.to_pandas()
    assert report[report["chosen"]]["rung"].to_list() == ["catalogue centroid"]
    found = ladder.embed(pa.table({"item_id": ["a"], "kind": ["tea"]}))
    assert found.source.to_pylist() == ["catalogue centroid"]
    assert found.confidence.tolist() == [0.0]


def test_confidence_is_as_often_right_as_it_says():
    """Half of the items follow their kind, half follow nothing, and one column tells which."""
    draws = np.random.default_rng(9)
    table, vectors, _ = clustered_world(5_000, noise=0.3)
    follows = draws.random(5_000) < 0.5
    vectors[~follows] = draws.normal(0, 1, (int((~follows).sum()), vectors.shape[1]))
    table = table.append_column("maker", pa.array(np.where(follows, "known", "any")))
    cold = ColdStart(categories=[["maker", "kind"]], rungs=("ridge", "category centroid"))
    known = table.slice(0, 3_000)
    ladder = cold.fit(shop_of(known, vectors[:3_000]), known)
    found = ladder.embed(table.slice(3_000))
    middle = vectors[:3_000].mean(axis=0, keepdims=True)
    nearer = cosines(found.vectors, vectors[3_000:]) > cosines(middle, vectors[3_000:])
    sure = found.confidence > 0.8
    assert sure[follows[3_000:]].mean() > 0.9
    # 1,000 items in either half: what happened is off its chance by 0.016 at most, thrice is 0.05
    for half in (follows[3_000:], ~follows[3_000:]):
        assert abs(found.confidence[half].mean() - nearer[half].mean()) < 0.05
    chosen = ladder.report.to_pandas().query("chosen")
    assert (chosen["calibration_error"] <= 0.05).all()


def test_the_same_seed_gives_the_same_bytes_and_the_order_of_the_table_is_no_matter(linear):
    shop, known, new, _ = linear
    cold = ColdStart(numbers=NUMBERS, rungs=("perceptron", "ridge", "nearest content"))
    once = cold.fit(shop, known).embed(new)
    again = cold.fit(shop, known.take(np.arange(len(known))[::-1])).embed(new)
    assert once.to_arrow().equals(again.to_arrow())
    assert once.context_vectors.tobytes() == again.context_vectors.tobytes()


def test_known_items_that_were_inferred_are_not_learnt_from(linear):
    shop, known, new, _ = linear
    cold = ColdStart(numbers=NUMBERS, rungs="ridge")
    first = cold.fit(shop, known).embed(new)
    everything = shop.with_inferred(first)
    both = pa.concat_tables([known, new])
    assert cold.fit(everything, both).embed(new).to_arrow().equals(first.to_arrow())
