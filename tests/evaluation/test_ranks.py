"""Where targets stand, as a value."""

from __future__ import annotations

import numpy as np
import pytest

from x2vec.evaluation import Ranks


def test_ranks_that_do_not_go_with_the_queries_are_refused():
    with pytest.raises(ValueError, match="1 ranks for 2 ranked targets"):
        Ranks(np.array([True, False, True]), np.array([1]))


def test_a_rank_below_1_is_refused():
    with pytest.raises(ValueError, match="ranks start at 1, not at 0"):
        Ranks(np.array([True]), np.array([0]))


@pytest.mark.parametrize("offsets", [[0, 1], [1, 2], [0, 2, 1, 2]])
def test_offsets_that_cut_other_targets_are_refused(offsets):
    with pytest.raises(ValueError, match="offsets must"):
        Ranks(np.array([True, False]), np.array([1]), np.array(offsets))


def test_each_rank_knows_its_query():
    ranks = Ranks.of([[None, 4], [], [2, 7]])

    assert (len(ranks), ranks.owners.tolist(), ranks.n_targets.tolist()) == (
        3,
        [0, 2, 2],
        [2, 0, 2],
    )


def test_targets_left_out_keep_the_others_at_their_queries():
    ranks = Ranks.of([[None, 4], [5], [2, 7]]).among(np.array([1, 0, 0, 1, 1], dtype=bool))

    assert ranks.owners.tolist() == [2, 2]
    assert ranks.ranks.tolist() == [2, 7]
    assert ranks.n_targets.tolist() == [1, 0, 2]


def test_one_target_a_query_may_be_left_out_as_well():
    ranks = Ranks(np.array([True, False, True]), np.array([3, 1]))

    assert ranks.among(np.array([False, True, True])).n_targets.tolist() == [0, 1, 1]
