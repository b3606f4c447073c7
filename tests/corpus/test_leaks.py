"""Planted leaks are found on every split, and no split is blamed for what it rightly shares."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.corpus import Queries, Sequences, check_leaks, find_leaks, queries_of, split
from x2vec.errors import DataError, NothingLeftError

LISTS = st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=7), min_size=2, max_size=9)
WAYS = [
    ("time", "last"), ("time", "each"), ("leave-last-out", "last"), ("sequences", "last"),
    ("sequences", "each"), ("time", "rest"), ("sequences", "rest"), ("items", "last"),
    ("items", "each"),
]  # fmt: skip


def world(lists, *, seed=0, ordered=True, timed=True, ids=None):
    """Make sequences with textual ids and few distinct times, so that much is equal by chance."""
    ids = [f"s{n}" for n in range(len(lists))] if ids is None else ids
    made = Sequences.from_lists(lists, ids=ids, ordered=ordered)
    if not timed:
        return made
    draws = np.random.default_rng(seed)
    times = [np.sort(draws.integers(0, 8, len(one))) for one in lists]
    return replace(made, times=np.concatenate(times).astype(np.int64))


def made_by(sequences, by, ask, seed):
    try:
        return split(sequences, by, test=0.4, ask=ask, seed=seed)
    except NothingLeftError:
        return None


@pytest.mark.parametrize(("by", "ask"), WAYS)
@settings(deadline=None)
@given(lists=LISTS, seed=st.integers(0, 3), ordered=st.booleans(), timed=st.booleans())
def test_no_split_leaks(by, ask, lists, seed, ordered, timed):
    sequences = world(lists, seed=seed, ordered=ordered, timed=timed or by == "time")
    made = made_by(sequences, by, ask, seed)
    if made is not None:
        assert not find_leaks(made.train, made.queries)


@pytest.mark.parametrize(("by", "ask"), WAYS)
@settings(deadline=None)
@given(lists=LISTS, seed=st.integers(0, 3), ordered=st.booleans(), timed=st.booleans())
def test_a_sequence_that_trains_whole_is_found(by, ask, lists, seed, ordered, timed):
    sequences = world(lists, seed=seed, ordered=ordered, timed=timed or by == "time")
    made = made_by(sequences, by, ask, seed)
    if made is None or len(made.queries) == 0:
        return
    origin = made.queries.histories.origins[0]
    train = plant(sequences, made.train, origin)
    leaks = find_leaks(train, made.queries)
    assert leaks.n >= 1
    assert f"'s{origin}'" in str(leaks)


def plant(sequences, train, origin):
    """Put the whole of one sequence in the place of what training has of it."""
    as_it_was = sequences.keep_sequences(sequences.origins == origin, reason="not planted")
    rest = train.keep_sequences(train.origins != origin, reason="planted over")
    return replace(
        sequences,
        origins=np.append(rest.origins, as_it_was.origins),
        codes=np.append(rest.codes, as_it_was.codes),
        times=None if sequences.times is None else np.append(rest.times, as_it_was.times),
        offsets=np.append(rest.offsets, rest.offsets[-1] + as_it_was.offsets[1:]),
        ledger=replace(
            as_it_was.ledger,
            rows_in=rest.n_events + as_it_was.n_events,
            rows_out=rest.n_events + as_it_was.n_events,
            sequences_in=len(rest) + 1,
            sequences_out=len(rest) + 1,
            removals=(),
        ),
    )


@settings(deadline=None)
@given(lists=LISTS, ordered=st.booleans(), timed=st.booleans(), seed=st.integers(0, 3))
def test_the_pieces_of_one_id_are_no_leak_of_each_other(lists, ordered, timed, seed):
    ids = [f"s{n // 3}" for n in range(len(lists))]
    sequences = world(lists, seed=seed, ordered=ordered, timed=False, ids=ids)
    if timed:  # no two events at one time: which of two equal ones leaks, nobody can tell
        sequences = replace(sequences, times=np.arange(sequences.n_events))
    for by in ("leave-last-out", "sequences"):
        made = made_by(sequences, by, "last", seed)
        if made is not None:
            assert not find_leaks(made.train, made.queries)


def test_the_first_five_are_named_and_the_others_counted():
    sequences = world([["a", "b"]] * 8, timed=False)
    made = split(sequences, "leave-last-out")
    with pytest.raises(DataError, match=r"8 of 8 queries leak: .*'s0', item 'b'; .*'s4'.*3 more"):
        check_leaks(sequences, made.queries)


def test_with_times_the_message_has_item_and_time():
    sequences = world([["a", "b", "c"], ["b", "a"]])
    made = split(sequences, "leave-last-out")
    with pytest.raises(DataError, match=r"the event asked for trains.*'s0', item 'c' at position"):
        check_leaks(sequences, made.queries)


def test_a_single_event_that_trains_under_its_id_is_found():
    sequences = replace(
        Sequences.from_lists([["a", "b"], ["c"]], ids=["u", "v"]), times=np.array([1, 2, 3])
    )
    asked = split(sequences, "leave-last-out").queries
    train = replace(Sequences.from_lists([["a"], ["b"]], ids=["u", "u"]), times=np.array([1, 2]))
    assert find_leaks(train, asked).n == 1
    assert not find_leaks(replace(train, times=np.array([1, 9])), asked)


def test_equal_events_in_one_sequence_are_no_leak():
    twins = replace(Sequences.from_lists([["a", "a"]], ids=["u"]), times=np.array([5, 5]))
    made = split(twins, "leave-last-out")
    assert not find_leaks(made.train, made.queries)
    assert find_leaks(twins, made.queries).n == 1


def test_a_test_part_that_is_given_shares_no_id_with_training():
    train = world([["a", "b"], ["b", "c"]], timed=False)
    test = Sequences.from_lists([["c", "d"], ["x", "y"]], ids=["s1", "t"])
    leaks = find_leaks(train, queries_of(test, ask="each"))
    assert (leaks.n, leaks.first) == (1, ("sequence 's1'",))
    numbers = Sequences.from_lists([["c", "d"]], ids=[17])
    assert not find_leaks(train, queries_of(numbers))


def test_line_numbers_are_no_ids_but_the_same_lines_are_a_leak():
    lines = [["a", "b"], ["b", "c", "a"], ["c", "a"]]
    train = Sequences.from_lists(lines)
    other = Sequences.from_lists([["c", "a"], ["b", "c", "a"], ["a", "c"], ["a", "b"]])
    assert not find_leaks(train, queries_of(other))  # one of three by chance
    assert find_leaks(train, queries_of(Sequences.from_lists(lines[:2]))).n == 2


def test_numbered_sequences_of_one_source_are_known_by_their_numbers():
    sequences = Sequences.from_lists([["a", "b"]] * 10)
    made = split(sequences, "sequences", test=0.3)
    assert find_leaks(sequences, made.queries).n == 3


def test_other_vocabularies_are_brought_together():
    test = as_events(queries_of(Sequences.from_lists([["z", "b", "a"]], ids=["u"])))
    assert find_leaks(Sequences.from_lists([["z", "b", "a"]], ids=["u"]), test).n == 1
    assert not find_leaks(Sequences.from_lists([["b", "a"]], ids=["u"]), test)  # no such history
    assert not find_leaks(Sequences.from_lists([[1, 2]], ids=["u"]), test)


def as_events(queries):
    """Let other sequences of the same id train."""
    return replace(queries, held_out="events")


def slow(train, queries):
    """Say by Python's own lists which queries go on in a training sequence of their id."""
    trained = list(zip(train.ids.to_pylist(), train, strict=True))
    histories = list(zip(queries.histories.ids.to_pylist(), queries.histories, strict=True))
    found = 0
    for (name, history), target in zip(histories, queries.targets, strict=True):
        whole = [*history, queries.histories.items[int(target)].as_py()]
        found += any(
            whole == one[start : start + len(whole)]
            for other, one in trained
            if other == name and (other, one) not in histories
            for start in range(len(one))
        )
    return found


