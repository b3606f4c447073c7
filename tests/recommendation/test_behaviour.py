"""One behaviour suite for every ranker, on worlds whose answers are known.

A world gives a corpus to the rankers that count, and to the embedding the vectors that a perfect
training would find in it. A ranker joins the suite by one line in ``RANKERS``; every baseline of
the registry has its line there already.
"""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, fields

import numpy as np
import pytest

from x2vec.corpus import Corpus
from x2vec.errors import DataError, UsageError
from x2vec.recommendation import (
    BASELINES,
    EmbeddingRanker,
    Histories,
    Hybrid,
    Part,
    Popularity,
    Ranker,
    Scale,
)


@dataclass(frozen=True)
class World:
    corpus: Corpus
    vectors: np.ndarray
    context_vectors: np.ndarray

    def embedding(self, scoring, *, prior=0.0):
        return EmbeddingRanker(
            vectors=self.vectors,
            context_vectors=self.context_vectors,
            counts=self.corpus.counts(),
            scoring=scoring,
            prior=prior,
            decay=0.5 if self.corpus.ordered else 1.0,
        )

    def baseline(self, name):
        return BASELINES[name](self.corpus, 1)

    def hybrid(self):
        shares = Scale("share", floor=1e-3)
        counted, nearest = self.baseline("cooccurrence"), self.baseline("vstan")
        embedded = Part(self.embedding("in-out"), 0.5, Scale("plain"))
        return Hybrid((embedded, Part(counted, 1.0, shares), Part(nearest, 0.5, shares)))


RANKERS = {
    **{name: lambda world, name=name: world.baseline(name) for name in BASELINES},
    "in-in": lambda world: world.embedding("in-in"),
    "in-out": lambda world: world.embedding("in-out"),
    "in-out with prior": lambda world: world.embedding("in-out", prior=0.75),
    "hybrid": lambda world: world.hybrid(),
}
KNOW_COUNTS_ALONE = {"popularity", "session-popularity"}
NEED_ORDER = {"markov", "sequential-rules", "slist"}
BLIND_TO_ORDER = {"ease", "als", "bpr"}
MIXED_ENDS = {"session-knn"}  # neighbours are whole sessions, whichever way they run


def rankers_but(*left_out):
    left = {name: make for name, make in RANKERS.items() if name not in set().union(*left_out)}
    return pytest.mark.parametrize("make", left.values(), ids=left.keys())


every_ranker = rankers_but()
personal_ranker = rankers_but(KNOW_COUNTS_ALONE)
ranker_of_baskets = rankers_but(NEED_ORDER)
personal_ranker_of_baskets = rankers_but(KNOW_COUNTS_ALONE, NEED_ORDER)
ranker_that_knows_the_order = rankers_but(KNOW_COUNTS_ALONE, BLIND_TO_ORDER, MIXED_ENDS)


def genres_of(corpus_of, *, ordered):
    """Twenty items, even and odd ones; a sequence holds four of one genre, in any order."""
    random = np.random.default_rng(1)
    genres = [np.arange(0, 20, 2), np.arange(1, 20, 2)]
    lists = [random.choice(genres[i % 2], 4, replace=False).tolist() for i in range(600)]
    is_odd = np.arange(20) % 2
    vectors = np.stack([1 - is_odd, is_odd], axis=1).astype(np.float32)
    return World(corpus_of(lists, n_items=20, ordered=ordered), vectors, vectors * 8 - 4)


@pytest.fixture(scope="module")
def two_genres(corpus_of):
    return genres_of(corpus_of, ordered=True)


@pytest.fixture(scope="module")
def two_genres_in_baskets(corpus_of):
    return genres_of(corpus_of, ordered=False)


def complements_of(corpus_of, *, ordered):
    """Forty items, 0 and 1, 2 and 3 ... complements: one is followed by the other seven times
    of ten, and by two items at random each time."""
    random = np.random.default_rng(4)
    lists = []
    for i in range(2000):
        one = i % 40
        others = random.choice(40, 2, replace=False).tolist()
        lists.append([one, one ^ 1, *others] if random.random() < 0.7 else [one, *others])
    pair = np.arange(40) // 2
    vectors = (pair[:, None] == np.arange(20)).astype(np.float32)
    return World(corpus_of(lists, n_items=40, ordered=ordered), vectors, vectors * 8 - 4)


