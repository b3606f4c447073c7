"""Facts of queries: terciles, new targets, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.corpus import Sequences, Vocabulary, leave_last_out
from x2vec.errors import ConfigError
from x2vec.evaluation import NextItemQueries, QueryFacts, terciles_of


def test_each_third_of_the_catalogue_holds_a_third_of_the_events():
    # 12 events: 6 + 2 | 2 | 1 + 1; middles at 3, 7, 9, 10.5, 11.5; cuts at 4 and 8
    assert terciles_of(np.array([6, 2, 2, 1, 1])).tolist() == [0, 1, 2, 2, 2]


def test_items_of_one_count_are_cut_by_row():
    assert terciles_of(np.full(9, 5)).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_an_item_without_events_is_in_the_tail():
    assert terciles_of(np.array([0, 3, 3, 3])).tolist() == [2, 0, 1, 2]
    assert terciles_of(np.zeros(2, int)).tolist() == [2, 2]


@given(st.lists(st.integers(0, 30), max_size=40).map(lambda counts: np.array(counts, int)))
def test_no_item_of_a_lower_tercile_is_more_popular(counts):
    terciles = terciles_of(counts)
    for higher, lower in ((0, 1), (1, 2)):
        if (terciles == higher).any() and (terciles == lower).any():
            assert counts[terciles == higher].min() >= counts[terciles == lower].max()


@given(st.lists(st.integers(1, 5), min_size=60, max_size=90).map(np.array))
def test_thirds_are_off_by_less_than_the_events_of_an_item(counts):
    events = np.bincount(terciles_of(counts), weights=counts, minlength=3)
    assert np.abs(events - counts.sum() / 3).max() <= counts.max()


def queries_of(lists, known, **how):
    split = leave_last_out(Sequences.from_lists(lists))
    return NextItemQueries.of(split.queries, Vocabulary.of(Sequences.from_lists(known)), **how)


def test_facts_of_queries_say_what_is_new_and_how_popular_it_is():
    queries = queries_of([["a", "b", "a"], ["a", "c"], ["b", "z"]], [["a", "a", "b", "c"]])

    facts = queries.facts(np.array([2, 1, 1]))

    assert facts.history_length.tolist() == [2, 1, 1]
    assert facts.is_new.tolist() == [False, True, True]
    assert facts.tercile.tolist() == [0, 2, 3]  # a, c, and one that nobody knows
    assert facts.events.tolist() == [2, 1, 0]
    assert facts.targets("tail").tolist() == [False, True, False]
    assert facts.sequence.tolist() == [0, 1, 2]


def test_an_item_that_training_never_saw_is_not_new_where_its_history_holds_it():
    """Both of z, which vocabulary nobody has: the first query asks for it again, the second not."""
    asked = Sequences.from_lists([["a", "z", "z"], ["a", "b", "z"], ["a", "b", "b"]])
    vocabulary = Vocabulary.of(Sequences.from_lists([["a", "b"]]))
    queries = NextItemQueries.of(leave_last_out(asked).queries, vocabulary)

    assert queries.known.tolist() == [False, False, True]
    assert queries.facts().is_new.tolist() == [False, True, False]
    assert queries.target_in_history().tolist() == [False, False, True]


def test_without_counts_there_are_no_terciles():
    facts = queries_of([["a", "b"]], [["a", "b"]]).facts()

    assert facts.groups == ("new",)
    with pytest.raises(ConfigError, match="no group of targets 'tail'; there are new"):
        facts.targets("tail")


def test_the_fingerprint_is_of_what_is_asked_not_of_who_is_asked():
    asked = [["a", "b", "a"], ["a", "c"]]
    one = queries_of(asked, [["a", "b", "c"]])
    fewer_items = queries_of(asked, [["a", "a", "c"]])
    another = queries_of([["a", "b", "a"], ["a", "b"]], [["a", "b", "c"]])

    assert one.fingerprint == fewer_items.fingerprint
    assert one.fingerprint != another.fingerprint


def test_numbers_and_text_that_read_alike_are_other_items():
    text = queries_of([["1", "2"]], [["1", "2"]])
    numbers = queries_of([[1, 2]], [[1, 2]])

    assert text.fingerprint != numbers.fingerprint


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sequence": np.zeros(3, np.int32)}, "2 history lengths and 3 sequences for 2 queries"),
        ({"tercile": np.zeros(1, np.int8)}, "1 terciles for 2 targets"),
        ({"events": np.zeros(3, int)}, "3 counts of events for 2 targets"),
        ({"offsets": np.array([0, 1])}, "offsets must run from 0 to 2"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(change, message):
    plain = {
        "history_length": np.ones(2, np.int32),
        "sequence": np.zeros(2, np.int32),
        "is_new": np.ones(2, bool),
    }
    with pytest.raises(ValueError, match=message):
        QueryFacts(**{**plain, **change})
