"""An export of a store with inferred items says of each answer where its vector comes from."""

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from exporting import exported, parts_of, rows_of, write_kitchen

ORIGIN = ["trained", "trained", "ridge", "trained"]  # of tea, milk, soap, sponge


@pytest.fixture
def kitchen(tmp_path):
    return write_kitchen(tmp_path, origin=ORIGIN)


def test_a_row_an_answer_has_its_origin(kitchen):
    exported(kitchen, recommend="k = 3\nexclude_seen = false")
    rows = rows_of(kitchen / "out")
    assert {row["item_id"]: row["origin"] for row in rows} == {
        "tea": "trained", "milk": "trained", "soap": "ridge", "sponge": "trained",
    }  # fmt: skip


def test_an_item_to_item_table_has_it_too(kitchen):
    exported(kitchen, recommend=None, similar="k = 1")
    found = {row["query_id"]: (row["item_id"], row["origin"]) for row in rows_of(kitchen / "out")}
    assert found["sponge"] == ("soap", "ridge")
    assert found["soap"] == ("sponge", "trained")


def test_wide_rows_have_a_list_or_a_column_for_each_rank(kitchen):
    exported(kitchen, recommend=None, similar="k = 2", output='path = "out"\nwide = true')
    sponge = next(row for row in rows_of(kitchen / "out") if row["query_id"] == "sponge")
    assert sponge["origins"] == ["ridge", "trained"]
    csv = 'path = "csv"\nformat = "csv"\nwide = true'
    exported(kitchen, recommend=None, similar="k = 2", output=csv)
    table = pa_csv.read_csv(parts_of(kitchen / "csv")[0])
    assert table.column_names == [
        "query_id", "item_1", "item_2", "score_1", "score_2", "origin_1", "origin_2", "source",
    ]  # fmt: skip
    assert table["origin_1"].to_pylist()[-1] == "ridge"


def test_a_database_has_it(kitchen):
    import duckdb

    recommend, output = "k = 4\nexclude_seen = false", 'path = "out.db"\nformat = "duckdb"'
    exported(kitchen, recommend=recommend, output=output)
    with duckdb.connect(str(kitchen / "out.db")) as base:
        found = base.execute("SELECT DISTINCT item_id, origin FROM recommendations").fetchall()
    assert ("soap", "ridge") in found


def test_a_store_of_trained_items_has_no_such_column(tmp_path):
    exported(write_kitchen(tmp_path))
    assert "origin" not in pq.read_schema(parts_of(tmp_path / "out")[0]).names
