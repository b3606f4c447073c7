"""Events become sequences: ordered, coded, and none of them lost."""

import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.adapters import Events, open_events
from x2vec.corpus import Corpus, SequenceRules, Vocabulary, assemble
from x2vec.errors import SourceError, StorageError, UsageError
from x2vec.progress import silent

COLUMNS = {"sequence": "s", "item": "i"}


def assembled(table, adapter="events", **options):
    return assemble(open_events(adapter, {"path": table, **COLUMNS, **options}))


def test_events_out_of_order_come_in_the_order_of_their_times():
    table = pa.table({"s": ["y", "x", "y", "x"], "i": ["d", "b", "c", "a"], "t": [9, 4, 3, 2]})
    sequences = assembled(table, time="t", time_unit="position")
    assert sequences.ids.to_pylist() == ["x", "y"]
    assert list(sequences) == [["a", "b"], ["c", "d"]]
    assert sequences.times.tolist() == [2, 4, 3, 9]


def test_equal_times_keep_the_order_of_the_input():
    items = [f"{n:03}" for n in range(500, 0, -1)]
    table = pa.table({"s": [1] * 500, "i": items, "t": [7] * 500})
    assert list(assembled(table, time="t", time_unit="position")) == [items]


def test_without_times_rows_stay_as_they_stand():
    table = pa.table({"s": [2, 1, 2], "i": ["b", "x", "a"]})
    sequences = assembled(table)
    assert list(sequences) == [["x"], ["b", "a"]]
    assert sequences.times is None


def test_the_order_of_files_and_rows_decides_nothing_where_times_differ(tmp_path):
    table = pa.table({"s": [1, 2, 1, 2], "i": [5, 6, 7, 8], "t": [1, 2, 3, 4]})
    one = assembled(table, time="t", time_unit="position")
    other = assembled(table.take([3, 1, 0, 2]), time="t", time_unit="position")
    assert list(one) == list(other)
    vocabularies = [Vocabulary.of(sequences) for sequences in (one, other)]
    corpora = [Corpus.of(s, v) for s, v in zip((one, other), vocabularies, strict=True)]
    assert corpora[0].digest() == corpora[1].digest()


def test_a_basket_knows_that_its_order_means_nothing():
    table = pa.table({"s": [1, 1], "i": ["a", "b"]})
    assert not assembled(table, adapter="baskets").ordered
    assert assembled(table).ordered


def test_numbers_in_one_file_and_text_in_another_become_text_and_collisions_are_told(tmp_path):
    pq.write_table(pa.table({"s": [1, 1], "i": [1, 7]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"s": [1, 2], "i": ["1", "x"]}), tmp_path / "b.parquet")
    sequences = assembled(str(tmp_path / "*.parquet"))
    assert list(sequences) == [["1", "7", "1"], ["x"]]
    assert sequences.notes == (
        "item_id: numbers and text are mixed; numbers were read as text; "
        '1 occur as both, such as 1 and "1": taken as one',
    )


def test_rows_set_aside_at_the_border_are_in_the_ledger():
    table = pa.table({"s": [1, 1, None], "i": ["a", None, "b"]})
    events = open_events("events", {"path": table, **COLUMNS}, max_missing_share=1)
    ledger = assemble(events).ledger
    assert (ledger.rows_in, ledger.rows_out) == (3, 1)
    assert {removal.reason: removal.rows for removal in ledger.removals} == {
        "item_id is null": 1,
        "sequence_id is null": 1,
    }


def test_no_events_are_no_sequences():
    table = pa.table({"s": pa.array([], pa.string()), "i": pa.array([], pa.string())})
    assert len(assembled(table)) == 0


def test_the_largest_ids_are_exact_and_cost_no_more_than_small_ones():
    far = 2**63 - 1
    sequences = assembled(pa.table({"s": [far, far], "i": [far, 0]}))
    assert list(sequences) == [[far, 0]]
    assert len(sequences.items) == 2


