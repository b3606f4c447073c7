"""Popularity: training counts, for everyone the same."""

from __future__ import annotations

import numpy as np

from x2vec.recommendation import Histories, Popularity


def test_the_score_is_the_number_of_training_events(corpus_of):
    corpus = corpus_of([[0, 1], [0, 2, 0]], n_items=4, ordered=True)

    ranker = Popularity.fit(corpus)

    scores = ranker.scores(Histories.of([[], [3]], n_items=4))
    assert scores.tolist() == [[3, 1, 1, 0], [3, 1, 1, 0]]


def test_scores_of_many_queries_take_no_memory_of_their_own():
    ranker = Popularity(np.arange(1000))

    scores = ranker.scores(Histories.of([[0]] * 500, n_items=1000))

    assert scores.shape == (500, 1000)
    assert scores.strides[0] == 0
