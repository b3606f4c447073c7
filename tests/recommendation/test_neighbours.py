"""Session neighbours: each ranker against its paper's equations in plain Python, and by sight."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.corpus import Corpus
from x2vec.errors import ConfigError
from x2vec.recommendation import VSKNN, VSTAN, Histories, SessionKNN
from x2vec.recommendation.neighbours.kernel import _put_first

N_ITEMS = 7
DECAYS = ["same", "linear", "log", "inverse", "quadratic"]
sequences = st.lists(
    st.lists(st.integers(0, N_ITEMS - 1), min_size=1, max_size=7), min_size=1, max_size=9
)
history = st.lists(st.integers(0, N_ITEMS - 1), min_size=1, max_size=7)
sizes = st.integers(1, 9)
stretches = st.sampled_from([None, 0.5, 2.0, 30.0])


def corpus_of(lists, *, n_items=N_ITEMS, ordered=True):
    flat = Histories.of(lists, n_items=n_items)
    return Corpus(flat.rows, flat.offsets, n_items, "made by a test", ordered)


def scores_of(ranker, *lists):
    histories = Histories.of(lists, n_items=ranker.n_items)
    return ranker.scores(histories)


# The oracle: a neighbour at a time, an item at a time, as the papers write it.


def last_places(items):
    """Return where each item stood last."""
    return {item: place for place, item in enumerate(items)}


def decayed(decay, back, length):
    return {
        "same": 1,
        "linear": (length - back) / length,
        "log": log(1.7) / log(back + 1.7),
        "inverse": 1 / (back + 1),
        "quadratic": 1 / (back + 1) ** 2,
    }[decay]


def nearest(lists, past, k, sample, similarity):
    """Return the k most similar of the last sessions that share an item, equal ones the later."""
    sharing = [n for n, items in enumerate(lists) if set(items) & set(past)][-sample:]
    like = {n: similarity(n) for n in sharing}
    return sorted(sharing, key=lambda n: (np.float32(like[n]), n), reverse=True)[:k], like


def slow_scores(lists, past, k, sample, similarity, weight):
    """Return the sum over neighbours n of similarity(n) * weight(n, item)."""
    scores = [0.0] * N_ITEMS
    neighbours, like = nearest(lists, past, k, sample, similarity)
    for n in neighbours:
        for item in set(lists[n]):
            scores[item] += like[n] * weight(n, item)
    return scores


def rarity(lists, item):
    return log(len(lists) / sum(item in items for items in lists))


def last_common_back(lists, past, n):
    """Return how many events ago the history held an item of session n."""
    return min(back for back, item in enumerate(reversed(past)) if item in lists[n])


@settings(deadline=None)  # the first example compiles
@given(sequences, history, sizes, sizes)
def test_session_knn_is_its_equations(lists, past, k, sample):
    def cosine(n):
        both = set(lists[n]) & set(past)
        return len(both) / sqrt(len(set(lists[n])) * len(set(past)))

    known = set().union(*lists)
    past = [item for item in past if item in known] or [lists[0][0]]
    ranker = SessionKNN.fit(corpus_of(lists), k=k, sample=sample)

    slow = slow_scores(lists, past, k, sample, cosine, lambda n, item: 1)
    assert scores_of(ranker, past)[0] == pytest.approx(slow, rel=1e-5)


@settings(deadline=None)
@given(
    sequences,
    history,
    sizes,
    sizes,
    st.sampled_from(DECAYS),
    st.sampled_from(DECAYS),
    st.sampled_from([0.0, 0.5, 5.0]),
)
def test_vsknn_is_its_equations(lists, past, k, sample, similarity, last, idf):
    def product(n):
        return sum(
            decayed(similarity, len(past) - 1 - place, len(past))
            for item, place in sorted(last_places(past).items(), key=lambda one: -one[1])
            if item in lists[n]
        )

    def weight(n, item):
        back = last_common_back(lists, past, n)
        return decayed(last, back, len(past)) * (1 + idf * rarity(lists, item))

    past = [*past, lists[-1][0]]
    ranker = VSKNN.fit(
        corpus_of(lists), k=k, sample=sample, similarity=similarity, last=last, idf=idf
    )

    slow = slow_scores(lists, past, k, sample, product, weight)
    assert scores_of(ranker, past)[0] == pytest.approx(slow, rel=1e-5)


@settings(deadline=None)
@given(
    sequences,
    history,
    sizes,
    sizes,
    stretches,
    stretches,
    stretches,
    st.sampled_from(DECAYS),
    st.sampled_from([0.0, 0.5]),
)
def test_vstan_is_its_equations(
    lists, past, k, sample, lambda_history, lambda_age, lambda_inside, last, idf
):
    def decay(distance, stretch):
        return 1 if stretch is None else max(exp(-distance / stretch), 1e-8)

    def similarity(n):
        total = sum(
            decay(len(past) - 1 - place, lambda_history)
            for item, place in sorted(last_places(past).items(), key=lambda one: -one[1])
            if item in lists[n]
        )
        age = len(lists) - 1 - n
        return total * decay(age, lambda_age) / sqrt(len(set(past)) * len(set(lists[n])))

    def weight(n, item):
        back = last_common_back(lists, past, n)
        places = last_places(lists[n])
        distance = abs(places[item] - places[past[len(past) - 1 - back]])
        by_back = decayed(last, back, len(past))
        return by_back * decay(distance, lambda_inside) * (1 + idf * rarity(lists, item))

    past = [*past, lists[-1][0]]
    ranker = VSTAN.fit(
        corpus_of(lists),
        k=k,
        sample=sample,
        lambda_history=lambda_history,
        lambda_age=lambda_age,
        lambda_inside=lambda_inside,
        last=last,
        idf=idf,
    )

    slow = slow_scores(lists, past, k, sample, similarity, weight)
    assert scores_of(ranker, past)[0] == pytest.approx(slow, rel=1e-5)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(0, 99), unique=True, max_size=40),
    st.integers(0, 45),
    st.sampled_from([1, 3, 100]),
    st.booleans(),
)
def test_the_k_best_come_first_whatever_their_order_was(found, k, n_keys, has_keys):
    keys = np.arange(100) * 7 % n_keys if has_keys else np.empty(0)
    k = min(k, len(found))
    array = np.array(found, np.int32)

    _put_first(array, len(array), k, keys.astype(np.float64))

    best = sorted(found, key=lambda n: (keys[n] if has_keys else 0, n), reverse=True)
    assert sorted(array[:k]) == sorted(best[:k])
    assert sorted(array) == sorted(found)


# By sight.


def test_of_equal_sessions_the_later_one_is_the_neighbour():
    corpus = corpus_of([[0, 1], [0, 2], [0, 3]], n_items=4)

    assert scores_of(SessionKNN.fit(corpus, k=1), [0]).tolist() == [
        pytest.approx([1 / sqrt(2), 0, 0, 1 / sqrt(2)])
    ]


def test_only_the_last_sessions_that_share_an_item_are_looked_at():
    lists = [[0, 1], [0, 2], [5, 6], [5, 6]]  # two later ones share nothing and take no place

    scores = scores_of(SessionKNN.fit(corpus_of(lists), sample=1), [0, 1])

    assert np.flatnonzero(scores[0]).tolist() == [0, 2]


def test_the_sample_is_of_all_sessions_and_not_of_each_item_s():
    lists = [[0, 3], [0, 4], [1, 5], [1, 6]]

    scores = scores_of(SessionKNN.fit(corpus_of(lists), sample=2), [0, 1])

    assert np.flatnonzero(scores[0]).tolist() == [1, 5, 6]


def test_similarities_that_differ_by_rounding_alone_are_equal():
    # 2 / sqrt(2 * 8) and 1 / sqrt(2 * 2) are both one half; the later session is the neighbour
    lists = [[0, 1, 2, 3, 4, 5, 6, 7], [0, 8]]
    for order in (lists, lists[::-1]):
        scores = scores_of(SessionKNN.fit(corpus_of(order, n_items=9), k=1), [0, 1])
        assert np.flatnonzero(scores[0]).tolist() == sorted(order[-1])


def test_an_item_that_few_sessions_hold_counts_more_by_its_idf():
    corpus = corpus_of([[0, 1], [0, 1], [0, 2], [3]], n_items=4)

    scores = scores_of(VSKNN.fit(corpus, idf=2.0), [0])

    expected = [3 * (1 + 2 * log(4 / 3)), 2 * (1 + 2 * log(4 / 2)), 1 + 2 * log(4 / 1), 0]
    assert scores[0] == pytest.approx(expected)


def test_a_later_session_weighs_more_only_where_asked():
    corpus = corpus_of([[0, 1], [0, 2]], n_items=3)

    plain = scores_of(VSTAN.fit(corpus), [0])[0]
    aged = scores_of(VSTAN.fit(corpus, lambda_age=2.0), [0])[0]

    assert plain[1] == plain[2]
    assert aged[1] / aged[2] == pytest.approx(exp(-1 / 2))


def test_items_near_the_common_one_count_most_on_either_side():
    corpus = corpus_of([[1, 2, 0, 3, 4]], n_items=5)

    scores = scores_of(VSTAN.fit(corpus, lambda_inside=1.0), [0])[0]

    assert scores / scores[0] == pytest.approx([1, exp(-2), exp(-1), exp(-1), exp(-2)])


def test_an_item_of_no_session_is_passed_over_and_alone_not_answered():
    chosen = {"similarity": "linear", "last": "inverse", "idf": 0.0}
    ranker = VSKNN.fit(corpus_of([[0, 1]], n_items=3), **chosen)
    histories = Histories.of([[2], [0, 2], []], n_items=3)

    assert ranker.answers(histories).tolist() == [False, True, False]
    assert scores_of(ranker, [0, 2])[0] == pytest.approx([1 / 2 * 1 / 2, 1 / 2 * 1 / 2, 0])


@pytest.mark.parametrize("fit", [SessionKNN.fit, VSKNN.fit, VSTAN.fit])
def test_the_order_inside_baskets_changes_nothing(fit):
    lists = [[0, 1, 2, 3], [3, 0, 5], [1, 4]]
    turned = [items[::-1] for items in lists]

    one = scores_of(fit(corpus_of(lists, ordered=False)), [0, 1, 5])
    other = scores_of(fit(corpus_of(turned, ordered=False)), [5, 1, 0])

    assert one == pytest.approx(other, rel=1e-6)


def test_a_decay_by_order_is_refused_for_baskets():
    baskets = corpus_of([[0, 1]], ordered=False)

    with pytest.raises(ConfigError, match="similarity = 'log', but the order inside a basket"):
        VSKNN.fit(baskets, similarity="log")
    with pytest.raises(ConfigError, match="last = 'inverse', but the order inside a basket"):
        VSKNN.fit(baskets, last="inverse")


@pytest.mark.parametrize(
    ("fit", "setting", "message"),
    [
        (SessionKNN.fit, {"k": 0}, "k must be at least 1, not 0"),
        (VSKNN.fit, {"sample": 0}, "sample must be at least 1, not 0"),
        (VSTAN.fit, {"workers": -1}, "workers must be at least 1, not -1"),
        (VSKNN.fit, {"similarity": "cubic"}, "similarity must be one of same, linear, .*'cubic'"),
        (VSTAN.fit, {"last": "cubic"}, "last must be one of same, linear, log"),
        (VSKNN.fit, {"idf": -1.0}, r"idf must be a finite number of at least 0, not -1\.0"),
        (VSTAN.fit, {"idf": float("nan")}, "idf must be a finite number of at least 0, not nan"),
        (VSTAN.fit, {"lambda_age": 0.0}, r"lambda_age must be above 0 and finite, or None"),
        (VSTAN.fit, {"lambda_inside": float("inf")}, "lambda_inside must be above 0 and finite"),
    ],
)
def test_settings_out_of_bounds_are_refused(fit, setting, message):
    with pytest.raises(ConfigError, match=message):
        fit(corpus_of([[0, 1]]), **setting)


# Large, in parallel, not compiled.


def random_lists(n, *, seed, n_items=60, longest=8):
    random = np.random.default_rng(seed)
    share = 1 / np.arange(1, n_items + 1)
    return [
        random.choice(n_items, random.integers(1, longest), p=share / share.sum()).tolist()
        for _ in range(n)
    ]


@pytest.mark.parametrize("fit", [SessionKNN.fit, VSKNN.fit, VSTAN.fit])
def test_any_number_of_threads_gives_the_same_bytes(fit):
    corpus = corpus_of(random_lists(500, seed=1), n_items=60)
    asked = random_lists(203, seed=2)

    one, two, many = (
        scores_of(fit(corpus, k=50, sample=100, workers=workers), *asked) for workers in (1, 2, 7)
    )

    assert one.tobytes() == two.tobytes() == many.tobytes()


@pytest.mark.parametrize("fit", [SessionKNN.fit, VSKNN.fit, VSTAN.fit])
def test_asking_leaves_nothing_behind(fit):
    ranker = fit(corpus_of(random_lists(300, seed=3), n_items=60), k=20, workers=1)
    asked = random_lists(100, seed=4)

    together = scores_of(ranker, *asked)

    assert together.tobytes() == np.concatenate([scores_of(ranker, one) for one in asked]).tobytes()


@pytest.mark.parametrize("fit", [SessionKNN.fit, VSKNN.fit, VSTAN.fit])
def test_sequences_of_thousands_of_events_work(fit):
    n_items = 20_000
    long, rare = list(range(n_items - 1)), n_items - 1
    corpus = corpus_of([long, [0, rare], [7, 7, 7]], n_items=n_items)

    scores = scores_of(fit(corpus), list(range(9_000)), [0] + [1] * 9_000, [rare])

    assert np.isfinite(scores).all()
    assert (scores[0, long] > 0).all()  # however far apart in the session that holds them
    assert scores[1, rare] > 0  # found by an item of 9,000 events ago


def small(fit):
    """Return scores as text, each exact."""
    ranker = fit(corpus_of(random_lists(60, seed=5), n_items=60), k=10, sample=30, workers=2)
    return Counter(map(float.hex, scores_of(ranker, *random_lists(20, seed=6)).ravel().tolist()))


def test_scores_are_the_same_where_nothing_is_compiled():
    code = (
        "import sys; sys.path.insert(0, 'tests/recommendation'); import test_neighbours as t\n"
        "for fit in (t.SessionKNN.fit, t.VSKNN.fit, t.VSTAN.fit):\n"
        "    print(sorted(t.small(fit).items()))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    expected = [sorted(small(fit).items()) for fit in (SessionKNN.fit, VSKNN.fit, VSTAN.fit)]
    assert printed.splitlines() == [str(one) for one in expected]