@pytest.mark.parametrize(
    "item", ["\u00e9", "e\u0301", "\u05d0\u05d1", "a\nb\t", "a\0b", "\U0001f370", " "]
)
def test_text_ids_come_back_exactly(item):
    assert list(assembled(pa.table({"s": [1, 1], "i": [item, "z"]}))) == [[item, "z"]]


def test_a_pause_longer_than_the_gap_cuts_and_one_as_long_does_not():
    minutes = [0, 30, 61, 62]
    at = pa.array([1_700_000_000 + 60 * m for m in minutes], pa.timestamp("s"))
    cut = assembled(pa.table({"s": [4] * 4, "i": list("abcd"), "t": at}), time="t").clean(gap="30m")
    assert list(cut) == [["a", "b"], ["c", "d"]]
    assert cut.ids.to_pylist() == [4, 4]
    assert (cut.ledger.sequences_cut, cut.ledger.rows_out) == (1, 4)


def test_a_gap_in_positions_is_refused():
    table = pa.table({"s": [1, 1], "i": [1, 2], "t": [1, 2]})
    sequences = assembled(table, time="t", time_unit="position")
    with pytest.raises(SourceError, match="only positions"):
        sequences.clean(gap="30m")


def test_an_adapter_that_fails_midway_is_named_and_leaves_nothing_behind(monkeypatch, tmp_path):
    import x2vec.adapters.border.admit as admit

    class Broken:
        name = "broken"
        ordered = True

        def read(self, options):
            yield pa.record_batch({"sequence_id": [1], "item_id": [1]})
            raise TypeError("the wire was cut")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    events = admit.Events(Broken(), None, max_missing_share=0, listen=lambda event: None)
    with pytest.raises(SourceError, match=r"'broken' failed after 1 rows?: TypeError: the wire"):
        assemble(events)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_reading_stays_an_interrupt():
    import x2vec.adapters.border.admit as admit

    class Slow:
        name = "slow"
        ordered = True

        def read(self, options):
            yield pa.record_batch({"sequence_id": [1], "item_id": [1]})
            raise KeyboardInterrupt

    events = admit.Events(Slow(), None, max_missing_share=0, listen=lambda event: None)
    with pytest.raises(KeyboardInterrupt):
        assemble(events)


