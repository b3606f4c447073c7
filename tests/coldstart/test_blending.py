"""Semi-cold items in a world whose true vectors, and how noisy events are, are known."""

import numpy as np
import pyarrow as pa
import pytest
from cold_worlds import clustered_world

from x2vec.coldstart import ColdStart, Shrinkage, blending
from x2vec.embeddings import Embeddings
from x2vec.embeddings.growth import blended as grown
from x2vec.errors import ConfigError, DataError
from x2vec.search import normalized

SIZE, SPREAD, ERROR = 16, 0.6, 3.0
COUNTS = np.array([1, 2, 4, 8, 16, 64, 400])


def cosines(a, b):
    return (normalized(a) * normalized(b)).sum(axis=1)


@pytest.fixture(scope="module")
def world():
    """Items lie about the middle of their kind; an event tells of an item with a known error."""
    table, truth, middles = clustered_world(2_100, size=SIZE, noise=SPREAD)
    counts = np.tile(COUNTS, 300)
    draws = np.random.default_rng(3)
    trained = truth + draws.normal(0, 1, truth.shape) * ERROR / np.sqrt(counts)[:, None]
    shop = Embeddings(
        table["item_id"], trained, counts=counts, context_vectors=trained[:, ::-1].copy()
    )
    ladder = ColdStart(categories="kind", rungs="category centroid").fit(shop, table)
    return table, truth, middles, shop, ladder, ladder.blend(shop)


def test_blended_vectors_are_nearer_to_the_truth_than_either_where_events_are_few(world):
    table, truth, middles, shop, _, blended = world
    inferred = np.array([middles[kind] for kind in table["kind"].to_pylist()], np.float32)
    for vectors, true in ((blended.vectors, truth), (blended.context_vectors, truth[:, ::-1])):
        side = shop.vectors if true is truth else shop.context_vectors
        other = inferred if true is truth else inferred[:, ::-1]
        for n in (1, 2, 4, 8, 16):
            of = shop.counts == n
            made = cosines(vectors[of], true[of]).mean()
            assert made > cosines(side[of], true[of]).mean()
            assert made > cosines(other[of], true[of]).mean()


def test_an_item_that_new_events_move_is_no_longer_called_blended(world):
    *_, blended = world
    assert blended.origin[0].as_py() == "blended"
    row, vectors = np.array([0]), np.ones((1, SIZE), np.float32)
    moved = grown(blended, row, vectors, vectors, np.array([5]))
    assert moved.origin[:2].to_pylist() == ["trained", "blended"]
    shares = moved.metadata["inferred_share"][:2].to_pylist()
    assert shares[0] is None
    assert shares[1] > 0.05


def test_what_an_event_and_an_inference_are_worth_is_found_from_the_vectors_alone(world):
    table, truth, middles, shop, ladder, _ = world
    heard = []
    ladder.blend(shop, listen=heard.append)
    away = truth - truth.mean(axis=0)
    noise = SIZE * ERROR**2 / (away**2).sum(axis=1).mean()
    inferred = np.array([middles[kind] for kind in table["kind"].to_pylist()])
    accuracy = cosines(inferred - truth.mean(axis=0), away).mean()
    kappa = noise * accuracy / (1 - accuracy**2)
    found = float(heard[-1].text.split(" worth ")[1].split()[0])
    assert kappa / 1.3 < found < kappa * 1.3


def test_an_item_of_many_events_keeps_its_bytes_and_no_count_changes(world):
    *_, shop, _, blended = world
    many = shop.counts == 400
    assert blended.vectors[many].tobytes() == shop.vectors[many].tobytes()
    assert set(np.asarray(blended.origin)[many]) == {"trained"}
    assert set(np.asarray(blended.origin)[shop.counts == 1]) == {"blended"}
    assert blended.counts.tolist() == shop.counts.tolist()
    share = np.asarray(blended.metadata["inferred_share"])
    assert np.isnan(share[many]).all()
    means = [share[shop.counts == n].mean() for n in (1, 2, 4, 8, 16)]
    assert means == sorted(means, reverse=True)


def test_vectors_stay_as_long_as_they_were_trained(world):
    *_, shop, _, blended = world
    lengths = [np.linalg.norm(one.vectors, axis=1) for one in (shop, blended)]
    np.testing.assert_allclose(*lengths, rtol=1e-5)


