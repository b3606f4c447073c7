"""Input, sound and bad, claimed once for every adapter to which it applies: what a user gets.

Each adapter writes the same sequences in its own form (``WRITERS``); ``EXEMPT`` says which claims
do not apply to which adapter, and why.
"""

import gzip
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import entry_points
from itertools import pairwise

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import x2vec
from x2vec.errors import NothingLeftError, SourceError, X2VecError

START = 1_500_000_000


def rows_of(lists):
    """Flatten to columns: the list's number, the item, and a time that rises by a second."""
    flat = [(f"s{n}", item) for n, items in enumerate(lists) for item in items]
    return {
        "s": [s for s, _ in flat],
        "i": [i for _, i in flat],
        "t": [START + at for at in range(len(flat))],
    }


def as_table(**options):
    def write(folder, lists, name="data"):
        pq.write_table(pa.table(rows_of(lists)), folder / f"{name}.parquet")
        return {"path": str(folder / "*.parquet"), **options}

    return write


def as_lists(folder, lists, name="data"):
    table = pa.table({"s": [f"{name}{n}" for n in range(len(lists))], "i": pa.array(lists)})
    pq.write_table(table, folder / f"{name}.parquet")
    return {"path": str(folder / "*.parquet"), "item": "i", "sequence": "s"}


def as_text(folder, lists, name="data"):
    lines = "".join(" ".join(items) + "\n" for items in lists)
    (folder / f"{name}.txt.gz").write_bytes(gzip.compress(lines.encode()))
    return {"path": str(folder / "*.txt.gz"), "tokens": "whitespace", "lowercase": False}


def as_edges(folder, lists, name="data"):
    pairs = [pair for items in lists for pair in pairwise(items)]
    table = pa.table({"source": [a for a, _ in pairs], "target": [b for _, b in pairs]})
    pq.write_table(table, folder / f"{name}.parquet")
    return {"path": str(folder / "*.parquet"), "walks_per_node": 1, "walk_length": 4}


def as_database(folder, lists, name="data"):
    columns = rows_of(lists)
    with closing(sqlite3.connect(folder / f"{name}.db")) as database:
        database.execute("CREATE TABLE events (s, i, t)")
        rows = zip(columns["s"], columns["i"], columns["t"], strict=True)
        database.executemany("INSERT INTO events VALUES (?, ?, ?)", rows)
        database.commit()
    query = "SELECT s, i, t FROM events"
    return {"path": str(folder / f"{name}.db"), "query": query, "sequence": "s", "item": "i"}


TIMED = {
    "baskets": as_table(sequence="s", item="i", time="t"),
    "events": as_table(sequence="s", item="i", time="t"),
    "ratings": as_table(user="s", item="i", time="t", rating=""),
    "sessions": as_table(session="s", item="i", time="t"),
}
WRITERS = {
    **TIMED,
    "playlists": as_lists,
    "sql": as_database,
    "text": as_text,
    "walks": as_edges,
}
EXEMPT = {
    "two files": {"sql": "a database is one file"},
    "remote": {"sql": "an address is that of a database, which is opened where it lies"},
    "missing ids": {
        "text": "a word is never null",
        "walks": "an edge lacks a node by its own rule, tested with the adapter",
    },
    "any text": {"text": "a word ends where the pattern says"},
    "events as written": {"walks": "its sequences are drawn, not read"},
}


def applies(claim="", among=WRITERS):
    return pytest.mark.parametrize("adapter", sorted(among.keys() - EXEMPT.get(claim, {}).keys()))


def read(adapter, options, **more):
    sequences = x2vec.read(adapter, options.pop("path"), **options, **more)
    removed = sum(removal.rows for removal in sequences.ledger.removals)
    assert sequences.ledger.rows_in == sequences.ledger.rows_out + removed
    return sequences


