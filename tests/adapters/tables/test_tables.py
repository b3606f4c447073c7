"""Files of every format, tables in memory, and what is said of those that cannot be read."""

import gzip

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from x2vec.adapters import open_events, open_tables, read_table
from x2vec.errors import SourceError, UsageError

TABLE = pa.table({"session": ["s1", "s1", "s2"], "sku": ["00123", "b", "ä"], "noise": [1, 2, 3]})
ROWS = [("s1", "00123"), ("s1", "b"), ("s2", "ä")]


def rows_of(path, share=0.01, **options):
    options = {"path": path, "sequence": "session", "item": "sku", **options}
    return [
        (row["sequence_id"], row["item_id"])
        for batch in open_events("events", options, max_missing_share=share)
        for row in batch.to_pylist()
    ]


def text_of(separator=","):
    lines = [("session", "sku", "noise"), *((s, i, "1") for s, i in ROWS)]
    return "".join(separator.join(line) + "\n" for line in lines)


def packed(text):
    return pa.compress(text, codec="zstd", asbytes=True)


def written(directory, name, text):
    path = directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


@pytest.fixture
def files(tmp_path):
    pq.write_table(TABLE, tmp_path / "a.parquet")
    lines = "".join(f'{{"session": "{s}", "sku": "{i}", "noise": [1]}}\n' for s, i in ROWS)
    written(tmp_path, "a.csv", text_of())
    written(tmp_path, "a.tsv", text_of("\t"))
    written(tmp_path, "semicolons.txt", text_of(";"))
    written(tmp_path, "a.csv.gz", gzip.compress(text_of().encode()))
    written(tmp_path, "a.TSV.GZ", gzip.compress(text_of("\t").encode()))
    written(tmp_path, "a.csv.zst", packed(text_of().encode()))
    written(tmp_path, "bom.csv", b"\xef\xbb\xbf" + text_of().encode())
    written(tmp_path, "a.jsonl", lines)
    written(tmp_path, "a.jsonl.gz", gzip.compress(lines.encode()))
    written(tmp_path, "a.jsonl.zst", packed(lines.encode()))
    return tmp_path


@pytest.mark.parametrize(
    "name",
    ["a.parquet", "a.csv", "a.tsv", "a.csv.gz", "a.TSV.GZ", "a.csv.zst", "bom.csv", "a.jsonl",
     "a.jsonl.gz", "a.jsonl.zst"],
)  # fmt: skip
def test_every_format_gives_the_same_rows(files, name):
    assert rows_of(str(files / name)) == ROWS


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("sql", [None, "FROM source"])
@pytest.mark.parametrize(
    ("name", "decoy"),
    [("a[1]", "a1"), ("a*", "aa"), ("a?", "ab"), ("[!a]", "b"), ("k=v[1]/a", "k=v1/a")],
)
def test_a_file_with_a_pattern_in_its_name_is_read_and_not_the_one_it_matches(
    tmp_path, ending, sql, name, decoy
):
    for stem, item in ((name, "ours"), (decoy, "theirs")):
        path = tmp_path / f"{stem}.{ending}"
        path.parent.mkdir(exist_ok=True)
        if ending == "csv":
            path.write_text(f"session,sku\ns,{item}\n")
        elif ending == "jsonl":
            path.write_text(f'{{"session": "s", "sku": "{item}"}}\n')
        else:
            pq.write_table(pa.table({"session": ["s"], "sku": [item]}), path)
    assert rows_of(str(tmp_path / f"{name}.{ending}"), sql=sql) == [("s", "ours")]


def test_directories_of_a_path_add_no_column_to_a_query(tmp_path):
    (tmp_path / "session=x").mkdir()
    path = written(tmp_path, "session=x/a.jsonl", '{"session": "s", "sku": "b"}\n')
    assert rows_of(path, sql="SELECT * FROM source") == [("s", "b")]


def test_format_and_delimiter_can_be_set_where_the_ending_does_not_tell(files):
    path = str(files / "semicolons.txt")
    assert rows_of(path, format="csv", delimiter=";") == ROWS
    with pytest.raises(SourceError, match=r"does not tell the format\. Set format"):
        rows_of(path)


