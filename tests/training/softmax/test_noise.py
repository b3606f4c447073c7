"""The noise of a batch: who is drawn how often, and what is said of it."""

import numpy as np
import pytest

from x2vec.training.softmax.noise import Noise


def test_the_chance_that_is_told_is_how_often_an_item_is_drawn():
    counts = np.array([1000, 100, 10, 1])
    noise = Noise(counts, 3, 0.5)
    draws = np.random.default_rng(1)
    seen = np.zeros(4)
    for _ in range(20_000):
        rows, log_chances = noise.draw(draws)
        seen[rows] += 1
        assert (np.diff(rows) > 0).all()
    shares = np.sqrt(counts) / np.sqrt(counts).sum()
    chances = 1 - (1 - shares) ** 3
    assert seen / 20_000 == pytest.approx(chances, abs=4 * 0.5 / np.sqrt(20_000))
    assert np.exp(log_chances) == pytest.approx(chances[rows])


def test_a_sample_as_large_as_the_catalogue_is_the_catalogue():
    rows, log_chances = Noise(np.array([5, 1, 9]), 3, 0.5).draw(np.random.default_rng(0))
    assert rows.tolist() == [0, 1, 2]
    assert log_chances.tolist() == [0.0, 0.0, 0.0]


def test_an_exponent_below_zero_draws_the_rare_more_often():
    noise = Noise(np.array([1000, 1]), 1, -1.0)
    draws = np.random.default_rng(0)
    rare = sum(1 in noise.draw(draws)[0] for _ in range(1000))
    assert rare > 980  # 1000/1001 of the draws
