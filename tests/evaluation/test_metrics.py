"""Metrics: expected values written as fractions, and a slow oracle for any ranks."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.evaluation import METRICS, discounted_gains, hits, reciprocal_ranks

RANKS = np.array([1, 2, 3, 11])


def test_hit_rate_is_the_share_of_targets_among_the_first_k():
    assert hits(RANKS, 2).mean() == 2 / 4
    assert hits(RANKS, 10).mean() == 3 / 4


def test_mrr_is_the_mean_of_one_over_the_rank():
    assert reciprocal_ranks(RANKS, 10).mean() == pytest.approx(1 / 4 * (1 + 1 / 2 + 1 / 3))
    assert reciprocal_ranks(RANKS, 1).mean() == 1 / 4 * 1


def test_ndcg_of_one_right_item_is_its_discount():
    expected = 1 / 4 * (1 / log2(2) + 1 / log2(3) + 1 / log2(4))
    assert discounted_gains(RANKS, 10).mean() == pytest.approx(expected)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())
def test_no_ranks_earn_nothing(metric):
    assert metric(np.array([], dtype=np.int64), 10).tolist() == []


@given(st.lists(st.integers(1, 50), max_size=20), st.integers(1, 50))
def test_metrics_equal_plain_loops(ranks, k):
    array = np.array(ranks, dtype=np.int64)

    assert hits(array, k).tolist() == [1.0 if rank <= k else 0.0 for rank in ranks]
    assert reciprocal_ranks(array, k).tolist() == [1 / rank if rank <= k else 0.0 for rank in ranks]
    assert discounted_gains(array, k) == pytest.approx(
        [1 / log2(1 + rank) if rank <= k else 0.0 for rank in ranks]
    )


@given(st.integers(1, 50), st.integers(1, 50))
def test_a_better_rank_never_earns_less(rank, k):
    two = np.array([rank, rank + 1])
    for metric in METRICS.values():
        better, worse = metric(two, k)
        assert better >= worse
