"""Ranks of targets against counting one score at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.evaluation import Ranks, target_ranks


def counted(scores, target, excluded=()):
    """Rank slowly: everyone who is not behind the target is in front of it."""
    return 1 + sum(
        score >= scores[target]
        for row, score in enumerate(scores)
        if row != target and row not in excluded
    )


def test_the_highest_score_ranks_first():
    assert target_ranks(np.float32([[0.1, 0.9, 0.5]]), np.array([1])).tolist() == [1]


def test_a_constant_scorer_ranks_every_target_last():
    scores = np.zeros((5, 5), dtype=np.float32)

    assert target_ranks(scores, np.arange(5)).tolist() == [5, 5, 5, 5, 5]


def test_zero_and_minus_zero_are_a_tie():
    assert target_ranks(np.float32([[0.0, -0.0]]), np.array([0])).tolist() == [2]


def test_an_excluded_item_ahead_of_the_target_moves_it_up():
    scores = np.float32([[3, 2, 1, 0], [3, 2, 1, 0]])
    excluded = (np.array([0, 0]), np.array([0, 3]))  # of the first query only: one ahead, one not

    assert target_ranks(scores, np.array([2, 2]), excluded=excluded).tolist() == [2, 3]


def test_ranks_that_do_not_go_with_the_queries_are_refused():
    with pytest.raises(ValueError, match="1 ranks for 2 ranked targets"):
        Ranks(np.array([True, False, True]), np.array([1]))


@given(st.data(), st.integers(1, 6))
def test_ranks_equal_the_slow_count(data, n_items):
    # few different scores, so that ties are common
    rows = st.lists(st.integers(-2, 2), min_size=n_items, max_size=n_items)
    scores = data.draw(st.lists(rows, min_size=1, max_size=5))
    items = st.integers(0, n_items - 1)
    targets = [data.draw(items) for _ in scores]
    excluded = [data.draw(st.sets(items)) for _ in scores]
    pairs = [(query, row) for query, out in enumerate(excluded) for row in out]
    queries = np.array([query for query, _ in pairs], dtype=np.int64)
    of_rows = np.array([row for _, row in pairs], dtype=np.int64)

    ranks = target_ranks(np.float32(scores), np.array(targets), excluded=(queries, of_rows))

    assert ranks.tolist() == [
        counted(*three) for three in zip(scores, targets, excluded, strict=True)
    ]
