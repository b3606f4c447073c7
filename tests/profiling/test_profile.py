"""Each finding and each choice in a world whose answer is known; none where nothing is wrong."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from profile_worlds import NOW, profiled, sessions, table_of

import x2vec
from x2vec.corpus import SequenceRules, Sequences
from x2vec.errors import NothingLeftError, UsageError
from x2vec.profiling import profile_sequences


def names(profile):
    return [one.name for one in profile.findings]


def finding(profile, name):
    return next(one for one in profile.findings if one.name == name)


def chosen(profile, key):
    return next(one.value for one in profile.choices if one.key == key)


@pytest.mark.parametrize("ordered", [True, False])
def test_nothing_is_suspicious_about_sound_data(ordered):
    assert names(profiled(sessions(), ordered=ordered)) == []


def test_the_figures_are_those_of_a_world_counted_by_hand():
    seen = profile_sequences(Sequences.from_lists([["a", "a", "b"], ["a", "b", "a"], ["c"]]))
    assert (seen.n_events, seen.n_sequences, seen.n_items) == (7, 3, 3)
    assert (seen.lengths.median, seen.lengths.longest, seen.lengths.of_one) == (3, 3, 1)
    assert seen.lengths.histogram.counts == (1, 0, 2)
    assert seen.lengths.of_one_share == pytest.approx(1 / 3)
    assert seen.repeats.before == pytest.approx(1 / 7)
    assert seen.repeats.earlier == pytest.approx(2 / 7)
    assert seen.popularity.counts == (4, 2, 1)
    assert (seen.popularity.once, seen.popularity.half) == (1, 1)
    assert seen.popularity.top_1_percent == pytest.approx(4 / 7)
    # all pairs of items differ by 3, 2 and 1: Gini = sum of differences / (n * total)
    assert seen.popularity.gini == pytest.approx((3 + 2 + 1) / (3 * 7))
    assert seen.times is None


def test_pauses_hours_and_days_are_counted():
    rows = table_of([("s", "a", 0), ("s", "b", 10), ("s", "c", 10), ("t", "a", 90_000)])
    times = profiled(rows).times
    assert times.same_time_share == 1 / 2
    assert (times.pauses.total, times.longest_pause) == (1, 10.0)
    assert times.median_pause == pytest.approx(10, rel=0.13)
    assert sum(times.by_hour) == times.by_time.total == 4


def test_one_giant_sequence_is_found_with_its_share():
    rows = sessions(n=200)
    guest = [("guest", f"i{n % 50}", 60 * n) for n in range(1_000)]
    seen = profiled([*rows, *guest])
    assert finding(seen, "giant_sequence").number == pytest.approx(1_000 / (1_000 + 1_000))
    assert "'guest'" in finding(seen, "giant_sequence").example
    assert chosen(seen, "max_length") == 100
    assert seen.chosen.sequences_out <= 200


def test_robots_are_found():
    robots = [(f"bot{b}", f"i{n % 50}", 7 * n) for b in range(3) for n in range(150)]
    seen = profiled([*sessions(n=2_000), *robots])
    assert "3 sequences have more than 100 events" in finding(seen, "long_sequences").text


def test_a_unique_sequence_column_is_found():
    rows = [(n, item, time) for n, (_, item, time) in enumerate(sessions())]
    seen = profiled(rows)
    assert finding(seen, "sequences_of_one").number == 1.0
    assert finding(seen, "nothing_left")


def test_item_and_sequence_mixed_up_are_found():
    rows = [(item, n, time) for n, (_, item, time) in enumerate(sessions())]
    assert finding(profiled(rows), "items_seen_once").number == 1.0


def test_an_item_in_every_sequence_is_found():
    rows = sessions()
    bags = [(sequence, "bag", time) for sequence, time in {s: t for s, _, t in rows}.items()]
    assert finding(profiled([*rows, *bags], ordered=False), "item_everywhere").example == (
        "item 'bag'"
    )


def test_ids_that_went_through_a_float_are_found():
    rows = [(s, f"{int(i[1:])}.0", t) for s, i, t in sessions()]
    assert finding(profiled(rows), "float_item_ids").number == 1.0
    mixed = [(s, f"{int(i[1:])}" + ".0" * (n % 2), t) for n, (s, i, t) in enumerate(sessions())]
    assert finding(profiled(mixed), "float_item_ids").level == "warning"
    few = [(s, "2.0" if n == 0 else f"v{i}", t) for n, (s, i, t) in enumerate(sessions())]
    assert names(profiled(few)) == []


def test_ids_that_differ_in_case_or_blanks_are_found():
    rows = [(s, i.upper() + " " if n % 10 == 0 else i, t) for n, (s, i, t) in enumerate(sessions())]
    found = finding(profiled(rows), "item_spellings")
    assert found.level == "warning"
    assert found.example == "'I0 ', 'i0'"


def test_rows_loaded_twice_are_found():
    rows = sessions()
    assert finding(profiled([*rows, *rows]), "duplicated_rows").number == pytest.approx(1 / 2)


def test_a_wrong_unit_of_time_is_found():
    rows = sessions()
    squeezed = [(s, i, t / 1e6) for s, i, t in rows]
    assert finding(profiled(squeezed), "all_at_once").level == "warning"
    assert finding(profiled([(s, i, t / 1e3) for s, i, t in rows]), "all_in_one_day")
    far = [(s, i, t + 40 * 365 * 86_400) for s, i, t in rows]
    assert "into the future" in finding(profiled(far), "future_times").text


def test_dates_for_times_are_found_and_the_order_is_given_up():
    rows = [(s, i, t // 86_400 * 86_400) for s, i, t in sessions()]
    seen = profiled(rows)
    assert {"dates_not_times", "same_times"} <= set(names(seen))
    assert chosen(seen, "window") == "whole"


def test_numbers_that_step_as_a_clock_are_found_and_positions_are_not():
    rows = sessions()
    table = pa.table(
        {
            "s": [s for s, _, _ in rows],
            "i": [i for _, i, _ in rows],
            "t": np.array([int(1000 * t) for _, _, t in rows]),
        }
    )
    read = x2vec.read("events", table, sequence="s", item="i", time="t", time_unit="position")
    assert finding(profile_sequences(read, now=NOW), "positions_like_a_clock")
    table = table.set_column(2, "t", pa.array(range(len(rows))))
    read = x2vec.read("events", table, sequence="s", item="i", time="t", time_unit="position")
    assert names(profile_sequences(read, now=NOW)) == []


def test_the_gap_is_the_valley_between_clicks_and_visits():
    rows = sessions(n=400, visits=3)
    seen = profiled(rows)
    # pauses are of about a minute or about a day: on a log scale the middle is 40 minutes
    assert chosen(seen, "gap") in ("20m", "30m", "45m", "1h", "2h")
    assert seen.chosen.sequences_cut == 2 * 400
    assert chosen(profiled(sessions()), "gap") is None
    assert chosen(profiled(rows, ordered=False), "gap") is None


def test_reloads_are_collapsed_and_baskets_unique():
    rows = [one for s, i, t in sessions() for one in ((s, i, t), (s, i, t + 1))]
    assert chosen(profiled(rows), "repeats") == "collapse"
    assert chosen(profiled(sessions()), "repeats") == "keep"
    assert chosen(profiled(sessions(), ordered=False), "repeats") == "unique"


def test_the_minimum_count_keeps_nearly_all_events():
    assert chosen(profiled(sessions()), "min_count") == 5
    tail = [(f"x{n}", f"rare{n + k}", 10 * n + k) for n in range(0, 2_000, 2) for k in (0, 1)]
    assert chosen(profiled([*sessions(n=100), *tail]), "min_count") == 1


def test_what_the_rules_drop_is_counted_by_reason():
    sequences = Sequences.from_lists([["a", "b"], ["a", None], ["c"]])
    seen = profile_sequences(sequences, SequenceRules(min_count=2))
    reasons = {one.reason: one.rows for one in seen.kept.removals}
    assert reasons["item_id is missing (None, NaN or empty)"] == 1
    assert reasons["item with fewer than 2 events"] == 2
    assert seen.kept.rows_in == 5


def test_too_many_missing_ids_are_found():
    sequences = Sequences.from_lists([["a", "b", None]] * 30)
    seen = profile_sequences(sequences, max_missing_share=0.01)
    assert finding(seen, "missing_values").number == pytest.approx(1 / 3)
    assert "30 of 90 rows (33.3 %)" in finding(seen, "missing_values").text


def test_no_events_and_no_sequences_are_errors():
    with pytest.raises(NothingLeftError, match="no events to profile"):
        x2vec.profile(Sequences.from_lists([]))
    with pytest.raises(UsageError, match=r"profile: got list; expected Sequences"):
        x2vec.profile([["a"]])
    with pytest.raises(UsageError, match="a job has rules of its own"):
        x2vec.profile("job.toml", SequenceRules())


def test_the_present_moment_is_asked_only_when_it_is_not_given():
    late = profiled(sessions(), now=datetime(2000, 1, 1, tzinfo=UTC))
    assert names(late) == ["future_times"]
