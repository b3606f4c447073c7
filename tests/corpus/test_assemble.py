"""Events become sequences: ordered, coded, and none of them lost."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.adapters import open_events
from x2vec.corpus import Corpus, SequenceRules, Vocabulary, assemble
from x2vec.errors import SourceError

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
    assert any("1 of the numbers met the same text" in note for note in sequences.notes)


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


def test_nothing_stays_in_the_temporary_directory(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assembled(pa.table({"s": [1], "i": [1]}))
    assert list(Path(tmp_path).iterdir()) == []


def test_rules_apply_to_assembled_sequences_like_to_lists():
    table = pa.table({"s": [1, 1, 1, 2], "i": ["a", "a", "b", "c"]})
    cleaned = assembled(table, adapter="baskets").clean(SequenceRules(min_length=2))
    assert list(cleaned) == [["a", "b"]]
