"""A batch of the autoencoder against the dense one that the paper writes down."""

import numpy as np
import pytest

from x2vec.training.elsa.step import gradients

DRAWS = np.random.default_rng(5)
VECTORS = DRAWS.standard_normal((9, 4))
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
SETS = np.array(
    [[1, 1, 0, 0, 0, 1, 0, 0, 0], [0, 1, 1, 1, 1, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 1, 1, 0]]
)


def dense_loss(vectors):
    """Of y = x (Z Z' - 1), squared distance of directions, summed."""
    x = SETS.astype(float)
    y = x @ (vectors @ vectors.T - np.eye(9))
    x, y = (one / np.linalg.norm(one, axis=1, keepdims=True) for one in (x, y))
    return float(((x - y) ** 2).sum())


def test_the_loss_is_that_of_the_dense_autoencoder():
    found = gradients(SETS @ VECTORS, VECTORS.T @ VECTORS, SETS.sum(axis=1))
    assert found.loss == pytest.approx(dense_loss(VECTORS), abs=1e-6)


def test_each_gradient_is_the_slope_of_the_dense_loss():
    """Along the sphere: the oracle holds the diagonal at one, which only unit rows do."""
    found = gradients(SETS @ VECTORS, VECTORS.T @ VECTORS, SETS.sum(axis=1))
    ours = SETS.T @ found.of_sums + 2 * VECTORS @ found.of_gram
    ours -= (ours * VECTORS).sum(axis=1, keepdims=True) * VECTORS
    for row in range(9):
        for way in np.eye(4):
            along = way - (way @ VECTORS[row]) * VECTORS[row]
            ends = []
            for step in (1e-5, -1e-5):
                moved = VECTORS.copy()
                moved[row] += step * along
                moved[row] /= np.linalg.norm(moved[row])
                ends.append(dense_loss(moved))
            assert ours[row] @ along == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-4)


def test_a_sequence_of_one_item_pulls_nothing():
    alone = np.eye(9)[[3]]
    found = gradients(alone @ VECTORS, VECTORS.T @ VECTORS, np.array([1]))
    pull = alone.T @ found.of_sums + 2 * VECTORS @ found.of_gram
    pull -= (pull * VECTORS).sum(axis=1, keepdims=True) * VECTORS
    assert np.abs(pull).max() < 1e-6
