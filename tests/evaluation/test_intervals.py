"""Intervals: do they hold the truth as often as they say, on data whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from x2vec.errors import ConfigError
from x2vec.evaluation.intervals import (
    interval,
    jackknife_groups,
    jackknife_interval,
    resampled_ratios,
    sums_by_sequence,
)
from x2vec.evaluation.lists import coverage


def share_covered(intervals, truth):
    return np.mean([low <= truth <= high for low, high in intervals])


def test_intervals_hold_the_true_mean_95_times_of_100():
    draws = np.random.default_rng(1)
    ones = np.ones(300)
    found = [
        interval(draws.random(300) < 0.2, ones, np.arange(300), resamples=400, seed=seed)
        for seed in range(400)
    ]

    # of 400 intervals, sqrt(.95 * .05 / 400) = .011: within four of these of .95
    assert share_covered(found, 0.2) == pytest.approx(0.95, abs=0.044)


def test_intervals_over_sequences_hold_the_true_mean_where_those_over_queries_do_not():
    draws = np.random.default_rng(2)
    by_sequence, by_query = [], []
    for seed in range(200):
        # the ten queries of a sequence are all found or all missed: forty observations, not 400
        sequence = np.repeat(np.arange(40), 10)
        gains = (draws.random(40) < 0.4)[sequence].astype(float)
        ones = np.ones(400)
        by_sequence.append(interval(gains, ones, sequence, resamples=300, seed=seed))
        by_query.append(interval(gains, ones, np.arange(400), resamples=300, seed=seed))

    assert share_covered(by_sequence, 0.4) > 0.89  # .95 less four times sqrt(.95 * .05 / 200)
    assert share_covered(by_query, 0.4) < 0.6


def test_sequences_of_unequal_length_weigh_by_their_queries():
    low, high = interval(np.array([1.0, 1, 1, 0]), np.ones(4), np.array([0, 0, 0, 1]), seed=1)

    assert (low, high) == (0, 1)  # resamples hold sequence 0 alone, 1 alone, or both: 3/4


def test_the_mean_of_all_resamples_is_the_figure():
    gains = np.array([0.0, 1, 0.5, 0.25, 0, 0, 1, 0])[:, None]

    ratios = resampled_ratios(gains, np.ones((8, 1)), resamples=20_000)

    assert ratios.mean() == pytest.approx(gains.mean(), abs=0.005)
    assert ratios.std() == pytest.approx(gains.std() / 8**0.5, rel=0.02)


def test_resamples_without_a_query_of_a_small_group_say_nothing_about_it():
    one_of_five = np.array([0, 0, 1.0, 0, 0])

    assert interval(one_of_five, one_of_five, np.arange(5)) == (1, 1)


def test_the_same_seed_draws_the_same_and_another_draws_others():
    gains = np.random.default_rng(3).random(50)
    ask = lambda seed: interval(gains, np.ones(50), np.arange(50), seed=seed)  # noqa: E731

    assert ask(4) == ask(4)
    assert ask(4) != ask(5)


def test_columns_share_denominators_by_their_number():
    values = np.array([[1.0, 2, 3], [4, 5, 6]])
    counts = np.array([[1.0, 2], [1, 2]])

    shared = resampled_ratios(values, counts, which=np.array([0, 1, 0]), resamples=50)

    assert shared == pytest.approx(resampled_ratios(values, counts[:, [0, 1, 0]], resamples=50))


def test_queries_of_one_sequence_are_added_up_in_the_order_of_sequences():
    sums = sums_by_sequence(np.array([[1.0, 1], [2, 1], [4, 1]]), np.array([9, 2, 9]))

    assert sums.tolist() == [[2, 1], [5, 2]]


def test_jackknife_intervals_hold_the_expected_coverage_of_so_many_lists():
    # each of 200 lists shows one of 100 items: 1 - (1 - 1/100)^200 of them are expected
    expected = 1 - (1 - 1 / 100) ** 200
    draws = np.random.default_rng(5)
    found = []
    for seed in range(300):
        shown = draws.integers(0, 100, 200)
        group = jackknife_groups(np.arange(200), seed=seed)
        each = [np.bincount(shown[group == one], minlength=100) for one in range(20)]
        together = sum(each)
        left_out = np.array([coverage(together - one) for one in each])
        found.append(jackknife_interval(coverage(together), left_out))

    assert share_covered(found, expected) > 0.9


def test_a_bootstrap_of_coverage_would_miss_it():
    draws = np.random.default_rng(6)
    shown = draws.integers(0, 100, 200)
    resampled = [len(set(shown[draws.integers(0, 200, 200)])) / 100 for _ in range(1_000)]

    assert np.quantile(resampled, 0.975) < len(set(shown)) / 100


def test_one_sequence_has_no_jackknife_interval():
    assert jackknife_interval(0.5, np.array([0.5])) is None


def test_jackknife_intervals_stay_inside_what_is_possible():
    low, high = jackknife_interval(0.9, np.array([0.5, 0.95]))

    assert (low, high) == (0, 1)


def test_sequences_stay_whole_when_they_are_dealt_out():
    sequence = np.random.default_rng(7).integers(0, 50, 400)
    group = jackknife_groups(sequence)

    assert all(len(set(group[sequence == one])) == 1 for one in set(sequence))
    assert sorted(set(group)) == list(range(20))


@pytest.mark.parametrize("resamples", [0, -1])
def test_an_interval_takes_at_least_one_draw(resamples):
    with pytest.raises(ConfigError, match=f"resamples must be at least 1, not {resamples}"):
        interval(np.ones(3), np.ones(3), np.arange(3), resamples=resamples)
