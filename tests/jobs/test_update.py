"""An update learns what is new, leaves what is not, forgets little, and says how much."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
from engines import offer
from shop import write_shop
from worlds import genre_gap

import x2vec
from x2vec.embeddings import Attributes, Embeddings, Provenance, drift, read_manifest
from x2vec.errors import ConfigError, DataError, NothingLeftError, PluginError, UsageError
from x2vec.recommendation import ranker_of
from x2vec.training import Matrices, SkipGram

MODEL = SkipGram(vector_size=16, epochs=5)
SIZE = 10  # items of a genre


def baskets(lists):
    return x2vec.Sequences.from_lists(lists, ordered=False)


def genres(n, *, items=2 * SIZE, seed=0, shuffled=False):
    """Sequences of six events of one genre: the even items, or the odd ones; shuffled, of both."""
    draws = np.random.default_rng(seed)
    lists = 2 * draws.integers(0, items // 2, (n, 6)) + draws.integers(0, 2, n)[:, None]
    if shuffled:
        lists = draws.permutation(lists.ravel()).reshape(lists.shape)
    return x2vec.Sequences.from_lists(lists.tolist())


def gap(embeddings):
    return genre_gap(embeddings.vectors, np.asarray(embeddings.items) % 2)


@pytest.fixture(scope="module")
def old():
    return x2vec.train(genres(1_000), MODEL)


def small(**changes):
    """Three items of counts 6, 3 and 1 in two dimensions."""
    made = Embeddings(
        ["milk", "tea", "soap"],
        [[4, 0], [0, 4], [1, 1]],
        counts=[6, 3, 1],
        context_vectors=[[0, 8], [8, 0], [2, 2]],
    )
    return dataclasses.replace(made, **changes)


NIGHT = baskets([["tea", "honey"], ["tea", "milk"], ["honey", "tea"]])


@pytest.fixture
def engine(monkeypatch):
    """Offer an engine that makes all vectors (4, 4) and tells what it was asked."""

    class Four:
        name = "four"
        can = frozenset({"start"})
        asked = None

        def fit(self, corpus, parameters, control):
            Four.asked = (corpus, parameters, control)
            there = np.full((corpus.n_items, parameters.vector_size), 4, np.float32)
            return Matrices(there, there.copy(), (0.5,))

    offer(monkeypatch, Four)
    return Four


def test_attributes_stay_as_they_are_and_a_notice_says_so(engine):
    beside = Attributes(["kind"], ["hot"], [9], [[2, 2]], [[0, 2]])
    told = []
    updated = x2vec.update(small(attributes=beside), NIGHT, engine="four", listen=told.append)
    kept = updated.embeddings.attributes
    assert (kept["kind=hot"].tolist(), kept.counts.tolist()) == ([2, 2], [9])
    assert any("attributes stay as they are, and new items start" in str(one) for one in told)


def test_training_starts_from_both_old_matrices_in_the_rows_of_the_new_sequences(engine):
    x2vec.update(small(), NIGHT, engine="four", seed=3)
    corpus, _, control = engine.asked  # tea 3, honey 2, milk 1
    assert corpus.rows.tolist() == [0, 1, 0, 2, 1, 0]
    start = control.start.matrices
    assert start.vectors[[0, 2]].tolist() == [[0, 4], [4, 0]]
    assert start.context_vectors.tolist() == [[8, 0], [0, 0], [0, 8]]
    assert 0 < np.abs(start.vectors[1]).max() < 1 / 2  # uniform in +-1 / vector_size
    assert (control.seed, control.start.epoch, control.start.steps) == (3, 0, 0)


def test_each_item_goes_there_by_the_share_of_its_new_events(engine):
    updated = x2vec.update(small(), NIGHT, engine="four").embeddings
    # shares: tea 3 / (3 + 3), milk 1 / (6 + 1), honey 2 / 2, soap 0
    assert updated.items.to_pylist() == ["milk", "tea", "honey", "soap"]
    assert updated.counts.tolist() == [7, 6, 2, 1]
    expected = [[4, 4 / 7], [2, 4], [4, 4], [1, 1]]
    assert np.allclose(updated.vectors, expected)
    expected = [[4 / 7, 8 - 4 / 7], [6, 2], [4, 4], [2, 2]]
    assert np.allclose(updated.context_vectors, expected)


def test_a_new_event_may_weigh_more_than_an_old_one(engine):
    updated = x2vec.update(small(), NIGHT, engine="four", weight=6).embeddings
    assert updated["milk"].tolist() == [4, 2]  # half of the way, 6 * 1 / (6 + 6 * 1)
    assert updated.counts.tolist() == [7, 6, 2, 1]


def test_the_model_is_the_one_that_the_embeddings_were_trained_with(engine, old):
    x2vec.update(old, genres(10), engine="four")
    assert engine.asked[1] == MODEL
    x2vec.update(small(), NIGHT, engine="four")
    assert engine.asked[1] == SkipGram(vector_size=2)
    x2vec.update(small(), NIGHT, SkipGram(vector_size=2, epochs=9), engine="four")
    assert engine.asked[1].epochs == 9
    foreign = small(provenance=Provenance(config={"model": "word2vec", "job": None}))
    x2vec.update(foreign, NIGHT, engine="four")
    assert engine.asked[1] == SkipGram(vector_size=2)


def test_the_model_of_a_published_job_is_found_too(tmp_path, engine, monkeypatch):
    monkeypatch.undo()
    x2vec.run(write_shop(tmp_path))  # vector_size = 16, epochs = 5
    store = x2vec.load(tmp_path / "store")
    offer(monkeypatch, engine)
    night = x2vec.Sequences.from_lists([[0, 1, 99]], ordered=False)
    updated = x2vec.update(store, night, engine="four").embeddings
    assert engine.asked[1] == SkipGram(vector_size=16, epochs=5, sample=0.0)
    assert updated.metadata_of(99) == {"title": None}
    assert updated.metadata_of(0) == {"title": "genre 0 product 0"}


def test_items_without_new_events_keep_every_bit_of_both_vectors(old):
    updated = x2vec.update(old, genres(50, items=SIZE, seed=1)).embeddings
    assert set(updated) == set(old)
    rows = {item: row for row, item in enumerate(updated)}
    for row, item in enumerate(old):
        stays = item >= SIZE
        assert (updated[item].tobytes() == old[item].tobytes()) == stays
        contexts = updated.context_vectors[rows[item]], old.context_vectors[row]
        assert (contexts[0].tobytes() == contexts[1].tobytes()) == stays


def test_unchanged_items_stay_at_a_cosine_of_095_after_alignment(old):
    change = x2vec.update(old, genres(200, items=SIZE, seed=1)).drift
    assert (change.unchanged.n, change.changed.n) == (SIZE, SIZE)
    assert change.unchanged.low >= 0.95
    assert change.changed.median >= 0.95
    assert change.overlap >= 0.5


def test_new_items_find_their_genre(old):
    updated = x2vec.update(old, genres(200, items=4 * SIZE, seed=1)).embeddings
    new = [item for item in updated if item >= 2 * SIZE]
    assert len(new) == 2 * SIZE
    near = updated.similar(new, k=5)
    agree = np.asarray(near.query_id) % 2 == np.asarray(near.item_id) % 2
    assert agree.mean() > 0.95


def test_the_update_is_as_good_as_a_training_on_both(old):
    night = genres(100, items=3 * SIZE, seed=1)
    both = x2vec.Sequences.from_lists([*genres(1_000), *night])
    anew = [gap(x2vec.train(both, MODEL, seed=seed)) for seed in (1, 2, 3)]
    updated = gap(x2vec.update(old, night).embeddings)
    assert updated > min(anew) - 0.05


def test_a_night_of_noise_makes_it_forget_little(old):
    """All the genres meet in the new sequences, as many events as a fiftieth of the old."""
    noise = genres(20, seed=1, shuffled=True)
    assert gap(x2vec.update(old, noise).embeddings) > 0.95 * gap(old)
    all_the_way = x2vec.update(old, noise, weight=1e12)  # as training alone would go on
    assert gap(all_the_way.embeddings) < 0.5 * gap(old)


def test_many_small_updates_end_near_one_large_one(old):
    nights = [genres(10, seed=seed) for seed in range(1, 11)]
    grown = old
    for night in nights:
        grown = x2vec.update(grown, night).embeddings
    together = x2vec.Sequences.from_lists([one for night in nights for one in night])
    at_once = x2vec.update(old, together).embeddings
    assert grown.counts.tolist() == at_once.counts.tolist()
    assert drift(at_once, grown).kept.low > 0.95


def test_rare_new_items_are_left_out_and_counted():
    night = baskets([["tea", "honey"], ["honey", "milk", "salt"], ["tea", "milk"]])
    updated = x2vec.update(small(), night, min_count=2).embeddings
    assert set(updated) == {"milk", "tea", "soap", "honey"}
    ledger = updated.provenance.counts["ledger"]
    assert ledger["removed"] == [
        {"reason": "new item with fewer than 2 events", "rows": 1, "sequences": 0}
    ]


def test_the_same_seed_gives_the_same_bytes(old, same_bytes):
    night = genres(50, items=3 * SIZE, seed=1)
    first, second = (x2vec.update(old, night, seed=7).embeddings for _ in range(2))
    assert same_bytes(first, second)
    assert not same_bytes(first, x2vec.update(old, night, seed=8).embeddings)
    deterministic = [
        x2vec.update(old, night, deterministic=True, workers=n).embeddings for n in (1, 3)
    ]
    assert same_bytes(*deterministic)


@pytest.fixture
def same_bytes():
    def compare(a, b):
        return a.items.equals(b.items) and all(
            x.tobytes() == y.tobytes()
            for x, y in ((a.vectors, b.vectors), (a.context_vectors, b.context_vectors))
        )

    return compare


def test_the_manifest_says_which_update_it_is_of_what_and_how_far_it_moved(tmp_path, old):
    first = x2vec.update(old, genres(20, seed=1), weight=2.0)
    second = x2vec.update(first.embeddings, genres(20, seed=2), min_count=3)
    version = x2vec.publish(second.embeddings, tmp_path / "store")
    manifest = read_manifest(version).provenance
    assert manifest.config["update"] == {"number": 2, "weight": 1.0, "min_count": 3}
    assert manifest.config["before_updates"] == dict(old.provenance.config)
    assert manifest.config["model"] == {"kind": "SkipGram", **dataclasses.asdict(MODEL)}
    assert manifest.metrics["drift"] == second.drift.to_dict()
    assert len(manifest.metrics["losses"]) == MODEL.epochs
    assert manifest.counts["sequences"] == 20
    sources = {one.provenance.fingerprint for one in (old, first.embeddings, second.embeddings)}
    assert len(sources) == 3
    assert x2vec.update(old, genres(20, seed=1)).embeddings.provenance.fingerprint in sources


@pytest.mark.parametrize(
    ("embeddings", "arguments", "error", "message"),
    [
        ({"context_vectors": None}, {}, UsageError, "no context vectors.*context.parquet"),
        (
            {},
            {"model": MODEL},
            ConfigError,
            "vector_size is 16, and the embeddings have 2 dimensions",
        ),
        ({"items": pa.array([1, 2, 3])}, {}, DataError, "are int64, those of the sequences string"),
        ({}, {"weight": 0}, ConfigError, "weight is 0; it must be a number above 0"),
        ({}, {"weight": float("nan")}, ConfigError, "weight is nan"),
        ({}, {"min_count": 0}, ConfigError, "min_count is 0; it must be a whole number from 1"),
        ({}, {"min_count": True}, ConfigError, "min_count is True"),
        ({}, {"engine": "gensim"}, ConfigError, "engine 'gensim' has no start"),
        ({}, {"engine": "nativ"}, PluginError, "nativ"),
        ({}, {"sequences": [["tea", "milk"]]}, UsageError, "update: got list; expected Sequences"),
        ({}, {"sequences": baskets([["tea"], ["milk"]])}, NothingLeftError, "No pairs"),
        (
            {"provenance": Provenance(config={"model": {"kind": "GloVe", "x_max": 9}})},
            {},
            UsageError,
            r"trained by GloVe\(x_max\).*model = SkipGram",
        ),
        (
            {"provenance": Provenance(config={"model": {"kind": "SkipGram", "tilt": 9}})},
            {},
            UsageError,
            r"SkipGram\(tilt\)",
        ),
    ],
)
def test_what_cannot_be_updated_is_refused_with_what_to_do(embeddings, arguments, error, message):
    arguments = {"sequences": NIGHT, **arguments}
    with pytest.raises(error, match=message):
        x2vec.update(small(**embeddings), **arguments)


def test_a_path_is_no_embeddings():
    with pytest.raises(UsageError, match=r"update: got str; expected Embeddings\. Open a store"):
        x2vec.update("store", NIGHT)


def test_what_was_updated_is_asked_as_before():
    asked = x2vec.QueryForm(decay=0.5, last=3, prior=0.25)
    old = x2vec.train(genres(100), MODEL, query=asked)
    updated = x2vec.update(old, genres(20, seed=1)).embeddings
    again = x2vec.update(updated, genres(20, seed=2)).embeddings
    ranker = ranker_of(again)
    assert (ranker.decay, ranker.last, ranker.prior) == (0.5, 3, 0.25)
