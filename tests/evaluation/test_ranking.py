"""Ranks and lists of a block of scores, against looking at one score at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.errors import DataError
from x2vec.evaluation.ranking import Asked, rank_block


def one(scores, target, out=()):
    """Ask one query for one target."""
    away = np.array(sorted(out), dtype=np.int32)
    asked = Asked(np.int32([target]), np.array([0, 1]), away, np.array([0, len(away)]))
    return rank_block(np.float32([scores]), asked, 3)


def listed(ranked):
    return [rows[:n].tolist() for rows, n in zip(ranked.rows, ranked.lengths, strict=True)]


def test_the_highest_score_ranks_first():
    assert one([0.1, 0.9, 0.5], 1).ranks.tolist() == [1]


def test_a_constant_scorer_ranks_every_target_last_and_lists_the_first_rows():
    ranked = rank_block(np.zeros((5, 5), np.float32), Asked.one_target(np.arange(5)), 2)

    assert ranked.ranks.tolist() == [5, 5, 5, 5, 5]
    assert listed(ranked) == [[0, 1]] * 5


def test_zero_and_minus_zero_are_a_tie():
    assert one([0.0, -0.0], 0).ranks.tolist() == [2]


def test_an_excluded_item_ahead_of_the_target_moves_it_up_and_leaves_the_list():
    assert one([3, 2, 1, 0], 2, out={0}).ranks.tolist() == [2]
    assert one([3, 2, 1, 0], 2, out={3}).ranks.tolist() == [3]
    assert listed(one([3, 2, 1, 0], 2, out={0})) == [[1, 2, 3]]


def test_a_list_is_short_where_few_items_stay():
    assert listed(one([3, 2, 1, 0], 2, out={0, 3})) == [[1, 2]]


def test_targets_of_one_query_do_not_count_against_each_other_where_they_tie():
    asked = Asked(np.int32([0, 1]), np.array([0, 2]), np.empty(0, np.int32), np.array([0, 0]))

    assert rank_block(np.float32([[5, 5, 1]]), asked, 0).ranks.tolist() == [1, 2]
    assert rank_block(np.float32([[5, 5, 5]]), asked, 0).ranks.tolist() == [2, 3]


def test_a_view_that_repeats_one_row_is_ranked_like_its_copy():
    scores = np.broadcast_to(np.float32([3, 1, 2]), (4, 3))
    asked = Asked.one_target(np.array([0, 1, 2, 1]))

    assert rank_block(scores, asked, 3).ranks.tolist() == [1, 3, 2, 3]
    assert listed(rank_block(scores, asked, 3)) == [[0, 2, 1]] * 4


def test_columns_before_rows_and_doubles_are_read_as_well():
    scores = np.asfortranarray([[1.0, 2.0], [4.0, 3.0]])

    assert rank_block(scores, Asked.one_target(np.array([1, 1])), 1).ranks.tolist() == [1, 2]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 255, 256, 300])
def test_a_score_that_is_not_finite_is_found_wherever_it_stands(bad, place):
    scores = np.zeros((3, 301), np.float32)
    scores[1, place] = bad

    with pytest.raises(DataError, match=f"the score {bad} to item row {place} for query 1"):
        rank_block(scores, Asked.one_target(np.array([0, 0, 0])), 5)


def test_threads_give_the_same_as_one():
    draws = np.random.default_rng(3)
    scores = draws.integers(0, 40, (50, 700)).astype(np.float32)
    asked = Asked.one_target(draws.integers(0, 700, 50))
    alone = rank_block(scores, asked, 20)

    with ThreadPoolExecutor(4) as pool:
        together = rank_block(scores, asked, 20, pool=pool)

    assert together.ranks.tolist() == alone.ranks.tolist()
    assert together.rows.tolist() == alone.rows.tolist()


def test_no_queries_give_nothing():
    ranked = rank_block(np.empty((0, 4), np.float32), Asked.one_target(np.empty(0, int)), 2)

    assert (ranked.ranks.shape, ranked.rows.shape) == ((0,), (0, 2))


@settings(deadline=None)  # the first example compiles
@given(st.data(), st.integers(1, 6), st.integers(0, 7))
def test_ranks_and_lists_equal_plain_loops(data, n_items, k):
    # few different scores, so that ties are common
    row = st.lists(st.integers(-2, 2), min_size=n_items, max_size=n_items)
    scores = data.draw(st.lists(row, min_size=1, max_size=5))
    some = st.sets(st.integers(0, n_items - 1))
    out = [sorted(data.draw(some)) for _ in scores]
    targets = [sorted(data.draw(some) - set(away)) for away in out]
    asked = Asked(
        np.array([row for rows in targets for row in rows], dtype=np.int32),
        np.cumsum([0, *map(len, targets)]),
        np.array([row for rows in out for row in rows], dtype=np.int32),
        np.cumsum([0, *map(len, out)]),
    )

    ranked = rank_block(np.float32(scores), asked, k)

    ranks, lists = [], []
    for values, rows, away in zip(scores, targets, out, strict=True):
        stay = [row for row in range(n_items) if row not in away]
        # rivals before targets where they tie, and targets by row
        order = sorted(stay, key=lambda row: (-values[row], row in rows, row))
        ranks += [1 + order.index(row) for row in rows]
        lists.append(sorted(stay, key=lambda row: (-values[row], row))[:k])
    assert ranked.ranks.tolist() == ranks
    assert listed(ranked) == lists
