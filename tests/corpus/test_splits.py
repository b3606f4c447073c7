"""Splits hold out what they say, and training never sees it."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.corpus import (
    Queries,
    Sequences,
    leave_last_out,
    queries_of,
    split,
    split_by_time,
    subset,
)
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


def pairs(queries):
    """Return each history with its target, as items."""
    items = queries.histories.items.to_pylist()
    return [(h, items[t]) for h, t in zip(queries.histories, queries.targets.tolist(), strict=True)]


def test_whole_sequences_are_held_out_and_each_event_after_the_first_is_asked():
    lists = [[f"{n}a", f"{n}b", f"{n}c"] for n in range(10)]
    made = split(Sequences.from_lists(lists), "sequences", test=0.2, ask="each", seed=3)
    assert len(made.train) == 8
    assert made.queries.held_out == "sequences"
    assert made.rows_held_out == 6
    held = [one for one in lists if one not in list(made.train)]
    expected = [([a], b) for a, b, _ in held] + [([a, b], c) for a, b, c in held]
    assert sorted(pairs(made.queries)) == sorted(expected)
    assert np.bincount(np.unique(made.queries.sequence, return_inverse=True)[1]).tolist() == [2, 2]


def test_the_pieces_of_one_id_are_held_out_together():
    sequences = Sequences.from_lists([["a", "b"]] * 30, ids=[n // 3 for n in range(30)])
    made = split(sequences, "sequences", test=0.4)
    trained, asked = set(made.train.ids.to_pylist()), set(made.queries.histories.ids.to_pylist())
    assert not trained & asked
    assert len(trained) == 6


@pytest.mark.parametrize(("share", "held"), [(0.001, 1), (0.999, 3)])
def test_both_sides_get_a_sequence(share, held):
    made = split(Sequences.from_lists([["a", "b"]] * 4), "sequences", test=share)
    assert len(made.queries) == held


def test_each_item_of_a_basket_is_asked_given_the_others():
    baskets = Sequences.from_lists([["a", "b", "c"], ["d", "e"]], ordered=False)
    asked = pairs(queries_of(baskets, ask="each"))
    assert [(sorted(history), target) for history, target in asked] == [
        (["b", "c"], "a"), (["a", "c"], "b"), (["a", "b"], "c"), (["e"], "d"), (["d"], "e"),
    ]  # fmt: skip


def test_by_time_each_event_after_the_moment_is_asked_given_all_before_it():
    sequences = timed([["a", "b"], ["c", "d"], ["b", "c", "a"]], [[1, 2], [3, 9], [7, 8, 9]])
    made = split(sequences, "time", test=0.5, ask="each")  # the moment is 7
    assert pairs(made.queries) == [(["c"], "d"), (["b"], "c"), (["b", "c"], "a")]
    assert made.queries.times.tolist() == [9, 8, 9]
    assert made.queries.sequence.tolist() == [1, 2, 2]
    assert made.queries.histories.times.tolist() == [3, 7, 7, 8]


def test_a_long_session_keeps_its_latest_events_and_says_so():
    made = queries_of(Sequences.from_lists([range(1_000)]), ask="each", most_history=3)
    assert len(made) == 999
    assert made.shortened == 999 - 3
    assert made.histories.n_events == 1 + 2 + 3 * 997
    assert pairs(made)[-1] == ([996, 997, 998], 999)


def test_queries_are_drawn_before_their_histories_are_written():
    made = queries_of(Sequences.from_lists([range(5_000)]), ask="each", max_queries=7, seed=1)
    assert (len(made), made.left_out) == (7, 4_999 - 7)
    for history, target in pairs(made):
        assert history == list(range(max(0, target - 200), target))


@given(LISTS, st.booleans(), st.integers(0, 3), st.sampled_from(["last", "each"]))
def test_held_out_items_leave_training_and_histories(lists, ordered, seed, ask):
    sequences = Sequences.from_lists(lists, ordered=ordered)
    try:
        made = split(sequences, "items", test=0.3, ask=ask, seed=seed)
    except NothingLeftError:
        return
    trained = set().union(*made.train)
    held = set().union(*lists) - trained
    assert held
    expected = []
    for position, one in enumerate(lists):
        askable = [
            ([i for i in (one[:at] if ordered else one) if i in trained], item)
            for at, item in enumerate(one)
            if item in held
        ]
        askable = [(history, item, position) for history, item in askable if history]
        if ask == "last" and ordered:
            askable = askable[-1:]
        expected += [askable] if ask == "last" and askable else [[one] for one in askable]
    asked = [(*both, n) for both, n in zip(pairs(made.queries), made.queries.sequence, strict=True)]
    assert len(asked) == len(expected)
    assert all(one in possible for one, possible in zip(asked, expected, strict=True))
    assert made.train.n_events + made.rows_held_out == sequences.n_events


@given(LISTS, st.booleans(), st.integers(1, 4))
def test_each_is_asked_as_a_slow_reading_says(lists, ordered, most):
    asked = pairs(queries_of(Sequences.from_lists(lists, ordered=ordered), ask="each",
                             most_history=most))  # fmt: skip
    assert asked == [
        ((one[:at] if ordered else one[:at] + one[at + 1 :])[-most:], item)
        for one in lists
        for at, item in enumerate(one)
        if at or not ordered
    ]


def test_a_split_unpacks_and_the_default_follows_the_clock():
    train, asked = split(Sequences.from_lists([["a", "b"], ["b", "a"]]))
    assert list(train) == [["a"], ["b"]]
    assert len(asked) == 2
    clock = replace(timed([["a", "b"], ["b", "a"]], [[1, 2], [3, 4]]), has_clock=True)
    assert split(clock, test=0.5).description.startswith("train before 1970")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"by": "tmie"}, "Did you mean 'time'"),
        ({"by": "sequences", "ask": "all"}, 'must be "last", "each" or "rest"'),
        ({"by": "sequences", "test": 1.0}, "test is 1.0"),
        ({"by": "items", "test": 0.0}, "test is 0.0"),
        ({"by": "leave-last-out", "test": 2}, "test is 2"),
        ({"by": "leave-last-out", "test": float("nan")}, "test is nan"),
        ({"by": "sequences", "test": "half"}, "test is 'half'"),
        ({"by": "sequences", "max_queries": 1.5}, "max_queries is 1.5; it must be a whole number"),
        ({"by": "sequences", "seed": -1}, "seed is -1; it must be a whole number from 0"),
        ({"by": "sequences", "seed": None}, "seed is None; it must be a whole number from 0"),
        ({"by": "sequences", "most_history": 0}, "most_history is 0"),
        ({"by": "sequences", "max_queries": 0}, "max_queries is 0"),
        ({"by": "leave-last-out", "ask": "each"}, "holds out one event"),
        ({"by": "items", "ask": "rest"}, "asked for one by one"),
        ({"by": "sequences", "ask": "rest", "known": 1.0}, "known is 1.0"),
    ],
)
def test_what_cannot_be_split_is_said(arguments, says):
    with pytest.raises(ConfigError, match=says):
        split(Sequences.from_lists([["a", "b"], ["c", "d"]]), **arguments)


@pytest.mark.parametrize("by", ["sequences", "items"])
def test_one_sequence_of_one_item_cannot_be_split(by):
    with pytest.raises(NothingLeftError):
        split(Sequences.from_lists([["a"]]), by)


def test_an_empty_test_part_is_an_error():
    with pytest.raises(NothingLeftError, match="The test part has 1 sequences, none of two events"):
        queries_of(Sequences.from_lists([["a"]]))


def test_the_same_seed_draws_the_same_and_another_does_not():
    sequences = Sequences.from_lists([[n, n + 1] for n in range(60)])
    drawn = [
        split(sequences, by, seed=seed).queries.targets.tolist()
        for by in ("sequences", "items")
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[3] == drawn[4] != drawn[5]


def rests(queries):
    """Return each history with the items that are asked for."""
    items = queries.histories.items.to_pylist()
    offsets = [None, *range(1, len(queries) + 1)] if queries.offsets is None else queries.offsets
    targets = [
        [items[code] for code in queries.targets[start:end]]
        for start, end in itertools.pairwise(offsets)
    ]
    return list(zip(queries.histories, targets, strict=True))


def test_the_rest_of_a_list_is_how_it_goes_on_with_items_that_are_new():
    lists = [["a", "b", "a", "c", "a", "d", "b"], ["x"], ["y", "y"], ["a", "b"]]
    asked = queries_of(Sequences.from_lists(lists), ask="rest")
    assert rests(asked) == [(["a", "b", "a"], ["c", "d"]), (["a"], ["b"])]
    assert asked.sequence.tolist() == [0, 3]


def test_the_rest_of_a_basket_is_every_item_that_is_not_known():
    baskets = Sequences.from_lists([list("abcdefgh"), list("aabb"), ["z"]] * 9, ordered=False)
    asked = rests(queries_of(baskets, ask="rest", known=0.25, seed=5))
    assert len(asked) == 18
    for history, rest in asked[::2]:
        assert (len(history), len(rest)) == (2, 6)
        assert sorted(history + rest) == list("abcdefgh")
    assert {(*history, *rest) for history, rest in asked[1::2]} == {
        ("a", "a", "b"), ("b", "b", "a"),
    }  # fmt: skip
    assert len({tuple(history) for history, _ in asked[::2]}) > 3  # drawn anew for each basket


def test_by_time_the_rest_is_what_is_new_from_the_moment_on():
    lists = [["a", "b", "c", "d"], ["a", "b", "a"], ["e", "f"], ["g"]]
    sequences = timed(lists, [[1, 2, 8, 9], [3, 4, 9], [9, 9], [9]], ordered=False)
    made = split(sequences, "time", test=0.6, ask="rest", known=0.5)  # the moment is 8
    (first, rest), (second, other) = rests(made.queries)
    assert sorted(first + rest) == ["a", "b", "c", "d"]
    assert {*first} > {"a", "b"} or {*first} == {"a", "b"}
    assert sorted(second + other) == ["e", "f"]
    assert made.queries.sequence.tolist() == [0, 2]


@given(LISTS, st.booleans(), st.integers(0, 3), st.floats(0.1, 0.9))
def test_no_target_of_the_rest_is_known_or_asked_twice(lists, ordered, seed, known):
    try:
        asked = queries_of(
            Sequences.from_lists(lists, ordered=ordered), ask="rest", known=known, seed=seed
        )
    except NothingLeftError:
        assert all(len(set(one)) == 1 for one in lists)
        return
    assert len(asked) == sum(len(set(one)) > 1 for one in lists)
    for (history, rest), position in zip(rests(asked), asked.sequence, strict=True):
        assert history
        assert rest
        assert not set(history) & set(rest)
        assert len(set(rest)) == len(rest)
        assert set(history) | set(rest) == set(lists[position])


def test_a_sample_of_queries_with_several_targets_keeps_them():
    asked = queries_of(Sequences.from_lists([[n, n + 1, n + 2] for n in range(40)]), ask="rest")
    sample = subset(asked, 5, seed=1)
    assert (len(sample), sample.left_out) == (5, 35)
    assert all(one in rests(asked) for one in rests(sample))


def test_without_two_different_items_there_is_no_rest():
    with pytest.raises(NothingLeftError, match="two different items"):
        queries_of(Sequences.from_lists([["a", "a"]]), ask="rest")


@pytest.mark.parametrize("offsets", [[0, 2], [0, 0, 2], [1, 2, 2], [0, 1, 3]])
def test_offsets_of_targets_are_checked(offsets):
    histories = Sequences.from_lists([["a"], ["b"]])
    with pytest.raises(ValueError, match="offsets"):
        Queries(histories, np.array([0, 1], np.int32), offsets=np.array(offsets))
