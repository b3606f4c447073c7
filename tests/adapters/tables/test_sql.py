"""A query sees the opened table as ``source``, and nothing else."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from x2vec.adapters import open_events
from x2vec.errors import SourceError, UsageError

TABLE = pa.table({"s": ["a", "a", "b"], "i": [1, 2, 3], "n": [5, 0, 5]})


def rows_of(path, sql, **options):
    options = {"path": path, "sequence": "s", "item": "i", "sql": sql, **options}
    batches = open_events("events", options)
    return [(r["sequence_id"], r["item_id"]) for batch in batches for r in batch.to_pylist()]


@pytest.fixture
def parquet(tmp_path):
    path = tmp_path / "it's.parquet"
    pq.write_table(TABLE, path)
    return str(path)


def test_a_query_filters_and_renames(parquet):
    sql = "SELECT s AS basket, i AS sku FROM source WHERE n > 0"
    assert rows_of(parquet, sql, sequence="basket", item="sku") == [("a", 1), ("b", 3)]


def test_a_query_over_many_files_sees_all_rows_in_order(tmp_path):
    for number in range(3):
        pq.write_table(pa.table({"s": [number], "i": [number]}), tmp_path / f"{number}.parquet")
    assert rows_of(str(tmp_path / "*.parquet"), "FROM source") == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize("make", [pa.Table.to_pandas, pa.Table.to_reader, lambda t: t])
def test_a_query_over_a_table_in_memory(make):
    assert rows_of(make(TABLE), "SELECT * FROM source WHERE i > 1") == [("a", 2), ("b", 3)]


def test_csv_columns_are_text_in_a_query(tmp_path):
    (tmp_path / "a.csv").write_text("s,i\n007,0\n")
    assert rows_of(str(tmp_path / "a.csv"), "FROM source") == [("007", "0")]


def test_json_text_stays_text_in_a_query_and_mixed_ids_become_text(tmp_path):
    unlike_text = '"2020-1-1"', '"4AC3A4F0-9B2C-4c55-8d7e-7e63c2b1a001"', '"12:00:00"'
    for text in unlike_text:
        (tmp_path / "a.jsonl").write_text(f'{{"s": {text}, "i": 1}}\n{{"s": {text}, "i": "1"}}\n')
        sequence = text.strip('"')
        assert rows_of(str(tmp_path / "a.jsonl"), "FROM source") == [(sequence, "1")] * 2


def test_a_source_can_be_joined_with_itself(parquet):
    sql = "SELECT x.s, y.i FROM source x JOIN source y USING (i) ORDER BY y.i DESC"
    assert rows_of(parquet, sql) == [("b", 3), ("a", 2), ("a", 1)]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELEC s FROM source", "sql: Parser Error"),
        ("SELECT * FROM elsewhere", "sql: Catalog Error: Table with name elsewhere"),
        ("SELECT * FROM TABLE_IN_PYTHON", "sql: Catalog Error"),
        ("", "sql: found nothing; expected one SELECT"),
        ("CREATE MACRO f(x) AS x", "sql: found CREATE; expected one SELECT"),
        ("SET enable_external_access = true", "sql: found SET"),
        ("COPY (SELECT 1) TO 'written.csv'", "sql: found COPY"),
        ("SELECT 1; FROM source", "sql: found SELECT and SELECT"),
    ],
)
def test_a_wrong_query_is_wrong_use(parquet, sql, message):
    TABLE_IN_PYTHON = TABLE  # noqa: F841, N806 - DuckDB would find it by its name
    with pytest.raises(UsageError, match=message):
        rows_of(parquet, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{dir}/secret.csv')",
        "SELECT * FROM '{dir}/secret.csv'",
        "SELECT * FROM glob('{dir}/*')",
    ],
)
def test_a_query_reads_no_other_files(parquet, tmp_path, sql):
    (tmp_path / "secret.csv").write_text("s,i\n1,2\n")
    with pytest.raises((UsageError, SourceError), match="Permission Error"):
        rows_of(parquet, sql.format(dir=tmp_path))


def test_a_value_that_does_not_cast_on_the_way_is_bad_data(parquet):
    with pytest.raises(SourceError, match="sql: Conversion Error"):
        rows_of(parquet, "SELECT s::INT AS s, i FROM source")


def test_a_column_that_the_result_lacks_is_told(parquet):
    with pytest.raises(SourceError, match="the result of sql: no column 'i'; found 's', 'sku'"):
        rows_of(parquet, "SELECT s, i AS sku FROM source")


def test_an_empty_file_leaves_a_query_nothing(tmp_path):
    (tmp_path / "a.csv").touch()
    with pytest.raises(SourceError, match="the file is empty; sql has nothing to read"):
        rows_of(str(tmp_path / "a.csv"), "FROM source")