def test_a_wrong_delimiter_is_told(files):
    with pytest.raises(SourceError, match='Set delimiter = ";"'):
        rows_of(str(files / "semicolons.txt"), format="csv")


def reader_of(table):
    return table.to_reader()


@pytest.mark.parametrize(
    "make",
    [
        lambda table: table,
        lambda table: table.to_batches()[0],
        reader_of,
        lambda table: table.to_pandas(),
        lambda table: table.to_pandas().astype({"sku": "category"}),
        lambda table: pl.from_arrow(table),
        lambda table: duckdb.connect().from_arrow(table),
    ],
    ids=["table", "batch", "reader", "pandas", "pandas category", "polars", "duckdb"],
)
def test_every_table_in_memory_gives_the_same_rows(make):
    assert rows_of(make(TABLE)) == ROWS


def test_pandas_columns_that_nobody_wants_may_be_anything():
    frame = TABLE.to_pandas().assign(mixed=pd.Series([1, "1", object()], dtype=object))
    assert rows_of(frame) == ROWS


def test_a_mixed_pandas_column_names_its_types():
    frame = pd.DataFrame({"session": [1, 2], "sku": pd.Series([1, "1"], dtype=object)})
    with pytest.raises(SourceError, match=r"'sku' mixes types \(int, str\)"):
        rows_of(frame)


def test_the_advice_on_a_mixed_pandas_column_keeps_missing_ids_missing():
    values = pd.Series([1, "1", None, float("nan")], dtype=object)
    frame = pd.DataFrame({"session": 1, "sku": values})
    with pytest.raises(SourceError, match=r"with frame\['sku'\]\.map\(str, na_action='ignore'\)"):
        rows_of(frame)
    frame["sku"] = frame["sku"].map(str, na_action="ignore")
    assert rows_of(frame, share=1) == [(1, "1"), (1, "1")]


def test_a_whole_number_beyond_int64_in_pandas_names_the_row():
    frame = pd.DataFrame({"session": 1, "sku": pd.Series([1, 2**64], dtype=object)})
    with pytest.raises(SourceError, match=r"pandas DataFrame, row 2: sku is .* beyond 2\^63-1"):
        rows_of(frame)


def test_a_reader_can_be_read_once_and_the_second_time_says_so():
    reader = reader_of(TABLE)
    assert rows_of(reader) == ROWS
    with pytest.raises(SourceError, match="can be read only once, and was"):
        rows_of(reader)


def test_a_list_of_numbers_is_no_source():
    with pytest.raises(UsageError, match="expected a path, a list of paths or a table"):
        rows_of([1, 2])


def test_batches_are_small_and_hold_only_the_wanted_columns(tmp_path):
    ids = np.arange(250_000)
    pq.write_table(pa.table({"a": ids, "b": ids, "c": ids}), tmp_path / "t.parquet")
    (table,) = open_tables(tmp_path / "t.parquet")
    shapes = [(b.num_rows, b.schema.names) for b in table.batches(["c", "a"])]
    assert shapes == [(100_000, ["c", "a"]), (100_000, ["c", "a"]), (50_000, ["c", "a"])]


@pytest.mark.parametrize(
    ("name", "text"),
    [("no_bytes.csv", ""), ("header.csv", "session,sku\n"), ("no_bytes.jsonl", "")],
)
def test_a_file_without_rows_gives_no_events(tmp_path, name, text):
    assert rows_of(written(tmp_path, name, text)) == []


def test_a_table_without_rows_gives_no_events(tmp_path):
    pq.write_table(TABLE.slice(0, 0), tmp_path / "a.parquet")
    assert rows_of(str(tmp_path / "a.parquet")) == []
    assert rows_of(TABLE.slice(0, 0)) == []
    assert rows_of(TABLE.slice(0, 0).to_pandas()) == []


def test_ids_of_a_csv_are_text_exactly_as_written(tmp_path):
    text = 'session,sku\n007,1e3\n"a\nb"," x "\nNULL,NA\n1,"say ""hi"""\n'
    expected = [("007", "1e3"), ("a\nb", " x "), ("NULL", "NA"), ("1", 'say "hi"')]
    assert rows_of(written(tmp_path, "a.csv", text)) == expected


