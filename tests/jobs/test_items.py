"""The item table stands beside the vectors, or the job says why it cannot."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shop import GENRES, SIZE, write_shop

import x2vec
from x2vec.errors import SourceError, UsageError
from x2vec.jobs.items import ItemTable, columns_of


def published(folder):
    return sorted(path.name for path in folder.glob("store/v*"))


def test_items_missing_from_the_item_table_get_nulls_and_are_counted(tmp_path):
    job = write_shop(tmp_path)
    products = pq.read_table(tmp_path / "products.parquet").slice(2)
    pq.write_table(products, tmp_path / "products.parquet")
    report = x2vec.run(job)
    assert any(f"2 of {GENRES * SIZE} items are not in the item table" in n for n in report.notices)
    assert x2vec.load(tmp_path / "store").metadata["title"].null_count == 2


def test_an_item_twice_in_the_item_table_is_an_error_that_names_it(tmp_path):
    job = write_shop(tmp_path)
    products = pq.read_table(tmp_path / "products.parquet")
    pq.write_table(
        pa.concat_tables([products, products.slice(3, 1)]), tmp_path / "products.parquet"
    )
    with pytest.raises(SourceError, match=r"1 items stand in the item table more than once.* 3\."):
        x2vec.run(job)
    assert published(tmp_path) == []


def test_a_column_that_a_store_has_itself_is_refused_before_training(tmp_path):
    job = write_shop(tmp_path)
    products = pq.read_table(tmp_path / "products.parquet")
    pq.write_table(products.rename_columns(["product_id", "origin"]), tmp_path / "products.parquet")
    with pytest.raises(SourceError, match=r"\[items\]: the column 'origin'.*Set columns"):
        x2vec.check(job)


def test_item_table_ids_of_another_type_are_converted_and_reported(tmp_path):
    job = write_shop(tmp_path)
    products = pq.read_table(tmp_path / "products.parquet")
    text = products.set_column(0, "product_id", products["product_id"].cast(pa.string()))
    pq.write_table(text, tmp_path / "products.parquet")
    report = x2vec.run(job)
    assert any("converted from string to int64" in notice for notice in report.notices)
    assert x2vec.load(tmp_path / "store").metadata["title"].null_count == 0


def test_ids_that_only_look_alike_as_numbers_are_refused(tmp_path):
    job = write_shop(tmp_path)
    titles = pa.table({"product_id": ["00", "0", "1"], "title": ["wrong", "right", "one"]})
    pq.write_table(titles, tmp_path / "products.parquet")
    with pytest.raises(SourceError, match=r"string, .* int64, .*'00' is no exact int64"):
        x2vec.run(job)
    assert published(tmp_path) == []


def test_an_item_table_that_holds_none_of_the_items_stops_before_training(tmp_path):
    job = write_shop(tmp_path)
    titles = pa.table({"product_id": [7001, 7002], "title": ["a", "b"]})
    pq.write_table(titles, tmp_path / "products.parquet")
    events = []
    with pytest.raises(SourceError, match=r"none of the 32 items.*7001, 7002.*Name the right col"):
        x2vec.run(job, listen=events.append)
    assert "train" not in {event.stage for event in events}


def test_rows_of_the_item_table_without_an_id_are_left_out_and_counted(tmp_path):
    job = write_shop(tmp_path)
    lines = ["product_id,title", *(f"{item},title {item}" for item in range(GENRES * SIZE))]
    (tmp_path / "products.csv").write_text("\n".join([*lines, ",nobody", ",no one", "99,"]))
    job.write_text(job.read_text().replace("products.parquet", "products.csv"))
    report = x2vec.run(job)
    note = f"2 of {GENRES * SIZE + 3} rows of the item table have no product_id and are left out"
    assert note in report.notices
    assert x2vec.load(tmp_path / "store").metadata["title"].null_count == 0


def test_an_empty_cell_of_a_csv_is_empty_text(tmp_path):
    job = write_shop(tmp_path)
    lines = ["product_id,title", *(f"{item}," for item in range(GENRES * SIZE))]
    (tmp_path / "products.csv").write_text("\n".join(lines))
    job.write_text(job.read_text().replace("products.parquet", "products.csv"))
    x2vec.run(job)
    assert set(x2vec.load(tmp_path / "store").metadata["title"].to_pylist()) == {""}


@pytest.mark.parametrize("line", ["columns = []", ""])
def test_an_item_table_of_ids_alone_gives_no_metadata(tmp_path, line):
    items = f'path = "products.parquet"\nitem = "product_id"\n{line}'
    job = write_shop(tmp_path, items=items)
    if not line:
        products = pq.read_table(tmp_path / "products.parquet", columns=["product_id"])
        pq.write_table(products, tmp_path / "products.parquet")
    x2vec.run(job)
    embeddings = x2vec.load(tmp_path / "store")
    assert embeddings.metadata is None
    assert len(embeddings.similar(3, k=2).with_metadata()) == 2
    ids = pa.array([0, 1])
    assert columns_of(ids, ItemTable(pa.table({"id": ids}), "id", "[items]", "")) is None


SQL = 'sql = "SELECT product_id, upper(title) AS name FROM source WHERE product_id > 1"'


def test_a_query_over_the_item_table_makes_its_columns(tmp_path):
    items = f'path = "products.parquet"\nitem = "product_id"\n{SQL}'
    report = x2vec.run(write_shop(tmp_path, items=items))
    embeddings = x2vec.load(tmp_path / "store")
    assert embeddings.metadata_of(9) == {"name": "GENRE 1 PRODUCT 1"}
    assert any("2 of 32 items are not in the item table" in notice for notice in report.notices)


@pytest.mark.parametrize("verb", [x2vec.check, x2vec.run])
@pytest.mark.parametrize(
    ("sql", "error", "message"),
    [
        ("SELECT title FROM source", SourceError, r"the result of sql: no column 'product_id'"),
        ("SELECT nothing FROM source", UsageError, "sql: .*nothing"),
        ("DROP TABLE source", UsageError, "sql: found DROP; expected one SELECT"),
    ],
)
def test_a_query_that_gives_no_item_table_is_told(tmp_path, verb, sql, error, message):
    items = f'path = "products.parquet"\nitem = "product_id"\nsql = "{sql}"'
    with pytest.raises(error, match=message):
        verb(write_shop(tmp_path, items=items))
