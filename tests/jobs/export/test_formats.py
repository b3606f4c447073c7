"""What an export writes is what pandas, polars and DuckDB read."""

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exporting import exported, parts_of, rows_of, write_kitchen

WIDE = {
    "query_id": ["ann", "bob", "cy", "dee"],
    "item_ids": [["milk", "sponge"], ["milk", "tea"], ["tea", "milk"], ["tea", "sponge"]],
}
LONG = {
    "query_id": [who for who in WIDE["query_id"] for _ in range(2)],
    "item_id": [item for items in WIDE["item_ids"] for item in items],
    "rank": [1, 2] * 4,
}


@pytest.fixture
def kitchen(tmp_path):
    return write_kitchen(tmp_path)


def test_parquet_is_read_by_pandas_polars_and_duckdb_as_one_directory(kitchen):
    out = kitchen / "out"
    exported(kitchen, output='path = "out"\nqueries_per_file = 3')
    by_pandas = pd.read_parquet(out)
    by_polars = pl.read_parquet(f"{out}/*.parquet")
    by_duckdb = duckdb.sql(f"SELECT * FROM '{out}/*.parquet' ORDER BY query_id, rank").pl()
    for name, expected in LONG.items():
        assert by_pandas[name].to_list() == expected
        assert by_polars[name].to_list() == by_duckdb[name].to_list() == expected
    assert pq.read_schema(parts_of(out)[0]) == pa.schema([
        pa.field("query_id", pa.string(), False), pa.field("item_id", pa.string(), False),
        pa.field("rank", pa.int32(), False), pa.field("score", pa.float32(), False),
        pa.field("source", pa.string(), False),
    ])  # fmt: skip


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_wide_rows_hold_lists_that_all_three_read(kitchen, form):
    exported(kitchen, output=f'path = "out"\nformat = "{form}"\nwide = true')
    [part] = map(str, parts_of(kitchen / "out"))
    frames = [pd.read_parquet(part) if form == "parquet" else pd.read_json(part, lines=True)]
    frames.append((pl.read_parquet if form == "parquet" else pl.read_ndjson)(part))
    frames.append(duckdb.sql(f"SELECT * FROM '{part}'").pl())
    for frame in frames:
        assert [list(items) for items in frame["item_ids"]] == WIDE["item_ids"]
        assert list(frame["query_id"]) == WIDE["query_id"]
        assert list(frame["source"])[2] == "popular"
        assert list(frame["scores"])[2].__len__() == 2


def test_csv_is_read_by_all_three(kitchen):
    exported(kitchen, output='path = "out"\nformat = "csv"')
    [part] = map(str, parts_of(kitchen / "out"))
    for frame in (pd.read_csv(part), pl.read_csv(part), duckdb.sql(f"SELECT * FROM '{part}'").pl()):
        for name, expected in LONG.items():
            assert list(frame[name]) == expected


def test_a_wide_csv_has_a_column_for_each_rank_and_empty_cells_for_none(kitchen):
    exported(kitchen, recommend="k = 3", output='path = "out"\nformat = "csv"\nwide = true')
    frame = pd.read_csv(parts_of(kitchen / "out")[0])
    assert list(frame.columns) == [
        "query_id", "item_1", "item_2", "item_3", "score_1", "score_2", "score_3", "source",
    ]  # fmt: skip
    bob = frame.set_index("query_id").loc["bob"]  # who has had two of the four
    assert list(bob[["item_1", "item_2"]]) == ["milk", "tea"]
    assert bob[["item_3", "score_3"]].isna().all()


def test_scores_in_json_are_the_shortest_that_mean_them(tmp_path):
    write_kitchen(tmp_path, vectors=[[1.0, 0.0], [0.6, 0.8], [0.8, 0.6], [0.0, 1.0]])
    exported(tmp_path, recommend="k = 2", output='path = "out"\nformat = "jsonl"')
    assert [row["score"] for row in rows_of(tmp_path / "out")][:2] == [0.8, 0.6]


def test_whole_numbers_stay_whole_numbers(tmp_path):
    big = 2**63 - 1
    orders = {"who": [big, 7], "what": [1, 3], "at": [1, 1]}
    write_kitchen(tmp_path, orders, items=[1, 2, 3, big])
    for form in ("parquet", "jsonl"):
        exported(tmp_path, recommend="k = 3", output=f'path = "{form}"\nformat = "{form}"')
        rows = rows_of(tmp_path / form)
        assert {row["query_id"] for row in rows} == {7, big}
        assert big in {row["item_id"] for row in rows}
