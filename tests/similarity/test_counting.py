"""Counting equals counting by hand, whatever the order of work; what is cut is said."""

from itertools import combinations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import corpus_of

from x2vec.similarity import count_together, counting


def counted(lists, *, ordered=True, **options):
    corpus = corpus_of(lists, ordered=ordered)
    return corpus, count_together(corpus, pa.array(range(len(corpus))), **options)


def by_hand(corpus, reach):
    """Return the sequences that hold each two rows at most so many steps apart."""
    found = {}
    for sequence in range(len(corpus)):
        rows = corpus.rows[corpus.offsets[sequence] : corpus.offsets[sequence + 1]].tolist()
        met = {
            (min(one, other), max(one, other))
            for (at, one), (then, other) in combinations(enumerate(rows), 2)
            if then - at <= reach and one != other
        }
        for pair in met:
            found.setdefault(pair, []).append(sequence)
    return found


LISTS = st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=9), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(lists=LISTS, reach=st.integers(1, 9), stripe=st.integers(1, 8))
def test_counts_meetings_and_examples_are_those_counted_by_hand(lists, reach, stripe):
    before = counting._STRIPE_ITEMS
    counting._STRIPE_ITEMS = stripe
    try:
        corpus, found = counted(lists, reach=reach)
    finally:
        counting._STRIPE_ITEMS = before
    expected = by_hand(corpus, reach)
    together = {}
    for row in range(corpus.n_items):
        for other, count in zip(*found.pairs.of(row), strict=True):
            if count:
                together[row, int(other)] = int(count)
            assert (
                found.examples(row, int(other))
                == expected.get((min(row, other), max(row, other)), [])[:3]
            )
    both_ways = {**expected, **{(b, a): some for (a, b), some in expected.items()}}
    assert together == {pair: len(some) for pair, some in both_ways.items()}
    meetings = np.zeros(corpus.n_items, int)
    for (row, _), some in both_ways.items():
        meetings[row] += len(some)
    assert found.meetings.tolist() == meetings.tolist()
    holds = [
        set(corpus.rows[a:b]) for a, b in zip(corpus.offsets, corpus.offsets[1:], strict=False)
    ]
    in_sequences = [sum(row in some for some in holds) for row in range(corpus.n_items)]
    assert found.sequences.tolist() == in_sequences
    assert not found.cut.any()


def test_a_basket_is_counted_whole_and_an_ordered_sequence_ten_steps_far():
    whole = [list(range(40))] * 2
    assert counted(whole, ordered=False)[1].meetings.tolist() == [78] * 40
    ordered = counted(whole, ordered=True)[1]
    assert ordered.reach == 10
    # 40 places, 10 neighbours on either side, less 10 + 9 + ... + 1 at each end; twice
    assert ordered.meetings.sum() == 2 * (40 * 20 - 2 * 55)


def test_of_many_partners_those_that_tell_most_stay_and_the_rest_is_counted():
    # "a" meets "b" nine times, and c0 .. c9 once each, as all the c's meet all others
    lists = [["a", "b"]] * 9 + [["a", *(f"c{i}" for i in range(10))]] + [["b", "d"]] * 2
    corpus, found = counted(lists, ordered=False, n_often=2, n_seldom=0)
    b, a, d, *cs = range(corpus.n_items)  # by count, then by item
    assert found.count(a, b) == 9
    # a has 11 partners and b has 2; a c has 10, of whom 8 are not kept
    assert found.cut[[b, a, d]].tolist() == [0, 9, 0]
    assert found.cut[cs].tolist() == [8] * 10
    assert found.at_most.tolist() == [0, 1, 0] + [1] * 10


def test_a_pair_that_chance_would_have_had_and_never_was_is_kept_with_a_count_of_zero():
    # cola and soda stand in every second basket each, with the same five others, never together
    draws = np.random.default_rng(0)
    lists = [
        [("cola", "soda")[i % 2], *(f"x{x}" for x in draws.choice(5, 2, replace=False))]
        for i in range(200)
    ]
    _, found = counted(lists, ordered=False)
    cola, soda = 0, 1
    assert found.count(cola, soda) == 0
    assert found.examples(cola, soda) == []
    # each meets 200 others of 800 meetings that are not its own... of 1200 in all
    assert found.meetings[[cola, soda]].tolist() == [200, 200]
    assert found.expected(cola, soda) == 200 * 200 / 1000


def test_what_is_expected_of_alike_items_is_what_they_have():
    _, found = counted([list("abcd")] * 3, ordered=False)
    assert found.expected(0, np.array([1, 2, 3])).tolist() == [3.0, 3.0, 3.0]


def test_no_pair_gives_evidence_without_pairs():
    _, found = counted([["a"], ["b"]])
    assert (len(found.pairs), found.meetings.tolist(), found.count(0, 1)) == (0, [0, 0], None)
    assert found.expected(0, 1) == 0
