"""Co-occurrence: cosines between items, summed over the history."""

from __future__ import annotations

from math import sqrt

import pytest

from x2vec.errors import ConfigError
from x2vec.recommendation import CoOccurrence, Histories


def test_similarity_is_the_count_over_the_root_of_both_counts(corpus_of):
    baskets = corpus_of([[0, 1], [0, 1, 2], [0]], n_items=3, ordered=False)

    table = CoOccurrence.fit(baskets, shrink=0).similarities.toarray()

    assert table[0] == pytest.approx([0, 2 / sqrt(3 * 2), 1 / sqrt(3 * 1)])
    assert table[1] == pytest.approx([2 / sqrt(2 * 3), 0, 1 / sqrt(2 * 1)])


def test_a_history_sums_what_its_items_bring(corpus_of):
    baskets = corpus_of([[0, 2], [1, 2], [1, 3]], n_items=4, ordered=False)

    scores = CoOccurrence.fit(baskets, shrink=0).scores(Histories.of([[0, 1]], n_items=4))

    assert scores[0] == pytest.approx([0, 0, 1 / sqrt(1 * 2) + 1 / sqrt(2 * 2), 1 / sqrt(2 * 1)])


def test_a_similarity_of_few_sequences_shrinks(corpus_of):
    baskets = corpus_of([[0, 1], [0, 1, 2], [0]], n_items=3, ordered=False)

    table = CoOccurrence.fit(baskets, shrink=4).similarities.toarray()

    # two sequences hold 0 and 1, one holds 0 and 2
    assert table[0] == pytest.approx(
        [0, 2 / sqrt(3 * 2) * 2 / (2 + 4), 1 / sqrt(3 * 1) * 1 / (1 + 4)]
    )


def test_a_shrink_below_zero_is_refused(corpus_of):
    with pytest.raises(ConfigError, match="shrink must be 0 or more, not -1"):
        CoOccurrence.fit(corpus_of([[0, 1]], n_items=2, ordered=True), shrink=-1)


def test_the_last_click_weighs_most_in_ordered_sequences(corpus_of):
    clicks = corpus_of([[0, 2], [1, 3]], n_items=4, ordered=True)

    scores = CoOccurrence.fit(clicks, decay=0.5, shrink=0).scores(Histories.of([[0, 1]], n_items=4))

    assert scores.tolist() == [[0, 0, 0.5, 1]]


def test_the_order_of_a_basket_changes_nothing(corpus_of):
    ranker = CoOccurrence.fit(corpus_of([[0, 1], [1, 2]], n_items=3, ordered=False))

    one, other = ranker.scores(Histories.of([[0, 2], [2, 0]], n_items=3))

    assert one.tolist() == other.tolist()


def test_an_item_that_repeats_within_the_window_points_to_itself(corpus_of):
    clicks = corpus_of([[0, 1, 0]], n_items=2, ordered=True)

    assert CoOccurrence.fit(clicks, window=2, shrink=0).similarities.toarray().tolist() == [
        [1, 1],
        [1, 0],
    ]
    assert CoOccurrence.fit(clicks, window=1, shrink=0).similarities.toarray().tolist() == [
        [0, 1],
        [1, 0],
    ]


def test_an_item_never_in_a_pair_leaves_the_query_unanswered(corpus_of):
    ranker = CoOccurrence.fit(corpus_of([[0, 1], [2]], n_items=3, ordered=False))

    assert ranker.answers(Histories.of([[2], [2, 0]], n_items=3)).tolist() == [False, True]


def test_a_window_for_baskets_is_refused(corpus_of):
    with pytest.raises(ConfigError, match="the order inside a basket means nothing"):
        CoOccurrence.fit(corpus_of([[0, 1]], n_items=2, ordered=False), window=3)


@pytest.mark.parametrize("decay", [0.0, 1.5, float("nan")])
def test_a_decay_out_of_bounds_is_refused(corpus_of, decay):
    with pytest.raises(ConfigError, match=f"decay must be above 0 and at most 1, not {decay}"):
        CoOccurrence.fit(corpus_of([[0, 1]], n_items=2, ordered=True), decay=decay)
