"""A world where popularity is a direction: new items made of popular things are not popular yet."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest

from x2vec.coldstart import ColdStart, with_ladder
from x2vec.coldstart.lists import TrainedLists
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError
from x2vec.recommendation import Histories, ranker_of

N_ITEMS, N_NEW = 600, 100
NUMBERS = ("x0", "x1", "x2", "x3", "x4", "x5")
COLD = ColdStart(numbers=NUMBERS, bins=0, rungs="ridge")


def popularity_world():
    """Numbers tell all of an item but how popular it is: every other item is, whatever they are.

    Of its numbers a new item looks as popular as the mean of both.
    """
    numbers = np.random.default_rng(4).normal(0, 1, (N_ITEMS + N_NEW, len(NUMBERS)))
    columns = {name: numbers[:, place] for place, name in enumerate(NUMBERS)}
    table = pa.table({"item_id": [f"i{n:03}" for n in range(len(numbers))], **columns})
    counts = np.where(np.arange(N_ITEMS) % 2, 200, 2)
    known = numbers[:N_ITEMS]
    shop = Embeddings(
        table["item_id"][:N_ITEMS],
        np.hstack([known, np.ones((N_ITEMS, 1))]),
        counts=counts,
        context_vectors=np.hstack([known, np.log(counts)[:, None]]),
        metadata=table[:N_ITEMS].drop_columns(["item_id"]),
    )
    return shop, table[N_ITEMS:]


@pytest.fixture(scope="module")
def world():
    shop, new = popularity_world()
    return shop, new, COLD.fit(shop)


def test_inferred_items_enter_about_as_many_lists_as_the_rarest_do(world):
    shop, new, ladder = world
    placed = places(shop.with_inferred(ladder.embed(new)))
    rare = placed[:N_ITEMS][shop.counts == 2].mean()
    assert 0.5 * rare < placed[N_ITEMS:].mean() < 2 * rare
    high = places(shop.with_inferred(as_inferred(ladder).embed(new)))
    assert high[N_ITEMS:].mean() > 6 * rare


def test_with_more_exposure_they_enter_so_many_times_as_many(world):
    shop, new, ladder = world
    seen = dataclasses.replace(COLD, exposure=4).fit(shop).embed(new)
    few, many = (
        places(shop.with_inferred(one))[N_ITEMS:].mean() for one in (ladder.embed(new), seen)
    )
    assert 2.5 * few < many < 6 * few
    for wrong in (0, -1, np.inf, "much", True):
        with pytest.raises(ConfigError, match="exposure is a number above 0"):
            ColdStart(numbers="x0", exposure=wrong)


def test_vectors_and_the_order_among_new_items_stay(world):
    shop, new, ladder = world
    found, before = ladder.embed(new), as_inferred(ladder).embed(new)
    assert found.vectors.tobytes() == before.vectors.tobytes()
    queries = ranker_of(shop).queries(Histories.of(np.arange(50)[:, None], n_items=N_ITEMS))
    one, other = (queries @ some.context_vectors.T for some in (found, before))
    assert (np.argsort(-one, axis=1) == np.argsort(-other, axis=1)).all()


def test_the_reach_is_kept_beside_the_choices_and_makes_the_same_bytes(world):
    shop, new, ladder = world
    kept = with_ladder(shop.provenance, ladder)
    again = ColdStart.ladder_of(dataclasses.replace(shop, provenance=kept))
    assert again.choices[0].steps[0].reach == ladder.choices[0].steps[0].reach
    found, first = again.embed(new), ladder.embed(new)
    assert found.context_vectors.tobytes() == first.context_vectors.tobytes()


def test_a_store_that_older_versions_measured_infers_as_they_did(world):
    shop, new, ladder = world
    plain = [choice.to_dict() for choice in ladder.choices]
    for choice in plain:
        for step in choice["steps"]:
            del step["reach"]
    kept = with_ladder(shop.provenance, ladder)
    old = dataclasses.replace(kept, metrics={"cold_start": {"choices": plain}})
    found = ColdStart.ladder_of(dataclasses.replace(shop, provenance=old)).embed(new)
    before = as_inferred(ladder).embed(new)
    assert found.context_vectors.tobytes() == before.context_vectors.tobytes()


def test_without_context_vectors_nothing_is_placed(world):
    shop, new, _ = world
    ladder = COLD.fit(dataclasses.replace(shop, context_vectors=None))
    assert {step.reach for choice in ladder.choices for step in choice.steps} == {None}
    assert ladder.embed(new).context_vectors is None


def test_nothing_is_too_far_where_nothing_was_hidden(world):
    shop, _, ladder = world
    lists = TrainedLists.of(shop, ladder.scale, seed=0)
    assert lists.reach(np.empty((0, len(NUMBERS) + 1), np.float32)) == np.inf


def as_inferred(ladder):
    """Return a ladder that leaves context vectors where its rungs put them."""
    return dataclasses.replace(ladder, middle=None)


def places(everything):
    """Return the share of the lists of 20 that each item is in; each trained item asks once."""
    trained = np.flatnonzero(everything.counts > 0)
    scores = ranker_of(everything).scores(Histories.of(trained[:, None], n_items=len(everything)))
    scores[np.arange(len(trained)), trained] = -np.inf
    best = np.argsort(-scores, axis=1)[:, :20]
    chances = everything.counts[trained] / everything.counts.sum()
    return np.bincount(best.ravel(), np.repeat(chances, 20), minlength=len(everything))