def test_csv_columns_that_differ_only_in_case_are_different(tmp_path):
    path = written(tmp_path, "a.csv", "session,SKU,sku\ns,upper,lower\n")
    assert rows_of(path) == [("s", "lower")]
    assert rows_of(path, item="SKU") == [("s", "upper")]


def test_json_keys_that_differ_only_in_case_are_different(tmp_path):
    path = written(tmp_path, "a.jsonl", '{"session": "s", "SKU": "upper", "sku": "lower"}\n')
    assert rows_of(path) == [("s", "lower")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"session,sku\na,b\nc\n", r"bad\.csv, line 3: found 1 columns, expected 2"),
        (b"session,sku\na,b,c\nd,e,f\n", r"bad\.csv, line 2: found 3 columns, expected 2"),
        (b"session,sku\na,caf\xe9\n", r"bad\.csv, line 2: not UTF-8"),
        (b'session,sku\na,b\nc,"d\n', r"bad\.csv, line 3: a quoted text does not end"),
        (b"session,sku\r\na,b\nc,d\r\ne,f\n", r"bad\.csv.*not a regular CSV"),
        (b"\nsession,sku\na,b\n", r"bad\.csv: the first line is empty"),
        (b"\xff\xfes\x00", r"bad\.csv: the header is no UTF-8"),
    ],
)
def test_a_csv_that_does_not_parse_names_the_line(tmp_path, text, message):
    with pytest.raises(SourceError, match=message):
        rows_of(written(tmp_path, "bad.csv", text))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"session": 1, "sku": \n', r"bad\.jsonl, row 2: not JSON"),
        (b'{"session": 1, "sku": "\\ud800"}\n', r"bad\.jsonl, row 2: .*surrogate"),
        (b'{"session": 1, "sku": "\xff"}\n', r"bad\.jsonl, row 2: not UTF-8"),
        (b"[1, 2]\n", r"bad\.jsonl: holds a JSON array where an object was expected"),
    ],
)
def test_a_json_line_that_does_not_parse_names_the_row(tmp_path, line, message):
    path = written(tmp_path, "bad.jsonl", b'{"session": 1, "sku": "a"}\n' + line)
    with pytest.raises(SourceError, match=message):
        rows_of(path)


def test_a_truncated_parquet_file_is_named_and_the_others_are_not_read(files, tmp_path):
    whole = (files / "a.parquet").read_bytes()
    (files / "b.parquet").write_bytes(whole[: len(whole) // 2])
    seen = []
    events = open_events(
        "events",
        {"path": str(files / "*.parquet"), "sequence": "session", "item": "sku"},
        listen=seen.append,
    )
    with pytest.raises(SourceError, match=r"b\.parquet: a damaged or truncated Parquet file"):
        list(events)
    assert seen == []


def test_a_foreign_file_is_no_parquet(tmp_path):
    with pytest.raises(SourceError, match=r"a\.parquet: not a Parquet file \(5 bytes"):
        rows_of(written(tmp_path, "a.parquet", "hello"))


def test_a_flipped_bit_in_a_parquet_page_is_found_where_it_has_checksums(tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.table({"session": np.arange(1000), "sku": np.arange(1000)})
    pq.write_table(table, path, write_page_checksum=True, compression="none", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r"a\.parquet: a damaged or truncated Parquet file"):
        rows_of(str(path))


def test_read_table_gives_natural_types_to_json_and_text_to_csv(tmp_path):
    lines = '{"id": 1, "price": 1.5, "new": true, "mixed": 1}\n{"id": 2, "mixed": "x"}\n'
    table = read_table(written(tmp_path, "a.jsonl", lines))
    assert sorted(table.to_pylist()[0].items(), key=str) == [
        ("id", 1),
        ("mixed", "1"),
        ("new", True),
        ("price", 1.5),
    ]
    table = read_table(written(tmp_path, "a.csv", "id,price\n007,1.5\n"), columns=["id"])
    assert table.to_pylist() == [{"id": "007"}]


def test_read_table_names_a_missing_column(files):
    with pytest.raises(SourceError, match=r"a\.csv: no column 'title'; found 'session', 'sku'"):
        read_table(files / "a.csv", columns=["title"])
