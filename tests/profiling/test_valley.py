"""A valley is found where two kinds of pauses were mixed, and not where there is one kind."""

import numpy as np
import pytest

from x2vec.profiling.histogram import Histogram
from x2vec.profiling.scan import PAUSE_EDGES
from x2vec.profiling.valley import valley

ONE_KIND = {
    "log-normal": lambda draws, n: np.exp(draws.normal(5, 2.5, n)),
    "exponential": lambda draws, n: draws.exponential(3_000, n),
    "Pareto": lambda draws, n: 10 * (1 + draws.pareto(0.7, n)),
    "log-uniform": lambda draws, n: 10 ** draws.uniform(0, 6, n),
}


def histogram(seconds):
    inside = np.clip(seconds, PAUSE_EDGES[0], 0.99 * PAUSE_EDGES[-1])
    return Histogram.of(PAUSE_EDGES, np.histogram(inside, PAUSE_EDGES)[0])


@pytest.mark.parametrize("kind", ONE_KIND)
@pytest.mark.parametrize("n", [250, 1_000, 20_000])
def test_pauses_of_one_kind_have_no_valley(kind, n):
    for seed in range(20):
        assert valley(histogram(ONE_KIND[kind](np.random.default_rng(seed), n))) is None


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_clicks_and_visits_have_a_valley_between_minutes_and_hours(share):
    for seed in range(20):
        draws = np.random.default_rng(seed)
        clicks = 60 * draws.lognormal(0, 1, round(2_000 * (1 - share)))
        visits = 86_400 * draws.lognormal(0, 0.7, round(2_000 * share))
        found = valley(histogram(np.concatenate([clicks, visits])))
        assert 30 * 60 < found < 3 * 3_600


def test_few_pauses_and_none_have_no_valley():
    assert valley(histogram(np.array([60.0] * 50 + [86_400.0] * 50))) is None
    assert valley(histogram(np.empty(0))) is None