def test_blended_items_are_hardly_shown_more_often_than_they_were(monkeypatch):
    """All vectors are of one length, so that one that is sure comes before one that is shaken."""
    table, truth, _ = clustered_world(600, size=SIZE, noise=SPREAD)
    counts = np.tile([1, 2, 4, 8, 400, 400], 100)
    draws = np.random.default_rng(3)
    trained = truth + draws.normal(0, 1, truth.shape) * ERROR / np.sqrt(counts)[:, None]
    vectors = normalized(trained.astype(np.float32))
    shop = Embeddings(table["item_id"], vectors, counts=counts, context_vectors=vectors.copy())
    ladder = ColdStart(categories="kind", rungs="category centroid").fit(shop, table)

    def shown(some):  # items of few events in the lists of 20 of those of many
        scores = vectors[counts == 400] @ some.context_vectors.T
        return (counts < 400)[np.argsort(-scores, axis=1)[:, :20]].sum(axis=1).mean()

    blended = ladder.blend(shop)
    monkeypatch.setattr(blending, "shortened", lambda *given, seed: given[3])
    assert shown(ladder.blend(shop)) > 4 * shown(shop)
    assert shown(blended) < 1.1 * shown(shop)


def test_the_same_ladder_blends_the_same_bytes(world):
    *_, shop, ladder, blended = world
    again = ladder.blend(shop)
    assert again.vectors.tobytes() == blended.vectors.tobytes()
    assert again.context_vectors.tobytes() == blended.context_vectors.tobytes()


def test_an_item_that_was_seldom_seen_does_not_look_popular_for_being_like_popular_ones():
    """One column of the vectors is the logarithm of the count, the others follow the kind."""
    table, truth, _ = clustered_world(1_000, size=SIZE, noise=SPREAD)
    counts = np.tile([1, 2, 8, 64, 400], 200)
    trained = np.column_stack([truth * 0.3, np.log(counts)]).astype(np.float32)
    shop = Embeddings(table["item_id"], trained, counts=counts)
    ladder = ColdStart(categories="kind", rungs="category centroid").fit(shop, table)
    blended = ladder.blend(shop, shrinkage=Shrinkage(noise=8, accuracy=0.9))
    last = blended.vectors[:, -1]
    # of the kind alone: the mean of the logarithms, 2.5; an item of one event has 0
    assert np.abs(last[counts == 1]).mean() < 0.5
    assert (np.asarray(blended.metadata["inferred_share"])[counts == 1] > 0.9).all()


def test_an_item_is_not_inferred_from_itself():
    """Every item has a title of its own, so that the nearest content is the item, or chance."""
    draws = np.random.default_rng(0)
    names = [f"item {place}" for place in range(150)]
    table = pa.table({"item_id": names, "title": [f"{one:08b}x" for one in range(150)]})
    vectors = draws.normal(0, 1, (150, 8))
    shop = Embeddings(names, vectors, counts=draws.integers(1, 9, 150))
    ladder = ColdStart(text="title", text_size=16, rungs="nearest content").fit(shop, table)
    blended = ladder.blend(shop, shrinkage=Shrinkage(noise=1, accuracy=0.99))
    # to look at oneself would give a share of nearly one the item's own vector: a cosine near 1
    assert cosines(blended.vectors, shop.vectors).mean() < 0.5


def test_where_nothing_can_be_inferred_nothing_is_blended():
    draws = np.random.default_rng(1)
    names = [f"item {place}" for place in range(400)]
    table = pa.table({"item_id": names, "kind": draws.choice(["tea", "soap"], 400)})
    shop = Embeddings(names, draws.normal(0, 1, (400, 8)), counts=draws.integers(1, 9, 400))
    blended = ColdStart(categories="kind").fit(shop, table).blend(shop)
    moved = np.abs(blended.vectors - shop.vectors).max(axis=1) > 0
    # two kinds of vectors at random: their middles agree with an item by chance alone
    assert (np.asarray(blended.origin) == "trained")[~moved].all()
    assert cosines(blended.vectors, shop.vectors).mean() > 0.9


def test_embeddings_that_the_ladder_was_not_fitted_to_are_refused(world):
    *_, ladder, blended = world
    with pytest.raises(DataError, match="blended already"):
        ladder.blend(blended)
    with pytest.raises(DataError, match=r"fitted to 2,100 items of 16 dimensions"):
        ladder.blend(Embeddings(["a"], [[1.0] * SIZE], counts=[1]))


def test_shares_run_from_all_without_events_to_nothing():
    believed = Shrinkage(noise=8, accuracy=0.5)
    # kappa = 8 * 0.5 / (1 - 0.25); beside one event, whose unit vector counts sqrt(1 * 9) = 3
    assert believed.kappa == pytest.approx(16 / 3)
    assert believed.share(np.array([0, 1])).tolist() == pytest.approx([1, (16 / 3) / (16 / 3 + 3)])
    assert Shrinkage(noise=8, accuracy=0).share(np.array([0, 1])).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("noise", "accuracy"), [(0, 0.5), (-1, 0.5), (np.inf, 0.5), (1, 1.0), (1, -0.1)]
)
def test_a_shrinkage_out_of_bounds_is_refused(noise, accuracy):
    with pytest.raises(ConfigError):
        Shrinkage(noise=noise, accuracy=accuracy)
