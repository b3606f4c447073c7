"""The compiled softmax is the softmax, to the rounding of float32."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.training.softmax.soften import soften


def plain(scores, log_chances, own, slots, heat):
    """By the formula, in float64."""
    scores = scores.astype(float) - log_chances
    for row, slot in enumerate(slots):
        if slot >= 0:
            scores[row, slot] = -np.inf
    everything = np.concatenate([scores, own[:, None].astype(float)], axis=1)
    everything -= everything.max(axis=1, keepdims=True)
    chances = np.exp(everything)
    chances /= chances.sum(axis=1, keepdims=True)
    return heat * chances[:, :-1], heat * (chances[:, -1] - 1), -np.log(chances[:, -1]).sum()


@given(
    shape=st.tuples(st.integers(1, 5), st.integers(1, 50)),
    heat=st.sampled_from([1.0, 16.0]),
    spread=st.sampled_from([0.1, 5.0, 40.0]),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_it_is_the_softmax(shape, heat, spread, seed):
    draws = np.random.default_rng(seed)
    scores, own = (spread * draws.standard_normal(n).astype(np.float32) for n in (shape, shape[0]))
    log_chances = draws.standard_normal(shape[1]).astype(np.float32)
    slots = draws.integers(-1, shape[1], shape[0])
    expected, expected_pulls, expected_loss = plain(scores, log_chances, own, slots, heat)

    pulls = np.empty(shape[0], np.float32)
    loss = soften(scores, log_chances, own, slots, heat, pulls)

    assert scores == pytest.approx(expected, rel=1e-4, abs=1e-6)  # 40 off by 2**-24 in the exponent
    assert pulls == pytest.approx(expected_pulls, rel=1e-4, abs=1e-5)
    assert loss == pytest.approx(expected_loss, rel=1e-5, abs=1e-5)


def test_far_below_the_highest_is_zero_and_nothing_overflows():
    scores, pulls = np.array([[3e38, -3e38, 0]], np.float32), np.empty(1, np.float32)
    loss = soften(
        scores, np.zeros(3, np.float32), np.zeros(1, np.float32), np.array([-1]), 1.0, pulls
    )
    assert scores[0] == pytest.approx([1, 0, 0], abs=1e-30)
    assert loss == pytest.approx(3e38, rel=1e-6)
