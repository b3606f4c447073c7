"""What an adapter knows of its items stands beside the vectors, checked as an item table is."""

import pyarrow as pa
import pytest
from shop import write_shop

import x2vec
from x2vec.adapters.ratings import RatingsAdapter
from x2vec.errors import SourceError

RATINGS = """\
adapter = "ratings"
path = "orders.parquet"
user = "basket_id"
item = "product_id"
rating = ""
time = "ordered_at"
titles = "products.parquet"
"""


def write_job(folder, **sections):
    return write_shop(folder, **{"source": RATINGS, "items": None, **sections})


def test_the_titles_of_the_adapter_are_published(tmp_path):
    report = x2vec.run(write_job(tmp_path))
    assert x2vec.load(tmp_path / "store").metadata_of(9) == {"title": "genre 1 product 1"}
    assert report.read.rows_in == 2400


def test_a_job_s_own_item_table_comes_first(tmp_path, monkeypatch):
    monkeypatch.setattr(RatingsAdapter, "items", lambda self, options: 1 / 0)
    own = pa.table({"product_id": list(range(32)), "label": ["mine"] * 32})
    job = write_job(tmp_path, items='path = "own.parquet"\nitem = "product_id"')
    pa.parquet.write_table(own, tmp_path / "own.parquet")
    x2vec.run(job)
    assert x2vec.load(tmp_path / "store").metadata_of(9) == {"label": "mine"}


def test_without_titles_nothing_stands_beside_the_vectors(tmp_path):
    x2vec.run(write_job(tmp_path, source=RATINGS.replace('titles = "products.parquet"', "")))
    assert x2vec.load(tmp_path / "store").metadata is None


def test_ids_of_titles_are_brought_to_those_of_the_events(tmp_path):
    lines = ["product_id,title", *(f"{n},t{n}" for n in range(32))]
    (tmp_path / "titles.csv").write_text("\n".join(lines))
    job = write_job(tmp_path, source=RATINGS.replace("products.parquet", "titles.csv"))
    report = x2vec.run(job)
    assert any("converted from string to int64" in notice for notice in report.notices)
    assert x2vec.load(tmp_path / "store").metadata_of(9) == {"title": "t9"}


TITLES = pa.table({"item_id": [0, 1, 2], "title": ["a", "b", "c"]})
WITH_NULL = pa.table({"item_id": [0, None, 2], "title": ["a", "b", "c"]})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            pa.table({"item_id": [1, 1], "title": ["a", "b"]}),
            r"items: 1 items stand .* such as 1\.",
        ),
        (pa.table({"item_id": [1], "origin": ["a"]}), r"items: the column 'origin' has the name"),
        (pa.table({"item_id": [1.5]}), r"items, row 1: item_id is 1\.5"),
        (pa.table({"id": [1]}), r"items gave \['id'\]; expected a pyarrow\.Table with item_id"),
        ([1, 2], r"items gave list; expected a pyarrow\.Table with item_id"),
        (ZeroDivisionError("no"), r"items failed: ZeroDivisionError: no"),
        (SourceError("titles.csv: no such file."), r"items: titles\.csv: no such file"),
    ],
)
@pytest.mark.parametrize("verb", [x2vec.check, x2vec.run])
def test_what_the_adapter_says_is_checked(tmp_path, monkeypatch, verb, given, message):
    def items(self, options):
        if isinstance(given, Exception):
            raise type(given)(str(given))
        return given

    monkeypatch.setattr(RatingsAdapter, "items", items)
    with pytest.raises(SourceError, match=rf"^adapter 'ratings', {message}"):
        verb(write_job(tmp_path))
    assert not list(tmp_path.glob("store/v*"))


def test_titles_of_other_items_stop_the_run_before_it_trains(tmp_path, monkeypatch):
    other = pa.table({"item_id": [7001], "title": ["a"]})
    monkeypatch.setattr(RatingsAdapter, "items", lambda self, options: other)
    heard = []
    with pytest.raises(SourceError, match=r"'ratings', items: .* none of the 32 items .*7001"):
        x2vec.run(write_job(tmp_path), listen=heard.append)
    assert "train" not in {event.stage for event in heard}


@pytest.mark.parametrize(("given", "n_null"), [(TITLES, 29), (WITH_NULL, 30)])
def test_items_of_which_nothing_is_said_get_nulls(tmp_path, monkeypatch, given, n_null):
    monkeypatch.setattr(RatingsAdapter, "items", lambda self, options: given)
    report = x2vec.run(write_job(tmp_path))
    assert any(f"{n_null} of 32 items are not in the item table" in n for n in report.notices)
    assert x2vec.load(tmp_path / "store").metadata["title"].null_count == n_null
    is_told = any("1 of 3 rows of the item table have no item_id" in n for n in report.notices)
    assert is_told == (given is WITH_NULL)


def test_titles_are_found_beside_the_job(tmp_path, monkeypatch):
    job = write_job(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert x2vec.check(job).job["source"]["titles"] == "products.parquet"  # as it is written
