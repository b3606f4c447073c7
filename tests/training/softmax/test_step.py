"""One step: its loss is the formula's, its gradients are the loss's slopes."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from x2vec.training.softmax.examples import Batch
from x2vec.training.softmax.step import Sample, step

N_ITEMS, SIZE, N_QUERIES, WINDOW = 12, 6, 7, 3
SLOPE = 1e-5  # in float64: an error of SLOPE**2 by the formula, of 1e-11 by rounding


@pytest.fixture
def case():
    draws = np.random.default_rng(0)
    weights = draws.random((N_QUERIES, WINDOW)).astype(np.float32)
    batch = Batch(
        targets=draws.integers(0, N_ITEMS, N_QUERIES).astype(np.int32),
        rows=draws.integers(0, N_ITEMS, (N_QUERIES, WINDOW)).astype(np.int32),
        weights=weights / weights.sum(axis=1, keepdims=True),
    )
    even = np.arange(0, N_ITEMS, 2, dtype=np.int32)  # some of the targets are among them
    sample = Sample(even, draws.standard_normal(len(even)).astype(np.float32))
    vectors, contexts = draws.standard_normal((2, N_ITEMS, SIZE)).astype(np.float32)
    square = 0.3 * draws.standard_normal((SIZE, SIZE)).astype(np.float32)
    return batch, sample, vectors, contexts, square


def slow_loss(batch, sample, vectors, contexts, square, temperature):
    """The loss by its formula, one target after the other, in float64."""
    vectors, contexts = vectors.astype(float), contexts.astype(float)
    total = 0.0
    for target, rows, weights in zip(batch.targets, batch.rows, batch.weights, strict=True):
        query = weights.astype(float) @ vectors[rows]
        query = query if square is None else query + query @ square.astype(float)
        sides = contexts
        if temperature is not None:
            query = temperature * query / np.linalg.norm(query)
            sides = contexts / np.linalg.norm(contexts, axis=1, keepdims=True)
        own = query @ sides[target]
        others = [
            query @ sides[row] - chance
            for row, chance in zip(sample.rows, sample.log_chances, strict=True)
            if row != target
        ]
        total += np.log(np.exp([own, *others]).sum()) - own
    return total


every_form = pytest.mark.parametrize("temperature", [None, 5.0], ids=["plain", "cosine"])
with_and_without = pytest.mark.parametrize("is_square", [False, True], ids=["", "square"])


@every_form
@with_and_without
def test_the_loss_is_that_of_the_formula(case, temperature, is_square):
    batch, sample, vectors, contexts, square = case
    square = square if is_square else None
    found = step(vectors, contexts, square, batch, sample, temperature=temperature)
    expected = slow_loss(batch, sample, vectors, contexts, square, temperature)
    assert found.loss == pytest.approx(expected, rel=1e-6)


@every_form
@with_and_without
def test_the_gradients_are_the_slopes_of_the_loss(case, temperature, is_square):
    batch, sample, vectors, contexts, square = case
    square = square if is_square else None
    found = step(vectors, contexts, square, batch, sample, temperature=temperature)

    of_vectors, of_contexts = np.zeros((2, N_ITEMS, SIZE))
    spread = batch.weights[:, :, None] * found.of_queries[:, None]
    np.add.at(of_vectors, batch.rows, spread)
    np.add.at(of_contexts, batch.targets, found.of_targets)
    np.add.at(of_contexts, sample.rows, found.of_sample)

    def loss(**changed):
        matrices = {"vectors": vectors, "contexts": contexts, "square": square, **changed}
        return slow_loss(batch, sample, **matrices, temperature=temperature)

    for name, matrix, gradient in (
        ("vectors", vectors, of_vectors),
        ("contexts", contexts, of_contexts),
        ("square", square, found.of_square),
    ):
        if matrix is None:
            continue
        for place in np.ndindex(*matrix.shape):
            up, down = matrix.astype(float), matrix.astype(float)
            up[place] += SLOPE
            down[place] -= SLOPE
            slope = (loss(**{name: up}) - loss(**{name: down})) / (2 * SLOPE)
            assert gradient[place] == pytest.approx(slope, abs=1e-5)  # float32 against float64


def test_threads_change_no_bytes(case):
    batch, sample, vectors, contexts, square = case
    alone = step(vectors, contexts, square, batch, sample, temperature=5.0)
    with ThreadPoolExecutor(3) as pool:
        beside = step(vectors, contexts, square, batch, sample, temperature=5.0, pool=pool)
    assert alone.loss == beside.loss
    for name in ("of_queries", "of_targets", "of_sample", "of_square"):
        assert getattr(alone, name).tobytes() == getattr(beside, name).tobytes()


def test_scores_far_apart_overflow_nowhere(case):
    batch, sample, vectors, contexts, _ = case
    found = step(1e3 * vectors, 1e3 * contexts, None, batch, sample, temperature=None)
    assert np.isfinite(found.loss)
    assert np.isfinite(found.of_queries).all()
