"""The rule on ids, type by type."""

import decimal
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.adapters import Place, normalise_ids, open_events
from x2vec.errors import SourceError

PLACE = Place("shop.parquet", 101)


def normalised(column):
    return normalise_ids(column, name="item_id", place=PLACE)


def events_of(column, share=1.0):
    """The events of one sequence with this column of items."""
    table = pa.table({"s": ["s"] * len(column), "i": column})
    options = {"path": table, "sequence": "s", "item": "i"}
    return open_events("events", options, max_missing_share=share)


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.large_binary(),
        pa.dictionary(pa.int8(), pa.string()),
        pa.dictionary(pa.uint32(), pa.large_string()),
    ],
    ids=str,
)
def test_every_kind_of_text_becomes_string(kind):
    texts = pa.array(["00123", "ä", None, "00123"])
    ids = normalised(texts.cast(kind))
    assert ids.type == pa.string()
    assert ids.to_pylist() == ["00123", "ä", None, "00123"]


WHOLE = [
    *(pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint32(), pa.uint64()),
    *(pa.float16(), pa.float32(), pa.float64(), pa.decimal128(21, 2)),
]


@pytest.mark.parametrize("kind", WHOLE, ids=str)
def test_every_kind_of_whole_number_becomes_int64(kind):
    column = pa.array([7, None, 1], pa.int64()).cast(kind)
    for stored in (column, column.dictionary_encode()):
        ids = normalised(stored)
        assert ids.type == pa.int64()
        assert ids.to_pylist() == [7, None, 1]


def test_the_largest_int64_is_exact():
    assert normalised(pa.array([2**63 - 1], pa.uint64())).to_pylist() == [2**63 - 1]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array([1, 2**63], pa.uint64()), r"item_id is 9223372036854775808, beyond 2\^63-1"),
        (pa.array([1.0, 1.5]), r"item_id is 1\.5; ids are text or whole numbers"),
        (pa.array([1.0, np.inf]), r"item_id is inf"),
        (pa.array([1.0, 2.0**53 + 2]), r"too large a float to be exact"),
        (pa.array([decimal.Decimal("1.00"), decimal.Decimal("1.50")]), r"item_id is 1\.50"),
        (pa.array([b"a", b"\xff\xfe"]), r"is no UTF-8 text: b'\\xff\\xfe'"),
    ],
)
def test_a_value_that_can_be_no_id_names_the_row(column, message):
    with pytest.raises(SourceError, match=r"shop\.parquet, row 102: .*" + message):
        normalised(column)


@pytest.mark.parametrize(
    ("column", "name"),
    [
        (pa.array([True]), "bool"),
        (pa.array([[1]]), "list"),
        (pa.array([{"a": 1}]), "struct"),
        (pa.array([0], pa.timestamp("s")), "timestamp"),
        (pa.array([b"0" * 16], pa.binary(16)).cast(pa.uuid()), "arrow.uuid"),
    ],
)
def test_a_type_that_can_be_no_id_is_refused(column, name):
    with pytest.raises(SourceError, match=rf"item_id is of type {name}.*; expected text or whole"):
        normalised(column)