def damaged(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_every_built_in_adapter_is_here():
    points = entry_points(group="x2vec.adapters")
    assert {p.name for p in points if p.value.startswith("x2vec.")} == WRITERS.keys()


@applies()
def test_sound_input_is_read(adapter, tmp_path):
    sequences = read(adapter, WRITERS[adapter](tmp_path, [["a", "b", "c"], ["b", "c"]]))
    assert sorted(sequences.items.to_pylist()) == ["a", "b", "c"]


@applies("remote")
def test_a_remote_file_is_read_as_a_local_one(adapter, tmp_path):
    """A file in fsspec's memory, which is as far away as any other to what reads it."""
    options = WRITERS[adapter](tmp_path, [["a", "b", "c"], ["b", "c"]])
    here = read(adapter, dict(options))
    (file,) = tmp_path.iterdir()
    with fsspec.open(f"memory://{adapter}/{file.name}", "wb") as there:
        there.write(file.read_bytes())
    file.unlink()
    there = read(adapter, {**options, "path": f"memory://{adapter}/{file.name}"})
    assert sorted(there) == sorted(here)


@applies("two files")
def test_a_truncated_file_is_named_and_the_sound_one_is_not_silently_used(adapter, tmp_path):
    lists = [["a", "b", "c"]] * 200
    WRITERS[adapter](tmp_path, lists, "1")
    options = WRITERS[adapter](tmp_path, lists, "2")
    (second,) = tmp_path.glob("2.*")
    damaged(second)
    with pytest.raises(SourceError, match=rf"adapter '{adapter}'.*{second.name}"):
        read(adapter, options)


@applies()
def test_a_foreign_file_is_named(adapter, tmp_path):
    options = WRITERS[adapter](tmp_path, [["a", "b"]])
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"GIF89a" + bytes(range(256)) * 10)
    with pytest.raises(SourceError, match=file.name):
        read(adapter, options)


@applies()
def test_a_missing_file_is_named(adapter, tmp_path):
    options = WRITERS[adapter](tmp_path, [["a", "b"]])
    for file in tmp_path.iterdir():
        file.unlink()
    with pytest.raises(SourceError, match=str(tmp_path)):
        read(adapter, options)


@applies("missing ids")
def test_rows_without_an_item_are_counted_and_many_of_them_are_an_error(adapter, tmp_path):
    lists = [["a", None, "b", ""], ["b", "a"]]
    with pytest.raises(SourceError, match=r"2 of 6 rows .*item_id is null: 1.*max_missing_share"):
        read(adapter, WRITERS[adapter](tmp_path, lists))
    options = WRITERS[adapter](tmp_path, lists) if adapter != "sql" else options_of_sql(tmp_path)
    ledger = read(adapter, options, max_missing_share=0.5).ledger
    assert (ledger.rows_in, ledger.rows_out) == (6, 4)
    assert {r.reason: r.rows for r in ledger.removals} == {
        "item_id is null": 1,
        "item_id is empty": 1,
    }


def options_of_sql(folder):
    """Return the options for the database that is there already."""
    query = "SELECT s, i, t FROM events"
    return {"path": str(folder / "data.db"), "query": query, "sequence": "s", "item": "i"}


@applies("any text")
def test_any_unicode_text_is_an_id_and_stays_exactly_that(adapter, tmp_path):
    ids = [
        "caf\u00e9",
        "cafe\u0301",
        "\u0634\u0627\u064a",
        "\U0001f375",
        "a\tb",
        "a\nb",
        "x" * 2000,
    ]
    sequences = read(adapter, WRITERS[adapter](tmp_path, [ids]))
    assert set(sequences.items.to_pylist()) == set(ids)


@applies("any text")
def test_the_largest_whole_numbers_are_ids(adapter, tmp_path):
    ids = [2**63 - 1, 2**63 - 2, 7]
    sequences = read(adapter, WRITERS[adapter](tmp_path, [ids]))
    assert sorted(sequences.items.to_pylist()) == [7, 2**63 - 2, 2**63 - 1]


@applies()
def test_where_filters_leave_nothing_the_message_says_what_each_removed(adapter, tmp_path):
    sequences = read(adapter, WRITERS[adapter](tmp_path, [["a", "b"], ["b", "a"]]))
    with pytest.raises(NothingLeftError, match=rf"-{sequences.n_events} item with fewer than 99"):
        sequences.clean(min_count=99)


@applies("events as written")
def test_one_item_alone_is_nothing_to_learn_from(adapter, tmp_path):
    sequences = read(adapter, WRITERS[adapter](tmp_path, [["a", "a"], ["a", "a"]]))
    with pytest.raises(NothingLeftError, match="Only one item, 'a'"):
        x2vec.train(sequences)


