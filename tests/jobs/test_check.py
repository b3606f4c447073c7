"""A check says what a run would do, and finds what would stop it."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cold_shop import KNOWN, NEW, item_table, write_cold_shop
from shop import write_shop

import x2vec
from x2vec.errors import ConfigError, NothingLeftError, SourceError, StorageError


def published(folder):
    return sorted(path.name for path in folder.glob("store/v*"))


def test_a_check_reads_the_first_rows_and_writes_nothing(tmp_path):
    report = x2vec.check(write_shop(tmp_path))
    assert report.columns == {
        "sequence_id": "int64", "item_id": "int64", "time": "timestamp[us, tz=UTC]",
    }  # fmt: skip
    assert report.job["model"]["vector_size"] == 16
    assert "options" not in report.job["source"]  # they stand beside the adapter, as in the file
    assert published(tmp_path) == []


def test_a_check_tells_of_the_item_table_what_it_holds_and_lacks(tmp_path):
    job, path = write_shop(tmp_path), tmp_path / "products.parquet"
    table = pq.read_table(path).slice(0, 26)
    ids = pa.array([None, *table["product_id"].to_pylist()[1:]])
    pq.write_table(table.set_column(0, "product_id", ids), path)
    report = x2vec.check(job)
    assert (report.n_items, report.items) == (25, {"title": "string"})
    no_id, missing = report.notices
    assert no_id == "1 of 26 rows of the item table have no product_id and are left out"
    assert missing.startswith("7 of the 32 items of the first events are not in the item table")
    assert len(missing.partition("such as ")[2].split(", ")) == 5


def write_foreign_table(folder):
    """Put items into the table that have no events."""
    pq.write_table(item_table(range(KNOWN, KNOWN + 20)), folder / "products.parquet")


@pytest.mark.parametrize("verb", [x2vec.check, x2vec.run])
def test_check_and_run_refuse_an_item_table_that_holds_none_of_all_the_items(tmp_path, verb):
    job = write_cold_shop(tmp_path)
    write_foreign_table(tmp_path)
    with pytest.raises(SourceError, match=r"'sku' holds none of the 80 items of the events"):
        verb(job)


def test_a_check_warns_where_more_events_follow_than_it_has_looked_at(tmp_path):
    job = write_cold_shop(tmp_path)
    orders = pq.read_table(tmp_path / "orders.parquet")
    (tmp_path / "orders.parquet").rename(tmp_path / "a.parquet")
    pq.write_table(orders, tmp_path / "b.parquet")
    job.write_text(job.read_text().replace("orders.parquet", "[ab].parquet"))
    assert x2vec.check(job).warnings == ()
    write_foreign_table(tmp_path)
    (warning,) = x2vec.check(job).warnings
    assert warning.startswith("if all events were like the first, a run would stop: [items]: ")


@pytest.mark.parametrize("nothing", [pa.nulls(100), pa.array([" "] * 100)])
def test_check_and_run_tell_of_a_column_that_holds_nothing(tmp_path, nothing):
    job = write_cold_shop(tmp_path, cold='categories = "genre"\ntext = "title"\nrungs = ["ridge"]')
    table = item_table(range(KNOWN + NEW))
    pq.write_table(table.set_column(2, "title", nothing), tmp_path / "products.parquet")
    text = "[cold_start] looks at the column 'title' of the item table, which holds nothing"
    assert x2vec.check(job).warnings == (text,)
    assert text in x2vec.run(job).notices


@pytest.mark.parametrize("verb", [x2vec.check, x2vec.run])
def test_check_and_run_refuse_a_table_that_says_nothing_of_any_item(tmp_path, verb):
    job = write_cold_shop(tmp_path)
    table = item_table(range(KNOWN + NEW)).set_column(1, "genre", pa.nulls(100))
    pq.write_table(table, tmp_path / "products.parquet")
    (tmp_path / "orders.parquet").write_bytes(b"")  # it is refused before that is read
    with pytest.raises(Exception, match="says something of 0 of the 100 items that it holds") as no:
        verb(job)
    assert verb is x2vec.check or no.type is NothingLeftError


def test_a_check_tells_every_problem_of_what_the_job_points_to(tmp_path):
    job = write_shop(tmp_path)
    (tmp_path / "products.parquet").unlink()
    (tmp_path / "orders.parquet").unlink()
    (tmp_path / "store").write_text("a file")
    with pytest.raises(Exception, match=r"(?s)store.*products\.parquet.*orders\.parquet"):
        x2vec.check(job)


NO_TIMES = (
    'adapter = "baskets"\npath = "orders.parquet"\nsequence = "basket_id"\nitem = "product_id"'
)
POSITIONS = f'{NO_TIMES}\ntime = "basket_id"\ntime_unit = "position"'


@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        ({"source": NO_TIMES}, r'split = "time" needs .* gives none'),
        ({"source": NO_TIMES, "evaluate": None, "sequences": 'gap = "1d"'}, r"gap = '1d' .* none"),
        ({"source": POSITIONS, "sequences": 'gap = "1d"'}, r"gap = '1d' .* only positions"),
        (
            {"source": POSITIONS, "query": 'half_life = "30d"'},
            r"\[query\] half_life = '30d' .* only positions",
        ),
        ({"query": "weighted = true"}, r"\[query\] weighted = true needs a weight .* none"),
    ],
)
@pytest.mark.parametrize("verb", [x2vec.check, x2vec.run])
def test_check_and_run_refuse_times_that_the_source_does_not_give(tmp_path, sections, reason, verb):
    with pytest.raises(ConfigError, match=reason):
        verb(write_shop(tmp_path, **sections))


def test_a_run_without_the_times_that_it_needs_stops_before_it_reads_all(tmp_path):
    job = write_shop(tmp_path, source=NO_TIMES)
    heard = []
    with pytest.raises(ConfigError, match="needs a time"):
        x2vec.run(job, listen=heard.append)
    assert heard == []


@pytest.mark.parametrize("verb", [x2vec.check, x2vec.run])
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("memory://no/orders.csv", "memory://no/orders.csv: no such file"),
        ("~nobody-here/orders.csv", "no such file"),
    ],
)
def test_check_and_run_say_what_is_wrong_with_a_path(tmp_path, verb, path, reason):
    source = f'adapter = "baskets"\npath = "{path}"\nsequence = "basket_id"\nitem = "product_id"'
    with pytest.raises(SourceError, match=reason):
        verb(write_shop(tmp_path, source=source))


def test_positions_are_times_enough_for_a_split(tmp_path):
    assert x2vec.check(write_shop(tmp_path, source=POSITIONS)).columns["time"] == "int64"


@pytest.mark.parametrize("verb", [x2vec.check, x2vec.run])
def test_check_and_run_refuse_a_store_that_holds_something_else(tmp_path, verb):
    job = write_shop(tmp_path)
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "thesis.odt").touch()
    (tmp_path / "orders.parquet").touch()  # so that reading would not fail otherwise
    heard = []
    with pytest.raises(StorageError, match=r"thesis\.odt"):
        verb(job, **({"listen": heard.append} if verb is x2vec.run else {}))
    assert heard == []
