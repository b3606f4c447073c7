"""The reference is right by calculus: its steps are the gradient of its loss."""

import numpy as np
import pytest
from worlds import corpus_of

from x2vec.progress import silent
from x2vec.training import SkipGram
from x2vec.training.reference import ReferenceEngine, _pairs, pair_gradient


def test_the_step_is_minus_the_gradient_by_finite_differences():
    draws = np.random.default_rng(5)
    vector = draws.normal(size=7)
    contexts = draws.normal(size=(4, 7))
    gradient, _ = pair_gradient(vector, contexts)
    h = 1e-6
    for at in range(7):
        nudge = np.eye(7)[at] * h
        slope = (
            pair_gradient(vector + nudge, contexts)[1] - pair_gradient(vector - nudge, contexts)[1]
        ) / (2 * h)
        # central differences in float64 are off by about h**2 + 1e-16 / h = 1e-10
        assert -slope == pytest.approx((gradient @ contexts)[at], abs=1e-8)
    for row in range(4):
        nudge = np.zeros_like(contexts)
        nudge[row, 2] = h
        slope = (
            pair_gradient(vector, contexts + nudge)[1] - pair_gradient(vector, contexts - nudge)[1]
        ) / (2 * h)
        assert -slope == pytest.approx(gradient[row] * vector[2], abs=1e-8)


def test_an_untrained_pair_costs_one_log_two_a_vector():
    _, loss = pair_gradient(np.ones(3, np.float32), np.zeros((1 + 5, 3), np.float32))
    assert loss == pytest.approx((1 + 5) * np.log(2), rel=1e-12)


def test_one_step_on_one_pair_is_what_the_equations_say():
    # with out-vectors at zero s(u . v) = 1/2, so g = 1 - 1/2 for the context, 0 - 1/2 for noise
    vector = np.array([0.5, -1.0], np.float32)
    gradient, _ = pair_gradient(vector, np.zeros((2, 2), np.float32))
    assert gradient.tolist() == [1 - 1 / 2, 0 - 1 / 2]


def test_frequent_items_are_skipped_as_often_as_the_formula_says():
    # a is 9 in 10 events: share / threshold = 0.9 / 0.2 = 4.5; b is 0.1 / 0.2 = 0.5, always kept
    corpus = corpus_of([["b"] + ["a"] * 9] * 300)
    parameters = SkipGram(sample=0.2, window="whole")
    b_row = 1
    kept = 0
    for index in range(len(corpus)):
        pairs = _pairs(corpus, index, corpus.counts(), parameters, np.random.default_rng(index))
        kept += sum(center == b_row for center, _ in pairs)
    chance = (np.sqrt(4.5) + 1) / 4.5
    deviation = np.sqrt(2700 * chance * (1 - chance))
    assert abs(kept - 2700 * chance) < 4 * deviation


def test_a_window_reaches_as_far_as_it_says_and_near_events_weigh_more():
    corpus = corpus_of([[str(at) for at in range(9)]] * 500)
    places = np.argsort(corpus.rows[:9])  # the place of each row in the sequence
    parameters = SkipGram(sample=0, window=4)
    reach = np.zeros(9)
    for index in range(len(corpus)):
        pairs = _pairs(corpus, index, corpus.counts(), parameters, np.random.default_rng(index))
        for center, context in pairs:
            reach[abs(places[center] - places[context])] += 1
    # a distance d is inside a reach drawn from 1 .. 4 with chance (5 - d) / 4
    pairs_at = np.array([2 * (9 - d) * 500 * max(0, 5 - d) / 4 for d in range(9)])
    assert reach[0] == 0
    assert reach[1] == pairs_at[1]
    assert np.allclose(reach[2:5], pairs_at[2:5], rtol=0.05)
    assert not reach[5:].any()


def test_loss_falls_from_epoch_to_epoch_on_a_world_with_structure():
    corpus = corpus_of([["a", "b"], ["c", "d"], ["e", "f"]] * 40)
    parameters = SkipGram(vector_size=8, epochs=6, sample=0, alpha=0.1, window=1)
    losses = ReferenceEngine().fit(corpus, parameters, seed=1, workers=1, listen=silent).losses
    assert len(losses) == 6
    assert losses[0] <= (1 + 5) * np.log(2) + 1e-6  # the loss before anything is learnt
    assert losses[-1] < 0.7 * losses[0]
