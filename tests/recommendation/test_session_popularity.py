"""Session popularity: the history first, then everybody."""

from __future__ import annotations

import numpy as np
import pytest

from x2vec.recommendation import Histories, SessionPopularity


def order(ranker, history):
    scores = ranker.scores(Histories.of([history], n_items=ranker.n_items))[0]
    return np.argsort(-scores, kind="stable").tolist()


def test_what_the_history_holds_most_often_comes_first_then_what_all_hold():
    ranker = SessionPopularity(np.array([9, 7, 5, 3]))

    assert order(ranker, [3, 2, 3]) == [3, 2, 0, 1]
    assert order(ranker, [3, 2]) == [2, 3, 0, 1]  # once each: training counts decide
    assert order(ranker, []) == [0, 1, 2, 3]


def test_items_tie_where_both_counts_do():
    ranker = SessionPopularity(np.array([9, 5, 5]))

    scores = ranker.scores(Histories.of([[], [1, 2]], n_items=3))

    assert scores.tolist() == [[1, 0, 0], [1, 2, 2]]


@pytest.mark.parametrize("times", [1, 100, 2000])
def test_scores_are_exact_where_float32_of_the_counts_would_not_be(times):
    counts = np.arange(2**24, 2**24 + 4000)  # float32 holds only every second of these
    ranker = SessionPopularity(counts)

    scores = ranker.scores(Histories.of([[7] * times + [8] * times], n_items=4000))[0]

    assert len(np.unique(scores)) == 4000
    assert scores.argsort()[-2:].tolist() == [7, 8]


def test_many_repeats_stay_whole_numbers():
    ranker = SessionPopularity(np.arange(4000))

    scores = ranker.scores(Histories.of([[5] * 100_000 + [6] * 100_000], n_items=4000))[0]

    assert scores.max() < 2**24
    assert scores.argsort()[-2:].tolist() == [5, 6]


def test_popularity_is_what_an_item_has_in_training(corpus_of):
    ranker = SessionPopularity.fit(corpus_of([[0, 1], [0, 2, 0]], n_items=4, ordered=True))

    assert ranker.counts.tolist() == [3, 1, 1, 0]
