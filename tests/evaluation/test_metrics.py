"""Metrics: expected values written as fractions, a slow oracle, and an independent library."""

from __future__ import annotations

from math import log2

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from x2vec.errors import ConfigError
from x2vec.evaluation import (
    METRICS,
    MetricName,
    Ranks,
    discounted_gains,
    hits,
    recalls,
    reciprocal_ranks,
)
from x2vec.evaluation.ranking import Asked, rank_block

RANKS = Ranks(np.ones(4, dtype=bool), np.array([1, 2, 3, 11]))
SEVERAL = Ranks.of([[2, 5, None], [1], [None], [3, 1]])


def test_hit_rate_is_the_share_of_queries_with_a_target_among_the_first_k():
    assert hits(RANKS, 2).mean() == 2 / 4
    assert hits(RANKS, 10).mean() == 3 / 4
    assert hits(SEVERAL, 2).mean() == 3 / 4


def test_recall_is_the_mean_share_of_the_targets_of_a_query():
    assert recalls(SEVERAL, 2).mean() == pytest.approx(1 / 4 * (1 / 3 + 1 + 0 + 1 / 2))
    assert recalls(SEVERAL, 9).mean() == pytest.approx(1 / 4 * (2 / 3 + 1 + 0 + 2 / 2))


def test_recall_of_one_target_is_the_hit_rate():
    assert recalls(RANKS, 3).tolist() == hits(RANKS, 3).tolist()


def test_mrr_is_the_mean_of_one_over_the_first_rank():
    assert reciprocal_ranks(RANKS, 10).mean() == pytest.approx(1 / 4 * (1 + 1 / 2 + 1 / 3))
    assert reciprocal_ranks(RANKS, 1).mean() == 1 / 4 * 1
    assert reciprocal_ranks(SEVERAL, 9).mean() == pytest.approx(1 / 4 * (1 / 2 + 1 + 0 + 1))


def test_ndcg_of_one_right_item_is_its_discount():
    expected = 1 / 4 * (1 / log2(2) + 1 / log2(3) + 1 / log2(4))
    assert discounted_gains(RANKS, 10).mean() == pytest.approx(expected)


def test_ndcg_of_several_is_a_share_of_all_of_them_first():
    two, three = 1 + 1 / log2(3), 1 + 1 / log2(3) + 1 / log2(4)
    first = (1 / log2(3) + 1 / log2(6)) / three
    last = (1 / log2(4) + 1) / two
    assert discounted_gains(SEVERAL, 9) == pytest.approx([first, 1, 0, last])


def test_the_best_possible_list_has_ndcg_1_though_k_holds_not_all_targets():
    assert discounted_gains(Ranks.of([[1, 2, 3, 4]]), 2).tolist() == [1]


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())
def test_no_queries_earn_nothing(metric):
    assert metric(Ranks(np.empty(0, bool), np.empty(0, np.int64)), 10).tolist() == []


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())
def test_a_query_without_targets_earns_nothing(metric):
    assert metric(Ranks.of([[], [1]]), 10).tolist() == [0, 1]


@given(
    st.lists(st.lists(st.none() | st.integers(1, 50), max_size=5), max_size=9), st.integers(1, 50)
)
def test_metrics_equal_plain_loops(lists, k):
    ranks = Ranks.of(lists)
    found = [[rank for rank in one if rank is not None and rank <= k] for one in lists]
    ideals = [sum(1 / log2(2 + i) for i in range(min(len(one), k))) for one in lists]

    assert hits(ranks, k).tolist() == [float(bool(one)) for one in found]
    assert recalls(ranks, k) == pytest.approx(
        [len(one) / len(all_) if all_ else 0 for one, all_ in zip(found, lists, strict=True)]
    )
    assert reciprocal_ranks(ranks, k) == pytest.approx(
        [1 / min(one) if one else 0 for one in found]
    )
    assert discounted_gains(ranks, k) == pytest.approx(
        [
            sum(1 / log2(1 + rank) for rank in one) / ideal if ideal else 0
            for one, ideal in zip(found, ideals, strict=True)
        ]
    )


@given(st.integers(1, 50), st.integers(1, 50))
def test_a_better_rank_never_earns_less(rank, k):
    two = Ranks.of([[rank], [rank + 1]])
    for metric in METRICS.values():
        better, worse = metric(two, k)
        assert better >= worse


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 30))
def test_metrics_of_random_runs_equal_those_of_ir_measures(seed, k):
    draws = np.random.default_rng(seed)
    scores = draws.permuted(np.arange(40, dtype=np.float32)[None].repeat(6, 0), axis=1)
    targets = [draws.choice(40, draws.integers(1, 6), replace=False) for _ in range(6)]
    asked = Asked(
        np.concatenate(targets).astype(np.int32),
        np.cumsum([0, *map(len, targets)]),
        np.empty(0, np.int32),
        np.zeros(7, np.int64),
    )
    ranked = rank_block(scores, asked, 0)
    ranks = Ranks(np.ones(len(asked.targets), bool), ranked.ranks, asked.target_offsets)

    run = [
        ir_measures.ScoredDoc(str(query), str(row), float(score))
        for query, row_of_scores in enumerate(scores)
        for row, score in enumerate(row_of_scores)
    ]
    right = [
        ir_measures.Qrel(str(query), str(row), 1)
        for query, rows in enumerate(targets)
        for row in rows
    ]
    theirs = ir_measures.calc_aggregate([Success @ k, R @ k, RR @ k, nDCG @ k], right, run)
    ours = [METRICS[name](ranks, k).mean() for name in ("hr", "recall", "mrr", "ndcg")]
    assert ours == pytest.approx([theirs[one] for one in (Success @ k, R @ k, RR @ k, nDCG @ k)])


def test_a_name_is_taken_apart_and_put_together():
    for name in ("hr@10", "ndcg@20 tail"):
        assert str(MetricName.parse(name)) == name


@pytest.mark.parametrize("name", ["ndcg", "ndcg@", "ndcg@x", "ndcg@-1 tail"])
def test_what_is_no_metric_is_refused(name):
    with pytest.raises(ConfigError, match="is no metric; expected one such as 'ndcg@20'"):
        MetricName.parse(name)
