"""Scales: scores of any kind become opinions that add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.recommendation import Scale
from x2vec.recommendation.hybrid.scale import SCALES, Spread

SCORES = st.lists(st.integers(-9, 9), min_size=21, max_size=21).map(
    lambda drawn: np.array(drawn, dtype=np.float32).reshape(3, 7) / 4
)
each_scale = pytest.mark.parametrize("scale", SCALES, ids=str)


def test_plain_scores_stay_as_they_are():
    scores = np.array([[1.5, -2.0]], dtype=np.float32)
    assert Scale("plain").of(scores) is scores


def test_standard_scores_count_standard_deviations_from_the_mean():
    scores = np.array([[1, 2, 3, 6]], dtype=np.float32)  # mean 3, variance (4 + 1 + 0 + 9) / 4
    expected = np.array([-2, -1, 0, 3]) / np.sqrt(14 / 4)
    assert Scale("standard").of(scores)[0] == pytest.approx(expected, abs=1e-6)


def test_a_share_counts_what_is_above_zero_alone():
    scores = np.array([[3, 1, 0, -5]], dtype=np.float32)  # shares 3/4, 1/4, 0 and 0
    expected = [np.log(1 + 0.75 / 0.5), np.log(1 + 0.25 / 0.5), 0, 0]
    assert Scale("share", floor=0.5).of(scores)[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("kind", ["standard", "share"])
def test_scores_that_are_all_alike_say_nothing_of_any_item(kind):
    opinions = Scale(kind).of(np.zeros((2, 3), dtype=np.float32))
    assert opinions.tolist() == [[0, 0, 0], [0, 0, 0]]


@each_scale
@settings(max_examples=30, deadline=None)
@given(scores=SCORES)
def test_a_scale_never_turns_the_order_round(scale, scores):
    opinions = scale.of(scores)
    for before, after in zip(scores, opinions, strict=True):
        assert (np.diff(after[np.argsort(before, kind="stable")]) >= -1e-6).all()
    assert np.isfinite(opinions).all()


@each_scale
@settings(max_examples=30, deadline=None)
@given(scores=SCORES)
def test_some_items_have_the_opinions_that_they_have_among_all(scale, scores):
    queries, rows = np.array([0, 2, 2, 1]), np.array([6, 0, 1, 1])
    found = scale.on(scores[queries, rows], Spread.of(scores)[queries])
    np.testing.assert_allclose(found, scale.of(scores)[queries, rows], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("kind", "floor"), [("log", 1.0), ("share", 0.0), ("share", np.inf)])
def test_a_scale_that_there_is_not_is_refused(kind, floor):
    with pytest.raises(ValueError, match=r"must be (one of plain|above 0)"):
        Scale(kind, floor)
