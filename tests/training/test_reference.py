"""The reference is right by calculus: its step is the gradient of its loss."""

import numpy as np
import pytest
from worlds import corpus_of

from x2vec.training import Control, SkipGram
from x2vec.training.native.kernel import make_recipe
from x2vec.training.reference import ReferenceEngine, _blocks
from x2vec.training.step import step

INPUTS, OUTPUTS = np.array([0, 2, 3], np.int32), np.array([4, 1, 0, 2], np.int32)
INPUT_WEIGHTS, OUTPUT_WEIGHTS = np.array([1, 2, 1.0]), np.array([1, 1, 3.0, 1])


def matrices(seed=5, width=7):
    draws = np.random.default_rng(seed)
    return draws.normal(size=(6, width)), draws.normal(size=(6, width))


def loss_at(vectors, contexts):
    return step(
        vectors.copy(), contexts.copy(), INPUTS, INPUT_WEIGHTS, OUTPUTS, OUTPUT_WEIGHTS,
        positive=1.0, alpha=0.0,
    )  # fmt: skip


@pytest.mark.parametrize("which", [0, 1], ids=["vectors", "contexts"])
def test_the_step_is_minus_alpha_times_the_gradient_by_finite_differences(which):
    before = matrices()
    after = [matrix.copy() for matrix in before]
    step(*after, INPUTS, INPUT_WEIGHTS, OUTPUTS, OUTPUT_WEIGHTS, positive=1.0, alpha=0.01)
    h = 1e-6
    for row in range(6):
        for column in (0, 3, 6):
            up, down = ([matrix.copy() for matrix in before] for _ in range(2))
            up[which][row, column] += h
            down[which][row, column] -= h
            slope = (loss_at(*up) - loss_at(*down)) / (2 * h)
            moved = (after[which] - before[which])[row, column]
            # central differences in float64 are off by about h**2 + 1e-16 / h = 1e-10
            assert moved == pytest.approx(-0.01 * slope, abs=1e-10)


def test_an_untrained_pair_costs_one_log_two_an_output():
    vectors, contexts = np.ones((3, 4)), np.zeros((3, 4))
    one, rows = np.array([1.0]), np.array([0, 1, 2])
    loss = step(vectors, contexts, rows[:1], one, rows, np.ones(3), positive=1.0, alpha=0.0)
    assert loss == pytest.approx(3 * np.log(2), rel=1e-12)


def test_a_step_with_out_vectors_at_zero_is_what_the_equation_says():
    # s(0) = 1/2, so the target's out-vector moves by alpha * (1 - 1/2) * v, noise by -alpha/2 * v
    vectors, contexts = np.array([[0.5, -1.0]]), np.zeros((2, 2))
    rows = np.array([0, 1])
    step(vectors, contexts, rows[:1], np.ones(1), rows, np.ones(2), positive=1.0, alpha=0.2)
    assert contexts.tolist() == [[0.2 * 0.5 * 0.5, -0.2 * 0.5], [-0.2 * 0.5 * 0.5, 0.2 * 0.5]]
    assert vectors.tolist() == [[0.5, -1.0]]  # the out-vectors were zero


def test_an_item_of_weight_two_counts_like_one_that_is_there_twice():
    vectors, contexts = matrices()
    twice, rows = np.array([0, 0]), np.array([1, 2])
    once = step(vectors.copy(), contexts.copy(), twice[:1], np.array([2.0]), rows, np.ones(2),
                positive=1.0, alpha=0.1)  # fmt: skip
    both = step(vectors.copy(), contexts.copy(), twice, np.ones(2), rows, np.ones(2),
                positive=1.0, alpha=0.1)  # fmt: skip
    assert once == pytest.approx(both)


def blocks(corpus, parameters):
    recipe = make_recipe(corpus, parameters, seed=3)
    for index in range(len(corpus)):
        yield from _blocks(corpus, index, 0, recipe, parameters)


def test_a_window_reaches_as_far_as_it_says_and_near_events_weigh_more():
    corpus = corpus_of([[str(at) for at in range(9)]] * 500)
    places = np.argsort(corpus.rows[:9])  # the place of each row in the sequence
    reach = np.zeros(9)
    for inputs, weights, outputs, _ in blocks(corpus, SkipGram(window=4)):
        for row, weight in zip(inputs, weights, strict=True):
            if weight:
                reach[abs(places[row] - places[outputs[0]])] += weight
    # a distance d is inside a reach drawn from 1 .. 4 with chance (5 - d) / 4
    pairs_at = np.array([2 * (9 - d) * 500 * max(0, 5 - d) / 4 for d in range(9)])
    assert reach[0] == 0
    assert reach[1] == pairs_at[1]
    assert np.allclose(reach[2:5], pairs_at[2:5], rtol=0.05)
    assert not reach[5:].any()


def test_frequent_items_are_skipped_as_often_as_the_formula_says():
    # a is 9 in 10 events: share / threshold = 0.9 / 0.2 = 4.5; b is 0.1 / 0.2 = 0.5, always kept
    corpus = corpus_of([["b"] + ["a"] * 9] * 300)
    parameters = SkipGram(sample=0.2, window="whole")
    kept = 0.0
    for _, weights, outputs, _ in blocks(corpus, parameters):
        kept += weights.sum() if outputs[0] == 1 else 0  # the inputs of b are the kept a's
    chance = (np.sqrt(4.5) + 1) / 4.5
    assert abs(kept - 2700 * chance) < 4 * np.sqrt(2700 * chance * (1 - chance))


@pytest.mark.parametrize("exponent", [0.75, -1.0])
def test_noise_is_drawn_from_counts_to_the_exponent_and_is_never_the_target(exponent):
    corpus = corpus_of([["a"] * 8 + ["b"] * 4 + ["c"] * 2 + ["d"]] * 200, ordered=False)
    drawn = np.zeros((4, 4))
    for _, _, outputs, weights in blocks(corpus, SkipGram(negative=3, ns_exponent=exponent)):
        for row, weight in zip(outputs[1:], weights[1:], strict=True):
            if weight:
                drawn[outputs[0], row] += weight
    share = corpus.counts() ** exponent
    for target in range(4):
        expected = np.where(np.arange(4) == target, 0, share)
        n = drawn[target].sum()
        off = np.abs(drawn[target] / n - expected / expected.sum()).max()
        assert off < 4 * 0.5 / np.sqrt(n)
    assert not np.diag(drawn).any()


def test_loss_falls_from_epoch_to_epoch_on_a_world_with_structure():
    corpus = corpus_of([["a", "b"], ["c", "d"], ["e", "f"]] * 40)
    parameters = SkipGram(vector_size=8, epochs=6, alpha=0.1, window=1)
    losses = ReferenceEngine().fit(corpus, parameters, Control(seed=1)).losses
    assert len(losses) == 6
    assert losses[0] <= (1 + 5) * np.log(2) + 1e-6  # the loss before anything is learnt
    assert losses[-1] < 0.7 * losses[0]
