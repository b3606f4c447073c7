"""Pairs against a count in plain loops."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.errors import ConfigError, DataError
from x2vec.recommendation import pairs
from x2vec.recommendation.pairs import pairs_in_baskets, pairs_in_window, sequences_with

LISTS = st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=9), min_size=1, max_size=8)


def counted(lists, *, within):
    """Count pairs with the slow oracle: sets of pairs, one set a sequence."""
    table = np.zeros((5, 5))
    for one in lists:
        found = {
            tuple(sorted((one[i], one[j])))
            for i, j in combinations(range(len(one)), 2)
            if j - i <= within
        }
        for low, high in found:
            table[low, high] += 1
            table[high, low] += low != high
    return table


@given(LISTS, st.integers(1, 4))
def test_pairs_in_a_window_equal_the_slow_count(corpus_of, lists, window):
    table = pairs_in_window(corpus_of(lists, n_items=5, ordered=True), window)

    assert table.toarray().tolist() == counted(lists, within=window).tolist()


@given(LISTS)
def test_pairs_in_baskets_equal_the_slow_count_off_the_diagonal(corpus_of, lists):
    table = pairs_in_baskets(corpus_of(lists, n_items=5, ordered=False))

    expected = counted(lists, within=9)
    np.fill_diagonal(expected, 0)
    assert table.toarray().tolist() == expected.tolist()
    assert (table.data > 0).all(), "a stored zero would pass for a pair"


@settings(max_examples=20)
@given(LISTS, st.integers(1, 9))
def test_how_many_pairs_are_sorted_at_once_changes_nothing(corpus_of, lists, at_once):
    corpus = corpus_of(lists, n_items=5, ordered=True)
    whole = pairs_in_window(corpus, 2)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "PAIRS_AT_ONCE", at_once)
        in_parts = pairs_in_window(corpus, 2)

    assert in_parts.toarray().tolist() == whole.toarray().tolist()


def test_a_sequence_counts_an_item_once(corpus_of):
    corpus = corpus_of([[0, 1, 0], [1, 1]], n_items=3, ordered=True)

    assert sequences_with(corpus).tolist() == [1, 2, 0]


def test_the_corpus_stays_as_it_is(corpus_of):
    corpus = corpus_of([[2, 1, 2, 0]], n_items=3, ordered=False)
    pairs_in_baskets(corpus)

    assert corpus.rows.tolist() == [2, 1, 2, 0]


@pytest.mark.parametrize("window", [0, 26])
def test_a_window_out_of_bounds_is_refused(corpus_of, window):
    corpus = corpus_of([[0, 1]], n_items=2, ordered=True)
    with pytest.raises(ConfigError, match=rf"window must lie in 1 \.\. 25, not {window}"):
        pairs_in_window(corpus, window)


def test_a_basket_that_would_not_fit_in_memory_is_refused_before_it_is_counted(corpus_of):
    n_items = 20_000  # one basket of them all: 20,000 * 19,999 pairs of 8 bytes
    corpus = corpus_of([range(n_items)], n_items=n_items, ordered=False)
    with pytest.raises(DataError, match=r"at least 399,980,000 pairs of items, 3\.2 GB"):
        pairs_in_baskets(corpus)


@pytest.mark.parametrize("at_once", [10, 1 << 21])
def test_many_events_of_few_pairs_are_counted(corpus_of, monkeypatch, at_once):
    monkeypatch.setattr(pairs, "MOST_PAIRS", 100)
    monkeypatch.setattr(pairs, "PAIRS_AT_ONCE", at_once)
    lists = [[0, 1, 2]] * 50 + [[3, 4]] * 50  # 250 events in 8 pairs, of 1,000 items

    in_window = pairs_in_window(corpus_of(lists, n_items=1000, ordered=True), 2)
    in_baskets = pairs_in_baskets(corpus_of(lists, n_items=1000, ordered=False))

    assert (in_window.nnz, in_baskets.nnz) == (8, 8)
    assert {*in_window.data, *in_baskets.data} == {50}


@pytest.mark.parametrize("at_once", [10, 1 << 21])
def test_counting_stops_where_the_table_really_holds_too_many(corpus_of, monkeypatch, at_once):
    monkeypatch.setattr(pairs, "MOST_PAIRS", 100)
    monkeypatch.setattr(pairs, "PAIRS_AT_ONCE", at_once)
    lists = [[i, i + 1] for i in range(0, 200, 2)]  # 100 pairs of two different items

    with pytest.raises(DataError, match="at most 100 are counted"):
        pairs_in_window(corpus_of(lists, n_items=200, ordered=True), 1)
    with pytest.raises(DataError, match="at most 100 are counted"):
        pairs_in_baskets(corpus_of(lists, n_items=200, ordered=False))
