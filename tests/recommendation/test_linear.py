"""EASE and SLIST: the closed forms solve what they are the closed forms of."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from x2vec.errors import ConfigError, DataError
from x2vec.recommendation import Ease, Histories, Slist, gram, slist

LISTS = [[0, 1, 2, 1], [3, 1], [2], [0, 4, 5, 0, 1], [5, 4, 3, 2, 1, 0], [4, 0]]


def test_ease_is_the_best_linear_model_without_the_item_itself(corpus_of):
    """The oracle: for each item, ridge regression on the columns of the others."""
    ones = np.array([[item in one for item in range(6)] for one in LISTS], dtype=np.float64)
    expected = np.zeros((6, 6))
    for item in range(6):
        others = [other for other in range(6) if other != item]
        x, y = ones[:, others], ones[:, item]
        expected[others, item] = np.linalg.solve(x.T @ x + 2 * np.eye(5), x.T @ y)

    ranker = Ease.fit(corpus_of(LISTS, n_items=6, ordered=False), regularization=2)

    np.testing.assert_allclose(ranker.weights, expected, atol=1e-5)  # float32 against float64


def test_ease_counts_an_item_of_a_history_once(corpus_of):
    ranker = Ease.fit(corpus_of(LISTS, n_items=6, ordered=True), regularization=2)

    once, twice = ranker.scores(Histories.of([[0, 1], [1, 0, 1]], n_items=6))

    assert once.tolist() == twice.tolist()


@pytest.mark.parametrize("events_at_once", [1, 3, 1 << 17])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_slist_is_the_best_of_both_losses(corpus_of, monkeypatch, share, events_at_once):
    """The oracle: both losses as one, rows weighed and stacked, solved in float64."""
    monkeypatch.setattr(slist, "EVENTS_AT_ONCE", events_at_once)
    past, future = [], []
    for one in LISTS:
        if share:
            whole = np.array([item in one for item in range(6)]) * np.sqrt(share)
            past.append(whole)
            future.append(whole)
        for cut in range(1, len(one)):
            before, after = np.zeros(6), np.zeros(6)
            for steps, item in enumerate(reversed(one[:cut])):
                before[item] = max(before[item], exp(-steps / 2))
            for steps, item in enumerate(one[cut:]):
                after[item] = max(after[item], exp(-steps / 2))
            past.append(before * np.sqrt(1 - share))
            future.append(after * np.sqrt(1 - share))
    s, t = np.array(past), np.array(future)
    expected = np.linalg.solve(s.T @ s + 0.5 * np.eye(6), s.T @ t)

    ranker = Slist.fit(
        corpus_of(LISTS, n_items=6, ordered=True), share=share, regularization=0.5, train_spread=2
    )

    np.testing.assert_allclose(ranker.weights, expected, atol=1e-5)  # float32 against float64


def test_the_last_item_of_a_history_weighs_most_in_slist(corpus_of):
    fitted = Slist.fit(corpus_of(LISTS, n_items=6, ordered=True), spread=2)

    scores = fitted.scores(Histories.of([[0, 1]], n_items=6))[0]

    assert scores == pytest.approx(fitted.weights[0] * exp(-1 / 2) + fitted.weights[1])


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        (Ease.fit, r"ease: 20,000 items need 1\.6 GB \(1 x 20,000 x 20,000 .* take 1\.0 GB"),
        (Slist.fit, r"slist: 20,000 items need 3\.2 GB \(2 x 20,000 x 20,000 .* take 1\.0 GB"),
    ],
)
def test_a_catalogue_too_large_is_refused_with_the_memory_it_needs(
    corpus_of, monkeypatch, fit, message
):
    monkeypatch.setattr(gram, "MOST_BYTES", 1_000_000_000)
    with pytest.raises(DataError, match=message):
        fit(corpus_of([[0, 1]], n_items=20_000, ordered=True))


def test_memory_that_is_left_bounds_it_too(corpus_of, monkeypatch):
    monkeypatch.setattr(gram, "available", lambda: 3_000_000)
    with pytest.raises(DataError, match=r"ease: 1,000 items need 4 MB .* it may take 3 MB"):
        Ease.fit(corpus_of([[0, 1]], n_items=1_000, ordered=True))


@pytest.mark.parametrize("rows_at_once", [1, 4, 1024])
def test_how_many_rows_are_made_at_once_changes_nothing(corpus_of, monkeypatch, rows_at_once):
    monkeypatch.setattr(gram, "ROWS_AT_ONCE", rows_at_once)

    weights = Ease.fit(corpus_of(LISTS, n_items=6, ordered=True), regularization=2).weights

    monkeypatch.undo()
    whole = Ease.fit(corpus_of(LISTS, n_items=6, ordered=True), regularization=2).weights
    assert weights.tolist() == whole.tolist()


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        (lambda corpus: Ease.fit(corpus, regularization=0), "regularization must be above 0"),
        (lambda corpus: Slist.fit(corpus, regularization=0), "regularization must be above 0"),
        (lambda corpus: Slist.fit(corpus, share=1.5), r"share must lie in 0 \.\. 1, not 1.5"),
        (lambda corpus: Slist.fit(corpus, train_spread=0), "train_spread must be above 0, not 0"),
        (lambda corpus: Slist.fit(corpus, spread=0), "spread must be above 0, not 0"),
    ],
)
def test_parameters_out_of_bounds_are_refused(corpus_of, fit, message):
    with pytest.raises(ConfigError, match=message):
        fit(corpus_of(LISTS, n_items=6, ordered=True))