@settings(max_examples=200, deadline=None)
@given(LISTS, LISTS, st.integers(1, 3))
def test_stretches_are_found_as_by_looking(lists, others, n_ids):
    train = Sequences.from_lists(lists, ids=[f"s{n % n_ids}" for n in range(len(lists))])
    test = Sequences.from_lists(others, ids=[f"s{n % n_ids}" for n in range(len(others))])
    try:
        queries = as_events(queries_of(test, ask="each"))
    except NothingLeftError:
        return
    assert find_leaks(train, queries).n == slow(train, queries)


def test_a_held_out_item_may_not_train_anywhere():
    made = split(world([["a", "b"], ["c", "b"], ["a", "c"]], timed=False), "items", test=0.4)
    held = made.queries.histories.items[int(made.queries.targets[0])].as_py()
    train = Sequences.from_lists([["x", held]], ids=["elsewhere"])
    leaks = find_leaks(train, made.queries)
    assert leaks.n == len(made.queries)
    assert f"item '{held}'" in str(leaks)


def test_nothing_to_compare_is_no_leak():
    queries = queries_of(Sequences.from_lists([["a", "b"]]))
    empty = Sequences.from_lists([["a"]]).keep(np.array([False]), reason="none")
    assert str(find_leaks(empty, queries)) == "no leak"
    assert isinstance(queries, Queries)


def clocked(lists, times, ids):
    """Sequences with timestamps, minutes after an odd moment."""
    made = Sequences.from_lists(lists, ids=ids)
    flat = np.array([minute for one in times for minute in one], np.int64)
    return replace(made, times=60_000_000 * flat + 1_700_000_123_000_000, has_clock=True)


def test_a_sequence_copied_under_another_id_is_found_by_its_times():
    train = clocked(
        [["a", "b", "c", "d"], ["b", "c"], ["c", "a", "b"]],
        [[1, 2, 5, 9], [3, 4], [7, 8, 9]],
        "uvw",
    )
    test = clocked(
        [["a", "b", "c"], ["b", "c"], ["a", "b", "d"], ["c", "a", "b"]],
        [[1, 2, 5], [3, 4], [1, 2, 5], [7, 8, 10]],
        ["copy", "pair", "other item", "other time"],
    )
    leaks = find_leaks(train, queries_of(test))
    assert leaks.n == 1  # two events may be the same by chance, three are not
    assert "item for item and time for time" in str(leaks)
    assert "sequence 'copy'" in str(leaks)


def test_dates_that_are_the_same_say_nothing_of_two_people():
    day = 86_400_000_000
    one = replace(
        Sequences.from_lists([["a", "b", "c"]], ids=["u"]),
        times=np.array([1, 2, 3]) * day,
        has_clock=True,
    )
    other = replace(one, names=pa.array(["v"]))
    assert not find_leaks(one, queries_of(other))
