"""Splits hold out what they say, and training never sees it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.corpus import Sequences, leave_last_out, split_by_time, subset
from x2vec.errors import ConfigError, NothingLeftError

LISTS = st.lists(st.lists(st.integers(0, 5), min_size=2, max_size=6), min_size=2, max_size=8)


def timed(lists, times, ordered=True):
    """Make sequences whose events carry these positions in time."""
    sequences = Sequences.from_lists(lists, ordered=ordered)
    return replace(sequences, times=np.concatenate(times).astype(np.int64))


def test_the_last_item_of_each_sequence_is_held_out():
    split = leave_last_out(Sequences.from_lists([["a", "b", "c"], ["d"], ["a", "d"]]))
    assert list(split.train) == [["a", "b"], ["d"], ["a"]]
    assert list(split.queries.histories) == [["a", "b"], ["a"]]
    items = split.train.items.to_pylist()
    assert [items[code] for code in split.queries.targets] == ["c", "d"]
    assert split.rows_held_out == 2


def test_histories_keep_the_times_of_their_events():
    split = leave_last_out(timed([["a", "b", "c"], ["d"], ["a", "d"]], [[1, 2, 3], [4], [5, 6]]))
    assert split.queries.histories.times.tolist() == [1, 2, 5]
    assert not split.queries.targets.flags.writeable


def test_of_a_basket_any_item_may_be_held_out():
    baskets = Sequences.from_lists([["a", "b", "c"]] * 300, ordered=False)
    split = leave_last_out(baskets, seed=3)
    held_out = np.bincount(split.queries.targets, minlength=3)
    # 300 fair draws of three: 100 each, standard deviation sqrt(300 * 1/3 * 2/3) = 8.2
    assert (np.abs(held_out - 100) < 4 * 8.2).all()
    for history, target in zip(split.queries.histories, split.queries.targets, strict=True):
        assert sorted([*history, "abc"[target]]) == ["a", "b", "c"]


def test_the_item_asked_of_a_basket_is_the_one_that_left_training():
    lists = [["x"], ["a", "b", "c"], ["y"], ["d", "e", "f", "g"]] * 20  # single items between
    split = leave_last_out(Sequences.from_lists(lists, ordered=False), seed=4)
    trained = [one for one in split.train if len(one) > 1]
    assert list(split.queries.histories) == trained


@given(LISTS, st.booleans())
def test_training_and_held_out_events_are_all_events(lists, ordered):
    sequences = Sequences.from_lists(lists, ordered=ordered)
    split = leave_last_out(sequences, seed=1)
    assert split.train.n_events + split.rows_held_out == sequences.n_events
    whole = [
        sorted([*h, split.train.items[int(t)].as_py()])
        for h, t in zip(split.queries.histories, split.queries.targets, strict=True)
    ]
    assert whole == [sorted(one) for one in sequences]


def test_by_time_training_lies_strictly_before_the_moment():
    sequences = timed([["a", "b"], ["c", "d"], ["b", "c", "a"]], [[1, 2], [3, 9], [7, 8, 9]])
    split = split_by_time(sequences, holdout=0.5)  # 7 events: the moment is the 4th time, 7
    assert list(split.train) == [["a", "b"], ["c"]]
    assert split.train.times.max() < 7
    assert list(split.queries.histories) == [["c"], ["b", "c"]]
    items = split.train.items.to_pylist()
    assert [items[code] for code in split.queries.targets] == ["d", "a"]
    assert split.rows_held_out == 4


def test_the_target_of_a_basket_that_goes_on_lies_after_the_moment():
    lists = [["a", "b", "c"]] * 50 + [["x", "y"]] * 50
    times = [[1, 1, 9]] * 50 + [[2, 2]] * 50
    split = split_by_time(timed(lists, times, ordered=False), holdout=0.1)
    assert {split.train.items[int(t)].as_py() for t in split.queries.targets} == {"c"}


@given(LISTS, st.integers(0, 3))
def test_no_event_is_on_both_sides_or_lost(lists, seed):
    draws = np.random.default_rng(seed)
    times = [np.sort(draws.integers(0, 20, len(one))) for one in lists]
    sequences = timed(lists, times)
    try:
        split = split_by_time(sequences, holdout=0.3)
    except NothingLeftError:
        return
    moment = split.train.times.max()
    assert split.train.n_events == (sequences.times <= moment).sum()
    assert split.rows_held_out == (sequences.times > moment).sum()


def test_equal_times_cannot_be_split_and_the_error_says_what_else_there_is():
    with pytest.raises(NothingLeftError, match="leave-last-out"):
        split_by_time(timed([["a", "b"]], [[5, 5]]))


def test_without_times_there_is_no_split_by_time():
    with pytest.raises(ConfigError, match="needs a time of each event"):
        split_by_time(Sequences.from_lists([["a", "b"]]))


@pytest.mark.parametrize("holdout", [0, 1, -0.5])
def test_the_share_held_out_has_bounds(holdout):
    with pytest.raises(ConfigError, match="holdout is"):
        split_by_time(Sequences.from_lists([["a", "b"]]), holdout=holdout)


def test_nothing_to_hold_out_is_an_error():
    with pytest.raises(NothingLeftError, match="no sequence holds two"):
        leave_last_out(Sequences.from_lists([["a"]]))


def test_a_sample_of_the_queries_keeps_each_with_its_target():
    queries = leave_last_out(Sequences.from_lists([[i, i + 100] for i in range(50)])).queries
    sample = subset(queries, 10, seed=2)
    assert len(sample) == 10
    items = sample.histories.items.to_pylist()
    pairs = zip(sample.histories, sample.targets, strict=True)
    assert all(items[target] == history[0] + 100 for history, target in pairs)
    assert subset(queries, 50) is queries
