"""Histories: ragged rows, and what is asked of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.recommendation import Histories

LISTS = st.lists(st.lists(st.integers(0, 6), max_size=5), max_size=8)


def test_a_row_outside_the_vocabulary_is_refused():
    with pytest.raises(ValueError, match=r"rows must lie in 0 \.\. 2"):
        Histories.of([[0, 3]], n_items=3)


@pytest.mark.parametrize("offsets", [[], [1, 2], [0, 1], [0, 3]])
def test_offsets_that_do_not_span_the_rows_are_refused(offsets):
    with pytest.raises(ValueError, match="offsets must run from 0 to 2"):
        Histories(np.array([0, 1], np.int32), np.array(offsets, np.int64), 2)


def test_offsets_that_fall_are_refused():
    with pytest.raises(ValueError, match="offsets must not fall"):
        Histories(np.array([0, 1], np.int32), np.array([0, 2, 1, 2], np.int64), 2)


def test_no_histories_at_all_are_still_histories():
    none = Histories.of([], n_items=3)

    assert len(none) == 0
    assert none.weights().shape == (0, 3)
    assert none.hold(np.ones(3, bool)).tolist() == []


def test_an_item_weighs_decay_to_the_steps_from_the_end_and_repeats_add_up():
    weights = Histories.of([[0, 1, 0], []], n_items=2).weights(decay=0.5).toarray()

    assert weights.tolist() == [[0.25 + 1, 0.5], [0, 0]]
    assert weights.dtype == np.float32


def test_weighing_leaves_the_rows_as_they_are():
    histories = Histories.of([[1, 0, 1]], n_items=2)
    histories.weights()

    assert histories.rows.tolist() == [1, 0, 1]


@given(LISTS, st.data())
def test_taking_queries_equals_taking_lists(lists, data):
    histories = Histories.of(lists, n_items=7)
    positions = data.draw(st.lists(st.sampled_from(range(len(lists))))) if lists else []

    taken = histories.take(np.array(positions, dtype=np.int64))

    assert taken.lengths.tolist() == [len(lists[position]) for position in positions]
    assert taken.rows.tolist() == [row for position in positions for row in lists[position]]


@given(LISTS)
def test_distinct_pairs_are_the_set_of_each_history_in_order(lists):
    queries, rows = Histories.of(lists, n_items=7).distinct()

    expected = [(query, row) for query, one in enumerate(lists) for row in sorted(set(one))]
    assert list(zip(queries.tolist(), rows.tolist(), strict=True)) == expected


@given(LISTS, st.sets(st.integers(0, 6)))
def test_a_history_holds_an_item_when_its_list_does(lists, marked):
    mask = np.isin(np.arange(7), list(marked))

    held = Histories.of(lists, n_items=7).hold(mask)

    assert held.tolist() == [bool(marked & set(one)) for one in lists]