@pytest.fixture(scope="module")
def complements(corpus_of):
    return complements_of(corpus_of, ordered=True)


@pytest.fixture(scope="module")
def complements_in_baskets(corpus_of):
    return complements_of(corpus_of, ordered=False)


@pytest.fixture(scope="module")
def chain(corpus_of):
    """A ring of thirty items, each followed by the next one; walks of six, one from each item."""
    walks = [[(start + step) % 30 for step in range(6)] for start in range(30)]
    angles = 2 * np.pi * np.arange(30) / 30
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    return World(corpus_of(walks, n_items=30, ordered=True), vectors, np.roll(vectors, 1, axis=0))


@pytest.fixture(scope="module")
def shuffled(corpus_of):
    """Sequences drawn item by item from one skewed distribution: a history says nothing."""
    random = np.random.default_rng(2)
    share = 1 / np.arange(1, 101)
    lists = random.choice(100, size=(1500, 6), p=share / share.sum()).tolist()
    vectors = random.standard_normal((100, 8)).astype(np.float32)
    contexts = random.standard_normal((100, 8)).astype(np.float32)
    return World(corpus_of(lists, n_items=100, ordered=True), vectors, contexts)


@pytest.fixture(scope="module")
def one_item(corpus_of):
    """A catalogue of a single item, which is always followed by itself."""
    one = np.ones((1, 2), dtype=np.float32)
    return World(corpus_of([[0, 0, 0]], n_items=1, ordered=True), one, one)


@every_ranker
def test_every_ranker_keeps_the_protocol(make, two_genres):
    ranker = make(two_genres)
    histories = Histories.of([[0], [1, 3], [2, 2]], n_items=20)

    scores = ranker.scores(histories)

    assert isinstance(ranker, Ranker)
    assert ranker.n_items == 20
    assert ranker.name
    assert scores.shape == (3, 20)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert ranker.answers(histories).dtype == np.bool_


@personal_ranker
def test_items_of_the_own_genre_rank_first(make, two_genres):
    check_genres(make(two_genres))


@personal_ranker_of_baskets
def test_items_of_the_own_genre_rank_first_in_baskets(make, two_genres_in_baskets):
    check_genres(make(two_genres_in_baskets))


def check_genres(ranker):
    histories = Histories.of([[0], [1], [4, 6], [5, 7, 9]], n_items=20)

    scores = ranker.scores(histories)

    for query, history in enumerate([[0], [1], [4, 6], [5, 7, 9]]):
        of_genre = [row for row in range(20) if row % 2 == history[0] % 2 and row not in history]
        others = [row for row in range(20) if row % 2 != history[0] % 2]
        assert scores[query, of_genre].min() > scores[query, others].max()


@personal_ranker
def test_the_complement_of_an_item_ranks_first(make, complements):
    check_complements(make(complements))


@personal_ranker_of_baskets
def test_the_complement_of_an_item_ranks_first_in_baskets(make, complements_in_baskets):
    check_complements(make(complements_in_baskets))


def check_complements(ranker):
    scores = ranker.scores(Histories.of([[i] for i in range(40)], n_items=40)).copy()

    np.fill_diagonal(scores, -np.inf)
    assert scores.argmax(axis=1).tolist() == [i ^ 1 for i in range(40)]


@pytest.mark.parametrize("name", sorted(NEED_ORDER))
def test_what_learns_from_the_order_refuses_baskets(name, two_genres_in_baskets):
    with pytest.raises(DataError, match=f"{name}: .* the order inside a basket means nothing"):
        two_genres_in_baskets.baseline(name)


def test_popularity_knows_no_genres(two_genres):
    one, other = Popularity.fit(two_genres.corpus).scores(Histories.of([[0], [1]], n_items=20))

    assert one.tolist() == other.tolist()


@ranker_that_knows_the_order
def test_the_next_item_of_a_chain_ranks_first_after_its_history(make, chain):
    found = first_after(make(chain))

    assert found == [(i + 3) % 30 for i in range(30)]


@pytest.mark.parametrize("name", sorted(BLIND_TO_ORDER))
def test_what_is_blind_to_order_finds_one_end_of_a_chain_or_the_other(name, chain):
    found = first_after(chain.baseline(name))

    assert all(item in ((i - 1) % 30, (i + 3) % 30) for i, item in enumerate(found))