CTRL_C = """
import os, signal, threading
import pyarrow as pa
from x2vec.adapters import open_events
from x2vec.corpus import assemble

signal.signal(signal.SIGINT, signal.default_int_handler)
billion = "SELECT s.i AS s, r.range * s.i AS i FROM source s, range(10_000) r"
options = {"path": pa.table({"i": range(100_000)}), "sequence": "s", "item": "i", "sql": billion}
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    assemble(open_events("events", options))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_while_duckdb_loads_is_an_interrupt():
    done = subprocess.run(
        [sys.executable, "-c", CTRL_C], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.returncode) == ("interrupted\n", 0), done.stderr
    assert "Traceback" not in done.stderr  # on 3.13 DuckDB itself talks of leaks there


def many_events(n=50_000):
    return pa.table({"s": pa.array(range(n)), "i": pa.array([f"item {at}" for at in range(n)])})


def test_too_little_memory_says_to_raise_the_limit_and_blames_no_disk():
    events = open_events("events", {"path": many_events(), **COLUMNS})
    with pytest.raises(
        StorageError, match=r"more memory than 1MB .*Raise the memory_limit"
    ) as told:
        assemble(events, memory_limit="1MB")
    assert "TMPDIR" not in str(told.value)


def test_a_full_disk_says_where_to_find_another(monkeypatch):
    def full(*args):
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")

    monkeypatch.setattr(sys.modules["x2vec.corpus.assemble"], "_ordered", full)
    with pytest.raises(StorageError, match=r"more room than .*No space left.*Set TMPDIR"):
        assembled(pa.table({"s": [1], "i": [1]}))


def test_a_memory_limit_that_is_none_is_told():
    events = open_events("events", {"path": many_events(1), **COLUMNS})
    with pytest.raises(UsageError, match="memory_limit is 'much'; write a number and a unit"):
        assemble(events, memory_limit="much")


def from_batches(*batches):
    class Written:
        name = "written"
        ordered = True

        def read(self, options):
            yield from map(pa.record_batch, batches)

    return assemble(Events(Written(), None, max_missing_share=1, listen=silent))


def test_weights_and_kinds_come_in_the_order_of_the_events():
    sequences = from_batches(
        {
            "sequence_id": ["b", "a", "b"],
            "item_id": [1, 2, 3],
            "time": [2, 9, 1],
            "weight": [0.5, None, 4],
            "kind": ["view", None, "buy"],
        },
        {
            "sequence_id": ["a"],
            "item_id": [4],
            "time": [8],
            "weight": [float("nan")],
            "kind": ["add"],
        },
    )
    assert list(sequences) == [[4, 2], [3, 1]]
    # nobody said what a and 2 weigh, so both weigh 1
    assert sequences.weights.tolist() == [1, 1, 4, 0.5]
    assert sequences.weights.dtype == np.float32
    assert sequences.kind_names == ("add", "buy", "view", None)
    assert [sequences.kind_names[kind] for kind in sequences.kinds] == ["add", None, "buy", "view"]


def test_without_weights_and_kinds_there_is_no_array_of_them():
    sequences = from_batches({"sequence_id": [1], "item_id": [1]})
    assert (sequences.weights, sequences.kinds, sequences.kind_names) == (None, None, ())


def test_weights_are_said_to_be_unused_once():
    batch = {"sequence_id": [1, 1], "item_id": [1, 2], "weight": [2.0, None], "kind": ["a", "a"]}
    assert from_batches(batch, batch).notes == (
        "weights are kept beside the events; training does not use them yet",
    )


def test_a_column_of_ids_is_no_column_of_kinds():
    many = [str(number) for number in range(40_000)]
    with pytest.raises(SourceError, match="more than 32,767 different kinds, such as '0', '1'"):
        from_batches({"sequence_id": many, "item_id": many, "kind": many})


def test_one_sequence_of_a_million_events_is_read_whole():
    n = 1_000_000
    table = pa.table({"s": pa.array([1] * n), "i": pa.array([at % 1000 for at in range(n)])})
    sequences = assembled(table)
    assert sequences.lengths.tolist() == [n]
    assert sequences.codes[-3:].tolist() == [997, 998, 999]


EVENT = st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 5))


@settings(max_examples=25, deadline=None)
@given(st.lists(EVENT, min_size=1, max_size=30))
def test_it_agrees_with_a_sort_in_memory(events):
    columns = zip(*events, strict=True)
    table = pa.table(dict(zip("sit", map(list, columns), strict=True)))
    expected = {}
    for s, i, _ in sorted(events, key=lambda event: (event[0], event[2])):
        expected.setdefault(s, []).append(i)
    sequences = assembled(table, time="t", time_unit="position")
    assert dict(zip(sequences.ids.to_pylist(), sequences, strict=True)) == expected


def test_many_batches_in_random_order_agree_with_a_sort_in_memory():
    draws = np.random.default_rng(0)
    n = 350_000  # of four batches, loaded by more than one thread
    who, what = draws.integers(0, 9_000, n), draws.integers(0, 500, n)
    when = draws.integers(0, 50, n)  # often equal
    table = pa.table({"s": who.astype(str), "i": what, "t": when})
    sequences = assembled(table, time="t", time_unit="position")
    order = np.lexsort((np.arange(n), when, who.astype(str)))
    assert np.array_equal(np.asarray(sequences.items)[sequences.codes], what[order])
    assert np.array_equal(sequences.times, when[order])
    assert sequences.ids.to_pylist() == sorted({str(one) for one in who})


def test_nothing_stays_in_the_temporary_directory(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assembled(pa.table({"s": [1], "i": [1]}))
    assert list(Path(tmp_path).iterdir()) == []


def test_rules_apply_to_assembled_sequences_like_to_lists():
    table = pa.table({"s": [1, 1, 1, 2], "i": ["a", "a", "b", "c"]})
    cleaned = assembled(table, adapter="baskets").clean(SequenceRules(min_length=2))
    assert list(cleaned) == [["a", "b"]]