def test_a_slice_of_text_beyond_two_gigabytes_is_read():
    length = 2**20
    data = pa.py_buffer(np.zeros(2**31 + length, np.uint8))  # pages that nobody reads cost nothing
    starts = pa.py_buffer(np.arange(0, len(data) + 1, length, np.int64))
    texts = pa.Array.from_buffers(pa.large_string(), len(data) // length, [None, starts, data])
    assert normalised(texts.slice(2**11 - 1)).to_pylist() == ["\0" * length] * 2


def test_missing_ids_are_counted_by_reason_and_left_out():
    table = pa.table({"s": ["a", None, "b", "", "c"], "i": [1.0, 2.0, None, None, float("nan")]})
    events = open_events(
        "events", {"path": table, "sequence": "s", "item": "i"}, max_missing_share=1
    )
    assert [batch.to_pydict() for batch in events] == [{"sequence_id": ["a"], "item_id": [1]}]
    assert events.set_aside == {
        "sequence_id is null": 1,
        "sequence_id is empty": 1,  # lacks its item too, and counts once
        "item_id is null": 1,
        "item_id is NaN": 1,
    }
    assert events.rows_read == 1 + sum(events.set_aside.values())
    assert events.notes == ["item_id: whole numbers stored with a fraction were read as integers"]


@pytest.mark.parametrize(("missing", "is_refused"), [(1, False), (2, True)])
def test_more_than_one_in_a_hundred_missing_is_an_error(missing, is_refused):
    column = pa.array([None] * missing + ["a"] * (100 - missing))
    events = events_of(column, share=0.01)
    if not is_refused:
        assert sum(batch.num_rows for batch in events) == 99
        return
    with pytest.raises(SourceError, match=r"2 of 100 rows \(2\.0%\).*item_id is null: 2.*1\.0%"):
        list(events)


def test_a_column_of_nulls_alone_is_all_missing():
    events = events_of(pa.nulls(3))
    assert list(events) == []
    assert events.set_aside == {"item_id is null": 3}


def json_events(tmp_path, values):
    path = tmp_path / "mixed.jsonl"
    path.write_text("".join(f'{{"s": "s", "i": {value}}}\n' for value in values))
    return open_events(
        "events", {"path": str(path), "sequence": "s", "item": "i"}, max_missing_share=1
    )


def items_of(events):
    return [item for batch in events for item in batch.column("item_id").to_pylist()]


def test_json_numbers_and_texts_mixed_become_text_and_collisions_are_reported(tmp_path):
    events = json_events(tmp_path, ["1", '"1"', "1.0", '"x\\ny"', "2e1", "null", '""'])
    assert items_of(events) == ["1", "1", "1", "x\ny", "20"]
    assert events.set_aside == {"item_id is null": 1, "item_id is empty": 1}
    assert events.notes == [
        "item_id: numbers and text are mixed; numbers were read as text; "
        '1 occur as both, such as 1 and "1": taken as one'
    ]


def test_json_numbers_alone_stay_numbers(tmp_path):
    assert items_of(json_events(tmp_path, ["9223372036854775807", "-1"])) == [2**63 - 1, -1]
    assert items_of(json_events(tmp_path, ["1.0", "2"])) == [1, 2]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (['"a"', "1.5"], r"row 2: item_id is 1\.5; ids are text or whole numbers"),
        (["1", "1.5"], r"row 2: item_id is 1\.5"),
        (["true", "false"], "item_id is of type bool"),
        (['"a"', "[1]"], r"item_id is of type arrow\.json"),
    ],
)
def test_json_values_that_can_be_no_id_are_refused(tmp_path, values, message):
    with pytest.raises(SourceError, match=message):
        items_of(json_events(tmp_path, values))


def test_files_whose_ids_differ_in_type_pass_as_they_are(tmp_path):
    for name, value in (("a", "1"), ("b", '"1"')):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"s": 1, "i": {value}}}\n')
    path = str(tmp_path / "*.jsonl")
    events = open_events("events", {"path": path, "sequence": "s", "item": "i"})
    assert items_of(events) == [1, "1"]


EXAMPLES = settings(max_examples=25, deadline=None)  # each opens DuckDB, some 20 ms
UNUSUAL = [
    "a\nb",
    "a\tb",
    "a\0b",
    "é",
    "e\u0301",
    "\u202eabc",
    "👩‍👩‍👧",
    "x" * 2000,
    '"',
    "\\",
    "null",
]
TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | st.sampled_from(UNUSUAL),
    min_size=1,
    max_size=20,
)


@EXAMPLES
@given(TEXTS)
def test_text_ids_come_through_jsonl_exactly(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("ids")
    assert items_of(json_events(path, [json.dumps(t, ensure_ascii=False) for t in texts])) == texts
    assert items_of(json_events(path, [json.dumps(text) for text in texts])) == texts


@EXAMPLES
@given(TEXTS)
def test_text_ids_come_through_memory_and_parquet_exactly(tmp_path_factory, texts):
    assert items_of(events_of(pa.array(texts))) == texts
    path = tmp_path_factory.mktemp("ids") / "a.parquet"
    pq.write_table(pa.table({"s": texts, "i": texts}), path)
    options = {"path": path, "sequence": "s", "item": "i"}
    assert items_of(open_events("events", options)) == texts


@EXAMPLES
@given(TEXTS)
def test_text_ids_come_through_csv_exactly(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("ids") / "a.csv"
    lines = ['"s","' + text.replace('"', '""') + '"\n' for text in texts]
    path.write_bytes(("s,i\n" + "".join(lines)).encode())
    assert items_of(open_events("events", {"path": path, "sequence": "s", "item": "i"})) == texts


@EXAMPLES
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_numbers_come_through_jsonl_exactly(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("ids")
    assert items_of(json_events(path, numbers)) == numbers


def test_half_a_surrogate_pair_in_pandas_names_the_row():
    frame = pd.DataFrame({"s": ["a", "b"], "i": pd.Series(["x", "\ud800"], dtype=object)})
    events = open_events("events", {"path": frame, "sequence": "s", "item": "i"})
    with pytest.raises(SourceError, match=r"pandas DataFrame, row 2: a text in 'i' holds half"):
        list(events)
