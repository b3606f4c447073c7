"""ALS and BPR: what implicit learns, asked with histories that it never saw."""

from __future__ import annotations

import numpy as np
import pytest

from x2vec.recommendation import Als, Bpr, Histories

LISTS = [[0, 1, 2, 1], [3, 1], [2], [0, 4, 5, 0, 1], [5, 4, 3, 2, 1, 0], [4, 0]]


@pytest.fixture
def corpus(corpus_of):
    return corpus_of(LISTS, n_items=6, ordered=False)


def test_a_new_history_gets_the_factors_that_solve_for_it(corpus):
    ranker = Als.fit(corpus, size=3, alpha=5, regularization=0.5, seed=1)
    scores = ranker.scores(Histories.of([[0, 4], [2, 2, 5]], n_items=6))

    # (Y'CY + rI) x = Y'Cp, with C = alpha where the history has an item, 1 elsewhere
    y = ranker.factors.astype(np.float64)
    for row, history in zip(scores, ([0, 4], [2, 5]), strict=True):
        held = np.isin(np.arange(6), history)
        confidence = np.where(held, 5, 1)
        x = np.linalg.solve((y.T * confidence) @ y + 0.5 * np.eye(3), (y.T * confidence) @ held)
        np.testing.assert_allclose(row, y @ x, atol=1e-4)  # float32 against float64


def test_bpr_adds_the_factors_of_the_history_up(corpus):
    ranker = Bpr.fit(corpus, size=3, seed=1)
    scores = ranker.scores(Histories.of([[0, 4, 4]], n_items=6))[0]

    user = ranker.factors[0] + 2 * ranker.factors[4]
    assert scores == pytest.approx(ranker.factors @ user + ranker.biases, abs=1e-5)


@pytest.mark.parametrize("fit", [Als.fit, Bpr.fit])
def test_a_seed_decides_all_that_is_drawn(corpus, fit):
    histories = Histories.of([[0], [1, 2]], n_items=6)
    first, again, other = (fit(corpus, seed=seed).scores(histories) for seed in (1, 1, 2))

    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