@applies("events as written")
def test_sequences_of_one_event_make_no_pairs_and_no_random_vectors(adapter, tmp_path):
    sequences = read(adapter, WRITERS[adapter](tmp_path, [["a"], ["b"], ["c"]]))
    with pytest.raises(NothingLeftError, match=r"No pairs .*every sequence holds one event"):
        x2vec.train(sequences)


@applies("events as written")
def test_a_giant_sequence_is_read_whole(adapter, tmp_path):
    giant = [f"i{n % 50}" for n in range(1_000_000)]
    sequences = read(adapter, WRITERS[adapter](tmp_path, [giant]))
    assert (len(sequences), sequences.n_events) == (1, 1_000_000)
    assert sequences.codes[:3].tolist() == [
        sequences.items.to_pylist().index(item) for item in giant[:3]
    ]


@applies("events as written")
def test_duplicates_are_kept_and_counted_where_they_are_dropped(adapter, tmp_path):
    sequences = read(adapter, WRITERS[adapter](tmp_path, [["a", "b", "a", "b"], ["c", "b"]]))
    assert sequences.n_events == 6
    dropped = sequences.clean(repeats="unique")
    assert list(dropped) == [["a", "b"], ["c", "b"]]
    assert [(r.reason, r.rows) for r in dropped.ledger.removals] == [
        ("repeat of an item in its sequence", 2)
    ]


def rewritten(folder, **columns):
    """Write other columns in the place of some."""
    (file,) = folder.iterdir()
    table = pq.read_table(file)
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, values)
    pq.write_table(table, file)


@applies(among=TIMED)
def test_events_out_of_order_are_put_in_order_and_equal_times_keep_theirs(adapter, tmp_path):
    options = TIMED[adapter](tmp_path, [["c", "a", "d", "b"]])
    rewritten(tmp_path, t=pa.array([START + 2, START, START + 2, START + 1]))
    assert list(read(adapter, options)) == [["a", "b", "c", "d"]]


@applies(among=TIMED)
def test_the_unit_of_whole_number_times_is_told(adapter, tmp_path):
    options = TIMED[adapter](tmp_path, [["a", "b"]])
    rewritten(tmp_path, t=pa.array([START * 1000, START * 1000 + 1]))
    sequences = read(adapter, options)
    assert any("milliseconds" in note for note in sequences.notes)
    assert sequences.times[0] == START * 1_000_000


@applies(among=TIMED)
def test_times_with_and_without_a_zone_do_not_mix(adapter, tmp_path):
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    for name, zone in (("1", "UTC"), ("2", None)):
        options = TIMED[adapter](tmp_path, [["a", "b"]], name)
        table = pq.read_table(tmp_path / f"{name}.parquet")
        naive = moment if zone else moment.replace(tzinfo=None)
        times = pa.array([naive] * 2, pa.timestamp("us", zone))
        pq.write_table(table.set_column(2, "t", times), tmp_path / f"{name}.parquet")
    with pytest.raises(SourceError, match=r"2\.parquet.*time zone"):
        read(adapter, options)


@applies(among=TIMED)
def test_numbers_and_text_as_ids_are_brought_to_text_and_told(adapter, tmp_path):
    TIMED[adapter](tmp_path, [[1, 2]], "1")
    sequences = read(adapter, TIMED[adapter](tmp_path, [["1", "x"]], "2"))
    assert sequences.items.to_pylist() == ["1", "2", "x"]
    assert any("item_id" in note and "text" in note for note in sequences.notes)


@applies("two files")
def test_a_source_that_fails_midway_publishes_nothing(adapter, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    options = WRITERS[adapter](data, [[f"i{n}-{at}" for at in range(40)] for n in range(4000)])
    (file,) = data.iterdir()
    whole = bytearray(file.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 400] = bytes(400)
    file.write_bytes(whole)
    written = "\n".join(
        f"{name} = {str(value).lower() if isinstance(value, bool) else repr(value)}"
        for name, value in options.items()
    )
    job = tmp_path / "job.toml"
    job.write_text(
        f"[source]\nadapter = '{adapter}'\n{written}\n[publish]\nstore = 'store'\n"
        "[model]\nvector_size = 4\nepochs = 1\n"
    )
    with pytest.raises(X2VecError, match=f"adapter '{adapter}'") as caught:
        x2vec.run(job)
    assert caught.value.exit_code == 3
    assert not (tmp_path / "store" / "LATEST").exists()