def first_after(ranker):
    """Ask with each three items in a row; return what comes first beside them."""
    lists = [[i, (i + 1) % 30, (i + 2) % 30] for i in range(30)]
    scores = ranker.scores(Histories.of(lists, n_items=30)).copy()
    for query, history in enumerate(lists):
        scores[query, history] = -np.inf
    return scores.argmax(axis=1).tolist()


@every_ranker
def test_nobody_finds_anything_in_a_shuffled_world(make, shuffled):
    random = np.random.default_rng(3)
    share = 1 / np.arange(1, 101)
    lists = random.choice(100, size=(2000, 4), p=share / share.sum())
    histories, targets = Histories.of(lists[:, :3].tolist(), n_items=100), lists[:, 3]

    ranker = make(shuffled)
    order = np.argsort(-ranker.scores(histories), axis=1, kind="stable")[:, :10]

    hit_rate = (order == targets[:, None]).any(axis=1).mean()
    best = (share / share.sum())[:10].sum()  # nothing beats naming the ten most frequent
    noise = 3 * np.sqrt(best * (1 - best) / 2000)  # three standard errors of 2,000 draws
    assert hit_rate < best + noise, f"{hit_rate:.3f} against {best:.3f} + {noise:.3f}"


@personal_ranker
def test_an_empty_history_is_not_answered(make, two_genres):
    ranker = make(two_genres)
    histories = Histories.of([[], [0]], n_items=20)

    assert ranker.answers(histories).tolist() == [False, True]
    with pytest.raises(
        UsageError, match="no answer to 1 of 2 histories, the first of them query 0"
    ):
        ranker.scores(histories)


@pytest.mark.parametrize("name", sorted(KNOW_COUNTS_ALONE))
def test_what_knows_counts_answers_an_empty_history(name, two_genres):
    ranker = two_genres.baseline(name)

    assert ranker.answers(Histories.of([[]], n_items=20)).tolist() == [True]


@every_ranker
def test_no_histories_get_no_scores(make, two_genres):
    assert make(two_genres).scores(Histories.of([], n_items=20)).shape == (0, 20)


@every_ranker
def test_a_catalogue_of_one_item_has_one_score_or_no_answer(make, one_item):
    ranker = make(one_item)
    histories = Histories.of([[0]], n_items=1)
    answered = ranker.answers(histories)

    scores = ranker.scores(histories.take(answered))

    assert scores.shape == (answered.sum(), 1)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", [name for name in BASELINES if name not in {"ease", "item-knn"}])
def test_an_item_that_repeats_is_an_answer_to_all_that_count_repeats(name, one_item):
    assert one_item.baseline(name).answers(Histories.of([[0]], n_items=1)).all()


@every_ranker
def test_histories_of_another_vocabulary_are_refused(make, two_genres):
    with pytest.raises(UsageError, match="of 21 items, the model was fitted to 20"):
        make(two_genres).scores(Histories.of([[0]], n_items=21))


@every_ranker
def test_the_same_corpus_gives_the_same_scores(make, shuffled):
    histories = Histories.of([[0, 5], [7], [99, 3, 3]], n_items=100)

    first, second = make(shuffled).scores(histories), make(shuffled).scores(histories)

    assert first.tobytes() == second.tobytes()


@every_ranker
def test_asking_changes_nothing(make, shuffled):
    ranker = make(shuffled)
    histories = Histories.of([[0, 5], [7], [99, 3, 3]], n_items=100)
    first = ranker.scores(histories).copy()

    ranker.scores(Histories.of([[1, 2, 3]], n_items=100))

    assert ranker.scores(histories).tobytes() == first.tobytes()
    assert histories.rows.tolist() == [0, 5, 7, 99, 3, 3]


@every_ranker
def test_a_query_asked_alone_scores_as_among_others(make, shuffled):
    lists = [[i, (7 * i) % 100, 3] for i in range(100)]
    ranker = make(shuffled)

    together = ranker.scores(Histories.of(lists, n_items=100))
    alone = np.concatenate([ranker.scores(Histories.of([one], n_items=100)) for one in lists])

    # matrix products of other shapes may add in another order: a few float32 roundings apart
    np.testing.assert_allclose(alone, together, rtol=1e-5, atol=1e-5)


@every_ranker
def test_a_ranker_does_not_change(make, two_genres):
    ranker = make(two_genres)
    with pytest.raises(FrozenInstanceError):
        setattr(ranker, fields(ranker)[0].name, None)
