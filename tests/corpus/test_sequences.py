"""Sequences hold what they were given, and cleaning counts all that it removes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.corpus import SequenceRules, Sequences, leave_last_out
from x2vec.errors import ConfigError, NothingLeftError, SourceError

LISTS = st.lists(st.lists(st.integers(0, 6), max_size=12), min_size=1, max_size=12)
RULES = st.builds(
    SequenceRules,
    repeats=st.sampled_from(["auto", "keep", "collapse", "unique"]),
    min_count=st.integers(1, 4),
    min_length=st.integers(1, 3),
    max_length=st.one_of(st.none(), st.integers(3, 9)),
)


def test_lists_come_back_as_they_went_in_again_and_again():
    lists = [["b", "a"], ["c"], ["a", "a", "b"]]
    sequences = Sequences.from_lists(lists)
    assert list(sequences) == lists
    assert list(sequences) == lists
    assert sequences.items.to_pylist() == ["a", "b", "c"]
    assert sequences.ids.to_pylist() == [0, 1, 2]


def test_missing_ids_and_empty_lists_are_counted():
    sequences = Sequences.from_lists([["a", None, "b"], [], [float("nan"), ""]])
    assert list(sequences) == [["a", "b"]]
    assert sequences.ledger.to_dict()["removed"] == [
        {"reason": "empty sequence", "rows": 0, "sequences": 1},
        {"reason": "item_id is missing (None, NaN or empty)", "rows": 3, "sequences": 1},
    ]


def test_a_bare_text_is_not_taken_for_a_list_of_characters():
    with pytest.raises(SourceError, match="sequence 1 is a str, 'bread'"):
        Sequences.from_lists([["bread"], "bread"])


def test_as_many_ids_as_lists_are_asked_for():
    with pytest.raises(SourceError, match="2 sequences but 1 ids"):
        Sequences.from_lists([["a"], ["b"]], ids=["x"])


def test_baskets_lose_repeats_unless_told_otherwise():
    lists = [["a", "b", "a", "a"]]
    assert list(Sequences.from_lists(lists, ordered=False).clean()) == [["a", "b"]]
    assert list(Sequences.from_lists(lists, ordered=False).clean(repeats="keep")) == lists
    assert list(Sequences.from_lists(lists).clean()) == lists
    assert list(Sequences.from_lists(lists).clean(repeats="collapse")) == [["a", "b", "a"]]


def test_collapse_holds_after_a_rare_item_between_two_equals_is_gone():
    lists = [["a", "b", "a", "c"], ["a", "c"]]
    cleaned = Sequences.from_lists(lists).clean(repeats="collapse", min_count=2)
    assert list(cleaned) == [["a", "c"], ["a", "c"]]


def test_a_run_that_collapses_late_can_make_its_item_rare_and_its_sequence_short():
    lists = [["a", "b", "a"], ["c", "d"], ["c", "d"]]
    cleaned = Sequences.from_lists(lists).clean(repeats="collapse", min_count=2, min_length=2)
    assert list(cleaned) == [["c", "d"], ["c", "d"]]


def test_minimum_count_and_length_both_hold_in_the_end():
    # c falls below two events only after [c, d] has gone for being too short, d being rare
    cleaned = Sequences.from_lists([["a", "b", "c"], ["a", "b"], ["c", "d"]]).clean(
        min_count=2, min_length=2
    )
    assert list(cleaned) == [["a", "b"], ["a", "b"]]


def test_a_sequence_above_the_maximum_length_leaves_whole():
    cleaned = Sequences.from_lists([["a"] * 5, ["a", "b"]]).clean(max_length=4)
    assert list(cleaned) == [["a", "b"]]
    assert cleaned.ledger.removals[0].rows == 5


@pytest.mark.parametrize("item", [2.0**60, True, ("a",)])
def test_an_id_that_no_adapter_may_yield_is_refused_in_a_list_too(item):
    with pytest.raises(SourceError, match="row 2: item_id is "):
        Sequences.from_lists([["a"], [item]])


def test_when_nothing_is_left_the_error_is_the_table_of_reasons():
    with pytest.raises(NothingLeftError) as caught:
        Sequences.from_lists([["a"], ["b"]]).clean(min_count=2)
    assert "-2 item with fewer than 2 events, 2 sequences" in str(caught.value)
    assert "0 rows out, 0 sequences" in str(caught.value)


def test_a_gap_without_times_says_what_to_name():
    with pytest.raises(SourceError, match="gap = '30m' needs a time"):
        Sequences.from_lists([["a", "b"]]).clean(gap="30m")


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"gap": "30"}, "gap is '30'"),
        ({"gap": "0s"}, "above zero"),
        ({"min_dwell": "2"}, "min_dwell is '2'"),
        ({"ends": "buy"}, r'it must be a list: \["buy"\]'),
        ({"min_count": 0}, "min_count is 0"),
        ({"min_length": 5, "max_length": 4}, "max_length is 4"),
        ({"repeats": "none"}, "repeats is 'none'"),
    ],
)
def test_rules_out_of_bounds_are_named_with_their_value(rule, says):
    with pytest.raises(ConfigError, match=says):
        SequenceRules(**rule)


def test_rules_are_given_whole_or_in_parts_not_both():
    with pytest.raises(ConfigError, match="not both"):
        Sequences.from_lists([["a"]]).clean(SequenceRules(), min_count=2)


@given(LISTS, RULES, st.booleans())
def test_in_is_out_plus_removed_and_the_rules_hold(lists, rules, ordered):
    sequences = Sequences.from_lists(lists, ordered=ordered)
    try:
        cleaned = sequences.clean(rules)
    except NothingLeftError:
        return
    ledger = cleaned.ledger
    assert ledger.rows_in == sum(len(one) for one in lists)
    assert ledger.rows_out == sum(len(one) for one in cleaned)
    assert ledger.rows_in == ledger.rows_out + sum(r.rows for r in ledger.removals)
    assert ledger.sequences_in == ledger.sequences_out + sum(r.sequences for r in ledger.removals)
    counts = cleaned.counts()
    assert counts[counts > 0].min() >= rules.min_count
    assert cleaned.lengths.min() >= rules.min_length
    assert rules.max_length is None or cleaned.lengths.max() <= rules.max_length


@given(LISTS, RULES, st.booleans())
def test_cleaning_what_is_clean_changes_nothing(lists, rules, ordered):
    try:
        cleaned = Sequences.from_lists(lists, ordered=ordered).clean(rules)
    except NothingLeftError:
        return
    again = cleaned.clean(rules)
    assert list(again) == list(cleaned)
    assert again.ledger == cleaned.ledger


MINUTE = 60_000_000


def kinded(lists, kinds):
    """Sequences whose events are of these kinds, a letter each, and weigh 0, 1, 2 ..."""
    letters = "".join(kinds)
    names = tuple(sorted(set(letters)))
    sequences = Sequences.from_lists(lists)
    return replace(
        sequences,
        weights=np.arange(len(letters), dtype=np.float32),
        kinds=np.array([names.index(letter) for letter in letters], np.int16),
        kind_names=names,
    )


def test_weights_and_kinds_go_with_their_events_through_every_step():
    sequences = kinded([[*"abc"], [*"ad"], [*"abcd"]], ["vvb", "vb", "vvvb"])
    cleaned = sequences.clean(min_length=3, ends=["b"])
    assert list(cleaned) == [[*"abc"], [*"abcd"]]
    assert cleaned.weights.tolist() == [0, 1, 2, 5, 6, 7, 8]
    assert cleaned.ended_by.to_pylist() == ["b", "b"]
    split = leave_last_out(cleaned)
    assert split.train.weights.tolist() == [0, 1, 5, 6, 7]
    # what ended the sequence is held out, so that training must not know of it
    assert split.train.ended_by.to_pylist() == [None, None]


def test_a_sequence_is_cut_after_each_event_that_ends_one():
    cut = kinded([[*"abcde"], [*"xy"]], ["bvvbv", "vb"]).clean(ends=["b"])
    assert list(cut) == [["a"], [*"bcd"], ["e"], [*"xy"]]
    assert cut.ids.to_pylist() == [0, 0, 0, 1]
    assert cut.ended_by.to_pylist() == ["b", "b", None, "b"]
    assert cut.clean(ends=["b"]).ledger == cut.ledger


def test_ends_that_are_asked_for_later_end_sequences_too():
    cut = kinded([[*"abc"]], ["bvs"]).clean(ends=["b"]).clean(ends=["s"])
    assert list(cut) == [["a"], [*"bc"]]
    assert cut.ended_by.to_pylist() == ["b", "s"]


KINDED = st.lists(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from("vvb")), min_size=1, max_size=9),
    min_size=1,
    max_size=6,
)


@given(KINDED, st.sampled_from(["unique", "collapse"]))
def test_repeats_beside_ends_agree_with_loops(lists, repeats):
    expected = []
    for one in lists:
        parts, part = [], []
        for item, kind in one:
            part.append((item, kind))
            if kind == "b":
                parts, part = [*parts, part], []
        for events in [*parts, part] if part else parts:
            # what ended it is looked at first, and so is the one of its repeats that is kept
            is_ended = events[-1][1] == "b"
            kept = []
            for event in reversed(events) if is_ended and repeats == "collapse" else events:
                seen = kept[-1:] if repeats == "collapse" else kept
                if event[0] not in [item for item, _ in seen]:
                    kept.append(event)
            if is_ended and repeats == "unique":
                kept = [event for event in kept if event[0] != events[-1][0]] + [events[-1]]
            items = [item for item, _ in kept]
            expected.append(items[::-1] if is_ended and repeats == "collapse" else items)
    items = [[item for item, _ in one] for one in lists]
    kinds = ["".join(kind for _, kind in one) for one in lists]
    cleaned = kinded(items, kinds).clean(ends=["b"], repeats=repeats)
    assert list(cleaned) == expected
    assert cleaned.ended_by.null_count == sum(kind[-1] != "b" for kind in kinds)


def test_ends_without_kinds_say_what_to_name():
    with pytest.raises(SourceError, match=r"ends = \['b'\] needs the kind .*kind = \.\.\."):
        Sequences.from_lists([["a", "b"]]).clean(ends=["b"])


def test_an_event_lasts_until_the_next_one_that_was_read():
    # at seconds 0, 6, 60, 63 and 66: they last 6, 54, 3 and 3 seconds, and the last one unknown
    sequences = clocked([[*"abcde"]], [[0, 0.1, 1, 1.05, 1.1]])
    cleaned = sequences.clean(min_dwell="10s")
    assert list(cleaned) == [[*"be"]]
    assert cleaned.clean(min_dwell="10s").ledger == cleaned.ledger


def test_a_pause_that_cuts_is_no_dwell_time():
    cleaned = clocked([[*"abc"]], [[0, 1, 90]]).clean(gap="30m", min_dwell="2m")
    assert list(cleaned) == [["b"], ["c"]]


def clocked(lists, minutes):
    """Sequences whose events happen at these minutes."""
    times = (np.concatenate(minutes) * MINUTE).astype(np.int64)
    return replace(Sequences.from_lists(lists), times=times, has_clock=True)


def test_a_pause_that_removed_events_leave_behind_is_cut_only_if_asked_for():
    rules = SequenceRules(gap="30m", min_count=2)
    # 20 minutes apart; without b, a and c are 40 apart
    cleaned = clocked([["a", "b", "c"], ["a", "c"]], [[0, 20, 40], [0, 20]]).clean(rules)
    assert list(cleaned) == [["a", "c"], ["a", "c"]]
    assert cleaned.clean(replace(rules, gap=None)).ledger.sequences_cut == 0
    assert cleaned.clean(rules).ledger.sequences_cut == 1


def test_counts_and_lengths_alone_can_be_applied_to_the_training_part():
    rules = SequenceRules(gap="30m", repeats="collapse", min_count=2, min_length=2)
    lists = [["a", "b", "a", "c"], ["a", "b", "c"], ["a", "c", "b"]]
    sequences = clocked(lists, [[0, 20, 40, 60]] + [[0, 20, 40]] * 2)
    train = leave_last_out(sequences.clean(replace(rules, min_count=1))).train
    assert list(train) == [["a", "b", "a"], ["a", "b"], ["a", "c"]]
    counted = train.clean(replace(rules, gap=None, repeats="keep"))
    assert list(counted) == [["a", "b", "a"], ["a", "b"]]  # c is rare, and leaves [a] too short
    assert counted.ledger.sequences_cut == 0


@pytest.mark.parametrize("name", ["codes", "offsets", "times"])
def test_arrays_are_frozen_without_a_copy_and_the_given_ones_stay_writable(name):
    codes, offsets, times = np.zeros(2, np.int32), np.array([0, 2]), np.zeros(2, np.int64)
    given = {"codes": codes, "offsets": offsets, "times": times}
    sequences = replace(Sequences.from_lists([["a", "a"]]), **given)
    held = getattr(sequences, name)
    assert np.shares_memory(held, given[name])
    with pytest.raises(ValueError, match="read-only"):
        held[0] = 1
    assert given[name].flags.writeable


@given(LISTS)
def test_unique_agrees_with_a_dictionary(lists):
    expected = [list(dict.fromkeys(one)) for one in lists if one]
    if expected:
        assert list(Sequences.from_lists(lists).clean(repeats="unique")) == expected


@given(LISTS)
def test_collapse_agrees_with_a_loop(lists):
    expected = [
        [item for at, item in enumerate(one) if at == 0 or item != one[at - 1]]
        for one in lists
        if one
    ]
    if expected:
        assert list(Sequences.from_lists(lists).clean(repeats="collapse")) == expected


def test_arrays_that_contradict_each_other_are_refused():
    good = Sequences.from_lists([["a", "b"]])
    with pytest.raises(ValueError, match="codes must be positions"):
        replace(good, codes=np.array([0, 2], np.int32))
    with pytest.raises(ValueError, match="offsets"):
        replace(good, offsets=np.array([0, 1], np.int64))
    with pytest.raises(ValueError, match="1 weights for 2 events"):
        replace(good, weights=np.ones(1, np.float32))
    with pytest.raises(ValueError, match="kinds must be positions in kind_names"):
        replace(good, kinds=np.array([0, 1], np.int16), kind_names=("view",))
