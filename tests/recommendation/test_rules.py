"""The counting baselines: Markov chain, sequential rules, association rules, Item-KNN."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.errors import ConfigError, DataError
from x2vec.recommendation import (
    AssociationRules,
    Histories,
    ItemKnn,
    Markov,
    SequentialRules,
    pairs,
)
from x2vec.recommendation.pairs import pairs_ahead, pairs_in_sequences

LISTS = st.lists(st.lists(st.integers(0, 4), max_size=7), max_size=6)


def score(ranker, history):
    return ranker.scores(Histories.of([history], n_items=ranker.n_items))[0]


def test_markov_gives_the_shares_of_what_came_next(corpus_of):
    ranker = Markov.fit(corpus_of([[0, 1, 0, 1, 0, 2]], n_items=3, ordered=True))

    assert score(ranker, [0]) == pytest.approx([0, 2 / 3, 1 / 3])


def test_markov_looks_at_the_last_item_alone(corpus_of):
    ranker = Markov.fit(corpus_of([[0, 1], [2, 3]], n_items=4, ordered=True))

    assert score(ranker, [0, 2]).tolist() == [0, 0, 0, 1]


def test_what_nothing_ever_followed_leaves_the_query_unanswered(corpus_of):
    ranker = Markov.fit(corpus_of([[0, 1]], n_items=2, ordered=True))

    assert ranker.answers(Histories.of([[0], [1], [0, 1]], n_items=2)).tolist() == [
        True,
        False,
        False,
    ]


def test_sequential_rules_count_one_over_the_steps_between(corpus_of):
    ranker = SequentialRules.fit(corpus_of([[0, 1, 2], [0, 2]], n_items=3, ordered=True))

    # 0 -> 1 once at 1 step; 0 -> 2 at 2 steps and at 1
    assert score(ranker, [0]) == pytest.approx([0, 1 / (1 + 3 / 2), (1 / 2 + 1) / (1 + 3 / 2)])


def test_sequential_rules_end_after_their_steps(corpus_of):
    ranker = SequentialRules.fit(corpus_of([[0, 1, 2]], n_items=3, ordered=True), steps=1)

    assert score(ranker, [0]).tolist() == [0, 1, 0]


def test_association_rules_count_pairs_of_events_in_both_directions(corpus_of):
    ranker = AssociationRules.fit(corpus_of([[1, 0, 0], [0, 2]], n_items=3, ordered=True))

    # 0 with 0: 2 ordered pairs of its two events; with 1: both events; with 2: once
    assert score(ranker, [2, 0]) == pytest.approx([2 / 5, 2 / 5, 1 / 5])


def test_each_item_of_a_basket_asks_the_association_rules(corpus_of):
    baskets = corpus_of([[0, 2], [1, 2], [1, 3]], n_items=4, ordered=False)

    scores = score(AssociationRules.fit(baskets), [0, 1])

    assert scores == pytest.approx([0, 0, 1 + 1 / 2, 1 / 2])


def test_item_knn_divides_by_the_roots_of_both_counts_raised(corpus_of):
    clicks = corpus_of([[0, 1], [0, 1, 2], [0]], n_items=3, ordered=True)

    ranker = ItemKnn.fit(clicks, shrink=5)

    assert score(ranker, [2, 0]) == pytest.approx(
        [0, 2 / sqrt((3 + 5) * (2 + 5)), 1 / sqrt((3 + 5) * (1 + 5))]
    )


def test_item_knn_keeps_the_nearest_k_and_never_the_item_itself(corpus_of):
    clicks = corpus_of([[0, 1], [0, 1], [0, 2], [0, 3], [0, 3], [0, 3]], n_items=4, ordered=True)

    table = ItemKnn.fit(clicks, k=2, shrink=0).table.toarray()

    assert np.flatnonzero(table[0]).tolist() == [1, 3]
    assert (np.diag(table) == 0).all()


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        (lambda corpus: ItemKnn.fit(corpus, k=0), "k must be at least 1, not 0"),
        (lambda corpus: ItemKnn.fit(corpus, shrink=-1), "shrink must be 0 or more, not -1"),
        (lambda corpus: SequentialRules.fit(corpus, steps=0), r"steps must lie in 1 \.\. 25"),
        (lambda corpus: SequentialRules.fit(corpus, steps=26), r"steps must lie in 1 \.\. 25"),
    ],
)
def test_parameters_out_of_bounds_are_refused(corpus_of, fit, message):
    with pytest.raises(ConfigError, match=message):
        fit(corpus_of([[0, 1]], n_items=2, ordered=True))


@given(LISTS, st.integers(1, 4))
def test_pairs_ahead_equal_the_slow_count(corpus_of, lists, steps):
    weights = [2.0**-step for step in range(steps)]  # exact, whatever the order of adding

    table = pairs_ahead(corpus_of(lists, n_items=5, ordered=True), weights)

    expected = np.zeros((5, 5))
    for one in lists:
        for i in range(len(one)):
            for j in range(i + 1, min(i + steps + 1, len(one))):
                expected[one[i], one[j]] += weights[j - i - 1]
    assert table.toarray().tolist() == expected.tolist()


@settings(max_examples=20)
@given(LISTS, st.integers(1, 9))
def test_how_many_pairs_are_counted_at_once_changes_nothing(corpus_of, lists, at_once):
    corpus = corpus_of(lists, n_items=5, ordered=True)
    whole = pairs_ahead(corpus, [1, 0.5])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "PAIRS_AT_ONCE", at_once)
        in_parts = pairs_ahead(corpus, [1, 0.5])

    assert in_parts.toarray().tolist() == whole.toarray().tolist()


@given(LISTS)
def test_pairs_in_sequences_equal_the_slow_count(corpus_of, lists):
    table = pairs_in_sequences(corpus_of(lists, n_items=5, ordered=True))

    expected = np.zeros((5, 5))
    for one in lists:
        for i in range(len(one)):
            for j in range(len(one)):
                if i != j:
                    expected[one[i], one[j]] += 1
    assert table.toarray().tolist() == expected.tolist()
    assert (table.data > 0).all(), "a stored zero would pass for a rule"


@pytest.mark.parametrize("fit", [Markov.fit, SequentialRules.fit, AssociationRules.fit])
def test_too_many_pairs_are_refused(corpus_of, monkeypatch, fit):
    monkeypatch.setattr(pairs, "MOST_PAIRS", 100)
    lists = [[i, i + 1] for i in range(0, 400, 2)]

    with pytest.raises(DataError, match="at most 100 are counted"):
        fit(corpus_of(lists, n_items=400, ordered=True))
