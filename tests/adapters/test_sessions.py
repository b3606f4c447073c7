"""Clicks become sessions, given or cut at pauses, and every row that is left out is counted."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import x2vec
from x2vec.adapters import open_events
from x2vec.adapters.sessions import SessionsAdapter, SessionsOptions
from x2vec.errors import SourceError
from x2vec.testing import check_adapter

MINUTE = 60
START = 1_700_000_000
COLUMNS = {"item": "sku", "time": "at"}


def clicks(*rows):
    """Write a table of (user, item, minute, kind) rows."""
    users, items, minutes, kinds = zip(*rows, strict=True)
    at = [START + int(minute * MINUTE) for minute in minutes]
    return pa.table({"who": users, "sku": items, "at": at, "did": kinds})


def read(table, **options):
    if "session" not in options:
        options["user"] = "who"
    return x2vec.read("sessions", table, **COLUMNS, **options)


def removed(sequences):
    return {removal.reason: removal.rows for removal in sequences.ledger.removals}


VISITS = clicks(
    ("ann", "a", 0, "view"),
    ("bob", "x", 1, "view"),
    ("ann", "b", 30, "view"),  # 30 minutes later: still one session
    ("ann", "c", 60.5, "view"),  # 30 minutes and a half: another
    ("bob", "y", 2, "view"),
)


def test_clicks_of_a_user_are_cut_at_half_an_hour_unless_told():
    assert list(read(VISITS)) == [["a", "b"], ["c"], ["x", "y"]]
    assert read(VISITS).ids.to_pylist() == ["ann", "ann", "bob"]
    assert list(read(VISITS, gap="1h")) == [["a", "b", "c"], ["x", "y"]]
    assert list(read(VISITS, gap="20m")) == [["a"], ["b"], ["c"], ["x", "y"]]


def test_given_sessions_are_cut_only_at_a_gap_that_is_asked_for():
    assert list(read(VISITS, session="who")) == [["a", "b", "c"], ["x", "y"]]
    assert list(read(VISITS, session="who", gap="30m")) == [["a", "b"], ["c"], ["x", "y"]]


def test_the_ledger_says_what_was_cut_by_which_rule():
    table = clicks(("a", 1, 0, "view"), ("a", 2, 1, "buy"), ("a", 3, 2, "view"), ("a", 4, 99, "x"))
    lines = str(read(table, kind="did", ends=["buy"]).ledger).splitlines()
    assert lines[1:3] == [
        "             1 more sequences by cutting at gaps longer than 30m",
        "             1 more sequences by cutting at events of kind 'buy'",
    ]


def test_rows_out_of_order_make_the_sessions_that_rows_in_order_make():
    shuffled = VISITS.take([4, 3, 0, 2, 1])
    assert list(read(shuffled)) == list(read(VISITS))


def test_clicks_at_one_time_stay_in_the_order_of_their_rows():
    table = clicks(*[("ann", item, 0, "view") for item in "dacb"])
    assert list(read(table)) == [["d", "a", "c", "b"]]


def test_short_looks_are_removed_and_the_last_one_stays():
    # b lasts 6 seconds until c; c is the last before the pause, so nobody knows how long it lasts
    table = clicks(
        ("u", "a", 0, "v"), ("u", "b", 1, "v"), ("u", "c", 1.1, "v"), ("u", "d", 90, "v")
    )
    sequences = read(table, min_dwell="10s")
    assert list(sequences) == [["a", "c"], ["d"]]
    assert removed(sequences) == {"event that lasts shorter than 10s": 1}


def test_repeats_go_as_asked():
    table = clicks(*[("u", item, at, "v") for at, item in enumerate("aabab")])
    assert list(read(table)) == [[*"aabab"]]
    assert list(read(table, repeats="collapse")) == [[*"abab"]]
    assert list(read(table, repeats="unique")) == [[*"ab"]]


SHOP = clicks(
    ("u", "a", 0, "view"),
    ("u", "b", 1, "cart"),
    ("u", "a", 2, "purchase"),
    ("u", "c", 3, "view"),
    ("u", "d", 4, None),
)


def test_kinds_that_are_not_kept_are_counted_and_errors_still_name_their_row():
    sequences = read(SHOP, kind="did", kinds=["view", "purchase"])
    assert list(sequences) == [["a", "a", "c"]]
    assert removed(sequences) == {"kind is missing": 1, "kind is not among those kept": 1}
    assert sequences.ledger.rows_in == 5
    years = clicks(("u", "a", 0, "cart"), ("u", "b", 0, "view"), ("u", "c", 0, "view"))
    late = years.set_column(2, "at", pa.array([START, START, 10 * START]))
    with pytest.raises(SourceError, match=r"row 3: time"):  # and not 2, its row among those kept
        read(late, kind="did", kinds=["view"], time_unit="s")


def test_kinds_have_weights_and_one_where_none_is_given():
    sequences = read(SHOP, kind="did", weights={"purchase": 5.0, "view": 0.5})
    assert sequences.weights.tolist() == [0.5, 1, 5, 0.5, 1]
    told = [note for note in sequences.notes if "weight" in note]
    assert told == [
        "kinds without a weight of their own have weight 1: 'cart' (1 rows), none (1 rows)",
        "weights are kept beside the events; training does not use them yet",
    ]


def test_a_kind_that_does_not_occur_is_told():
    sequences = read(SHOP, kind="did", weights={"purchased": 5.0, "view": 1}, ends=["bought"])
    assert (
        "no row is of kind 'purchased'; there are 'view' (2 rows), 'cart' (1 rows), "
        "'purchase' (1 rows), none (1 rows)"
    ) in sequences.notes
    assert "ends: no event is of kind 'bought'; nothing is cut there" in sequences.notes


def test_a_purchase_ends_its_session_and_marks_it():
    sequences = read(SHOP, kind="did", ends=["purchase"])
    assert list(sequences) == [["a", "b", "a"], ["c", "d"]]
    assert sequences.ended_by.to_pylist() == ["purchase", None]


@pytest.mark.parametrize("repeats", ["collapse", "unique"])
def test_of_repeats_of_what_was_bought_the_purchase_stays(repeats):
    table = clicks(
        ("u", "b", 0, "view"),
        ("u", "a", 1, "view"),
        ("u", "a", 2, "purchase"),
        ("u", "a", 3, "view"),
    )
    sequences = read(table, kind="did", ends=["purchase"], repeats=repeats)
    assert list(sequences) == [["b", "a"], ["a"]]
    assert [sequences.kind_names[kind] for kind in sequences.kinds] == ["view", "purchase", "view"]
    assert sequences.ended_by.to_pylist() == ["purchase", None]


def test_empty_kinds_of_a_csv_and_numbers_in_json_are_kinds_as_they_are_read(tmp_path):
    (tmp_path / "a.csv").write_text(f"who,sku,at,did\n1,a,{START},\n1,b,{START},view\n")
    sequences = read(str(tmp_path / "a.csv"), kind="did")
    assert sequences.kind_names == ("view", None)
    rows = [{"who": "1", "sku": "a", "at": START, "did": did} for did in (3, "view")]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert read(str(tmp_path / "a.jsonl"), kind="did").kind_names == ("3", "view")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "found neither"),
        ({"user": "who", "session": "s"}, "found both"),
        ({"user": "who", "gap": "30"}, "gap is '30'"),
        ({"user": "who", "min_dwell": "2"}, "min_dwell is '2'"),
        ({"user": "who", "time_unit": "position"}, "sessions need times"),
        ({"user": "who", "ends": ["buy"]}, "ends needs the kind"),
        ({"user": "who", "kind": "did", "ends": "buy"}, r'it must be a list: \["buy"\]'),
        ({"user": "who", "kind": "sku"}, "kind is 'sku'"),
        ({"user": "who", "kind": "did", "weights": {"buy": -1.0}}, "'buy' has -1.0"),
        ({"user": "who", "kind": "did", "kinds": ["view"], "ends": ["buy"]}, "Add it to kinds"),
        ({"user": "who", "repeats": "once"}, "repeats is 'once'"),
        ({"user": "sku"}, "must be different columns"),
    ],
)
def test_options_that_do_not_fit_say_what_to_write(options, says):
    with pytest.raises(x2vec.errors.X2VecError, match=says):
        SessionsOptions(VISITS, **COLUMNS, **options)


def test_a_missing_column_is_named_by_the_option_that_names_it():
    table = VISITS.rename_columns(["visitor_id", "sku", "at", "did"])
    with pytest.raises(SourceError, match=r"no column 'who'.*Set user = \"visitor_id\""):
        read(table)


@pytest.mark.parametrize("column", ["who", "sku", "at"])
def test_rows_that_lack_something_are_set_aside_and_counted(column):
    position = VISITS.column_names.index(column)
    values = [None, *VISITS[column].to_pylist()[1:]]
    table = VISITS.set_column(position, column, pa.array(values))
    sequences = read(table, max_missing_share=0.5)
    (reason,) = removed(sequences)
    assert reason.endswith("is null")
    assert sequences.n_events == 4
    with pytest.raises(SourceError, match="1 of 5 rows"):
        read(table)


def test_a_truncated_file_stops_the_reading_with_its_name(tmp_path):
    pq.write_table(VISITS, tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "b.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match=r"b\.parquet: a damaged or truncated"):
        read(str(tmp_path / "*.parquet"))


@pytest.mark.parametrize("options", [{}, {"kind": "did", "weights": {"view": 2.0}}])
def test_it_keeps_the_protocol_of_adapters(options):
    options = SessionsOptions(SHOP, **COLUMNS, user="who", **options)
    n_rows = SHOP.num_rows
    check_adapter(SessionsAdapter, options, expected_rows=n_rows)


def test_rows_read_are_events_and_what_is_counted():
    events = open_events(
        "sessions",
        {"path": SHOP, **COLUMNS, "user": "who", "kind": "did", "kinds": ["view"]},
    )
    n_events = sum(batch.num_rows for batch in events)
    assert events.rows_read == 5
    assert n_events + sum(events.left_out.values()) + sum(events.set_aside.values()) == 5


JOB = """
[source]
adapter = "sessions"
path = "clicks.parquet"
item = "sku"
time = "at"
user = "who"
kind = "did"
weights = {{ view = 1, buy = 5.0 }}
{source}
[sequences]
{sequences}
[model]
vector_size = 8
[evaluate]
split = "time"
holdout = 0.3
k = [5]
[publish]
store = "store"
"""


def write_job(folder, source='ends = ["buy"]', sequences=""):
    rows = [
        (f"u{n % 20}", f"i{(n * 7 + n // 20) % 9}", 40 * (n // 60) + n % 60 / 9, "view")
        for n in range(600)
    ]
    rows = [(*row[:3], "buy" if n % 5 == 0 else "view") for n, row in enumerate(rows)]
    pq.write_table(clicks(*rows), folder / "clicks.parquet")
    job = folder / "job.toml"
    job.write_text(JOB.format(source=source, sequences=sequences))
    return job


def test_a_job_reads_options_of_every_kind_and_splits_what_was_cut_by_time(tmp_path):
    report = x2vec.run(write_job(tmp_path))
    assert report.read.rows_out == 600
    cuts = {cut.at: cut.sequences for cut in report.read.cuts}
    assert set(cuts) == {"gaps longer than 30m", "events of kind 'buy'"}
    # of 600 events in the order of their times, number 420 is the first of those held out: 280
    # minutes after the start, which was at 22:13:20
    assert report.split.description.startswith("train before 2023-11-15 02:53:20 UTC")
    assert Path(report.version).exists()


@pytest.mark.parametrize("verb", [x2vec.check, x2vec.run])
@pytest.mark.parametrize(
    ("source", "sequences", "says"),
    [
        ("", 'gap = "1h"', r"gap = '1h' does nothing, as \[source\] cuts at gaps longer than 30m"),
        ('gap = "2h"', 'gap = "2h"', "does nothing"),
        ('gap = "x"', "", r"job\.toml:\d+: .*gap"),
        ("", "ends = 'buy'", r"job\.toml:\d+: .*ends"),
    ],
)
def test_check_and_run_refuse_rules_that_would_do_nothing(tmp_path, verb, source, sequences, says):
    with pytest.raises(x2vec.errors.ConfigError, match=says):
        verb(write_job(tmp_path, source, sequences))


def test_a_shorter_gap_of_the_job_cuts_further(tmp_path):
    job = write_job(tmp_path, source='gap = "1h"', sequences='gap = "20m"\nends = ["buy"]')
    cuts = [cut.at for cut in x2vec.run(job).read.cuts]
    assert cuts[-2:] == ["gaps longer than 20m", "events of kind 'buy'"]


@pytest.mark.parametrize("verb", [x2vec.check, x2vec.run])
def test_ends_without_kinds_stop_before_all_is_read(tmp_path, verb):
    job = write_job(tmp_path)
    text = job.read_text().replace('ends = ["buy"]\n', "").replace('kind = "did"\n', "")
    text = text.replace("weights = { view = 1, buy = 5.0 }\n", "")
    job.write_text(text.replace("[sequences]", '[sequences]\nends = ["buy"]'))
    with pytest.raises(x2vec.errors.ConfigError, match=r"ends = \['buy'\] needs a kind"):
        verb(job)
