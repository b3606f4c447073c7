"""Metrics of lists: fractions, plain definitions as oracles, and invariants."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from x2vec.corpus import Corpus
from x2vec.evaluation import coverage, gini, popularity_ranks
from x2vec.evaluation.lists import Catalogue, ListTotals
from x2vec.evaluation.ranking import Ranked
from x2vec.evaluation.similarity import ItemColumns, list_similarities

SHOWN = st.lists(st.integers(0, 6), min_size=1, max_size=12).map(np.array)


def corpus_of(lists, *, n_items):
    return Corpus(
        rows=np.array([row for one in lists for row in one], dtype=np.int32),
        offsets=np.cumsum([0, *map(len, lists)]),
        n_items=n_items,
        fingerprint="",
        ordered=True,
    )


def test_coverage_is_the_share_of_items_ever_shown():
    assert coverage(np.array([5, 0, 1, 0, 0])) == 2 / 5
    assert coverage(np.array([], dtype=int)) == 0


def test_gini_of_equal_places_is_0_and_of_one_item_that_has_all_near_1():
    assert gini(np.array([3, 3, 3])) == 0
    assert gini(np.array([0, 0, 9])) == pytest.approx(1 - 1 / 3)


def test_gini_of_nothing_shown_does_not_exist():
    assert gini(np.zeros(4, int)) is None


@given(SHOWN)
def test_gini_is_the_mean_difference_by_twice_the_mean(shown):
    if shown.sum():
        mean_difference = np.abs(shown[:, None] - shown).mean()
        assert gini(shown) == pytest.approx(mean_difference / (2 * shown.mean()), abs=1e-12)


@given(SHOWN)
def test_items_of_one_count_share_the_mean_of_their_places(counts):
    assert popularity_ranks(counts) == pytest.approx(rankdata(-counts))


def test_lists_add_up_whatever_the_blocks():
    corpus = corpus_of([[0, 1, 1], [1, 2], [0, 2, 3], [3]], n_items=5)
    draws = np.random.default_rng(1)
    rows = np.array([draws.permutation(5)[:3] for _ in range(8)], dtype=np.int32)
    lengths = np.array([3, 3, 0, 1, 2, 3, 3, 3])
    groups = np.array([0, 1, 0, 1, 0, 1, 0, 1])
    totals = []
    for size in (8, 3):
        one = ListTotals.empty(groups, 5, [3, 1], Catalogue.of(corpus))
        for start in range(0, 8, size):
            part = slice(start, start + size)
            one.add(np.arange(8)[part], Ranked(np.empty(0, np.int64), rows[part], lengths[part]))
        totals.append(one)

    whole, parts = totals
    assert whole.ks == (1, 3)
    assert whole.shown.sum(axis=(1, 2)).tolist() == [7, lengths.sum()]
    assert whole.shown.tolist() == parts.shown.tolist()
    for name in ("popularity", "similarity"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))
    assert np.isnan(whole.popularity[2]).all()
    assert np.isnan(whole.similarity[:, 0]).all()  # no pair in a list of one


LISTS = st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=6), min_size=1, max_size=7)


@settings(deadline=None)  # the first example compiles
@given(LISTS, st.permutations(range(6)), st.integers(0, 6))
def test_similarity_is_the_mean_cosine_of_columns_of_the_table(lists, order, length):
    table = np.zeros((len(lists), 6))
    for sequence, items in enumerate(lists):
        table[sequence, items] = 1
    lengths = np.linalg.norm(table, axis=0)
    cosines = table.T @ table / np.maximum(np.outer(lengths, lengths), 1e-9)
    columns = ItemColumns.of(corpus_of(lists, n_items=6))

    found = list_similarities(
        columns, np.array([order], np.int32), np.array([length]), np.array([2, 4])
    )

    for k, similarity in zip((2, 4), found[0], strict=True):
        pairs = list(combinations(order[: min(k, length)], 2))
        if pairs:
            assert similarity == pytest.approx(np.mean([cosines[pair] for pair in pairs]))
        else:
            assert np.isnan(similarity)


def test_columns_of_unequal_length_are_compared_by_leaps():
    draws = np.random.default_rng(2)
    held = [draws.random(3_000) < share for share in (0.9, 0.01, 0.3)]
    lists = [[row for row in range(3) if held[row][one]] or [3] for one in range(3_000)]
    columns = ItemColumns.of(corpus_of(lists, n_items=5))

    for one, other in combinations(range(3), 2):
        both = (held[one] & held[other]).sum()
        expected = both / (held[one].sum() * held[other].sum()) ** 0.5
        assert columns.cosine(one, other) == pytest.approx(expected)
    assert columns.cosine(0, 4) == 0  # an item that is in no sequence


def test_threads_and_forgotten_pairs_change_no_similarity(monkeypatch):
    draws = np.random.default_rng(3)
    lists = [draws.integers(0, 40, 5).tolist() for _ in range(200)]
    rows = np.array([draws.permutation(40)[:10] for _ in range(30)], dtype=np.int32)
    lengths, ks = np.full(30, 10), np.array([5, 10])
    alone = list_similarities(ItemColumns.of(corpus_of(lists, n_items=40)), rows, lengths, ks)

    with ThreadPoolExecutor(3) as pool:
        columns = ItemColumns.of(corpus_of(lists, n_items=40))
        together = list_similarities(columns, rows, lengths, ks, pool=pool)

    np.testing.assert_array_equal(together, alone)
    each = [np.mean([columns.cosine(*pair) for pair in combinations(one[:5], 2)]) for one in rows]
    assert alone[:, 0] == pytest.approx(each)


def test_columns_of_a_large_corpus_are_read_off_every_second_sequence():
    lists = [[0, 1], [0, 2], [0, 1], [1, 2]]

    columns = ItemColumns.of(corpus_of(lists, n_items=3), most_events=4)

    assert columns.cosine(0, 1) == pytest.approx(1)  # of the first and the third
