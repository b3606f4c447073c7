"""One step: its loss is the formula's, its gradients are the loss's slopes."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from x2vec.training.softmax.examples import Batch
from x2vec.training.softmax.learner import Learner
from x2vec.training.softmax.step import Sample, step
from x2vec.training.softmax.turns import Turns

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
    square, last_square = 0.3 * draws.standard_normal((2, SIZE, SIZE)).astype(np.float32)
    turns = {"square": square, "last_square": last_square}
    return batch, sample, vectors, contexts, turns


def slow_loss(batch, sample, vectors, contexts, temperature, turns):
    """The loss by its formula, one target after the other, in float64."""
    vectors, contexts = vectors.astype(float), contexts.astype(float)
    nothing = np.zeros((SIZE, SIZE))
    square, last_square = (turns.get(name, nothing) for name in ("square", "last_square"))
    fades = np.exp(turns.get("log_fades", np.zeros(WINDOW)).astype(float))
    total = 0.0
    for target, rows, weights in zip(batch.targets, batch.rows, batch.weights, strict=True):
        weighted = weights.astype(float) * fades
        mean = weighted / weighted.sum() @ vectors[rows]
        query = mean + mean @ square.astype(float) + vectors[rows[0]] @ last_square.astype(float)
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
some_turns = pytest.mark.parametrize(
    "names", [[], ["square"], ["last_square"], ["square", "last_square"]], ids=", ".join
)


@every_form
@some_turns
def test_the_loss_is_that_of_the_formula(case, temperature, names):
    batch, sample, vectors, contexts, turns = case
    turns = {name: turns[name] for name in names}
    found = step(vectors, contexts, Turns(**turns), batch, sample, temperature=temperature)
    expected = slow_loss(batch, sample, vectors, contexts, temperature, turns)
    assert found.loss == pytest.approx(expected, rel=1e-6)


@every_form
@some_turns
def test_the_gradients_are_the_slopes_of_the_loss(case, temperature, names):
    batch, sample, vectors, contexts, turns = case
    fades = {"log_fades": np.zeros(WINDOW, np.float32)}  # as the weights are, after them
    turns = {name: turns[name] for name in names} | fades
    found = step(vectors, contexts, Turns(**turns), batch, sample, temperature=temperature)

    of_vectors, of_contexts = np.zeros((2, N_ITEMS, SIZE))
    spread = batch.weights[:, :, None] * found.of_means[:, None]
    np.add.at(of_vectors, batch.rows, spread)
    if found.of_lasts is not None:
        np.add.at(of_vectors, batch.rows[:, 0], found.of_lasts)
    np.add.at(of_contexts, batch.targets, found.of_targets)
    np.add.at(of_contexts, sample.rows, found.of_sample)

    def loss(**changed):
        matrices = {"vectors": vectors, "contexts": contexts, **turns, **changed}
        sides = [matrices.pop(name) for name in ("vectors", "contexts")]
        return slow_loss(batch, sample, *sides, temperature, matrices)

    of_turns = [(name, turns[name], found.of_turns.arrays[name]) for name in turns]
    for name, matrix, gradient in (
        ("vectors", vectors, of_vectors),
        ("contexts", contexts, of_contexts),
        *of_turns,
    ):
        for place in np.ndindex(*matrix.shape):
            up, down = matrix.astype(float), matrix.astype(float)
            up[place] += SLOPE
            down[place] -= SLOPE
            slope = (loss(**{name: up}) - loss(**{name: down})) / (2 * SLOPE)
            assert gradient[place] == pytest.approx(slope, abs=1e-5)  # float32 against float64


def test_threads_change_no_bytes(case):
    batch, sample, vectors, contexts, turns = case
    turns = Turns(**turns, log_fades=np.zeros(WINDOW, np.float32))
    alone = step(vectors, contexts, turns, batch, sample, temperature=5.0)
    with ThreadPoolExecutor(3) as pool:
        beside = step(vectors, contexts, turns, batch, sample, temperature=5.0, pool=pool)
    assert alone.loss == beside.loss
    for name in ("of_means", "of_lasts", "of_targets", "of_sample"):
        assert getattr(alone, name).tobytes() == getattr(beside, name).tobytes()
    for name, array in alone.of_turns.arrays.items():
        assert array.tobytes() == beside.of_turns.arrays[name].tobytes()


def test_scores_far_apart_overflow_nowhere(case):
    batch, sample, vectors, contexts, _ = case
    found = step(1e3 * vectors, 1e3 * contexts, Turns(), batch, sample, temperature=None)
    assert np.isfinite(found.loss)
    assert np.isfinite(found.of_means).all()


@pytest.mark.parametrize("names", [["last_square"], ["square", "last_square"]], ids=", ".join)
def test_one_matrix_asks_the_out_vectors_as_the_model_scores(case, names):
    """The order of ``(m + mW + lV) c`` is kept by ``(m + (l - m) Q) (c + c (W + V)')``."""
    _, _, vectors, contexts, turns = case
    turns = Turns(**{name: turns[name] for name in names})
    learner = Learner(vectors, contexts, turns, *[np.zeros(N_ITEMS, np.float32)] * 2, Turns())
    made = learner.matrices(None, ())

    mean, last = vectors[:4].mean(axis=0), vectors[3]
    square = np.zeros((SIZE, SIZE)) if turns.square is None else turns.square
    expected = (mean + mean @ square + last @ turns.last_square) @ contexts.T
    asked = (mean + (last - mean) @ made.query_matrix) @ made.context_vectors.T

    assert asked == pytest.approx(expected, abs=1e-4)
    assert last @ made.context_vectors.T == pytest.approx(
        (last + last @ square + last @ turns.last_square) @ contexts.T, abs=1e-4
    )
