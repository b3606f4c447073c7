"""Bad item tables get clear answers, and odd ones get vectors."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from cold_worlds import clustered_world, shop_of

from x2vec.coldstart import ColdStart
from x2vec.errors import ConfigError, DataError, NothingLeftError, SourceError

ODD = [
    None, "", "   ", "<script>alert(1)</script>", "&amp;&lt;", "\U0001f375" * 40,
    "\u202e\u05d0", "x" * 50_000, "<b>tea", "nothing like it", "\x00", "e\u0301",
]  # fmt: skip


@pytest.fixture(scope="module")
def world():
    table, vectors, _ = clustered_world(300)
    draws = np.random.default_rng(1)
    words = [f"{kind} {n % 7} deluxe" for n, kind in enumerate(table["kind"].to_pylist())]
    table = table.append_column("title", pa.array(words))
    table = table.append_column("price", pa.array(draws.gamma(2, 5, 300)))
    return table, shop_of(table, vectors, context=True)


COLUMNS = {"text": "title", "categories": "kind", "numbers": "price"}
QUICK = {"rungs": ("ridge", "nearest content", "category centroid")}


@pytest.fixture(scope="module")
def ladder(world):
    table, shop = world
    return ColdStart(**COLUMNS, **QUICK).fit(shop, table)


def new_items(**columns):
    n = len(next(iter(columns.values())))
    given = {
        "item_id": [f"new {row}" for row in range(n)],
        "title": pa.nulls(n, pa.string()),
        "kind": pa.nulls(n, pa.string()),
        "price": pa.nulls(n, pa.float64()),
    }
    return pa.table({**given, **columns})


def test_whatever_a_title_holds_no_vector_is_nan(ladder):
    found = ladder.embed(new_items(title=ODD))
    assert len(found) == len(ODD)
    for array in (found.vectors, found.context_vectors, found.confidence):
        assert np.isfinite(array).all()
    assert found.vectors.any(axis=1).all()


def test_an_item_of_which_nothing_is_known_is_the_catalogue_centroid_without_confidence(ladder):
    found = ladder.embed(
        new_items(title=[None, ""], kind=[None, "never seen"], price=[float("nan"), float("inf")])
    )
    assert found.source.to_pylist() == ["catalogue centroid"] * 2
    assert found.confidence.tolist() == [0.0, 0.0]


def test_an_item_without_text_falls_to_a_rung_that_needs_none(ladder):
    found = ladder.embed(new_items(kind=["tea"], title=[None]))
    assert found.source.to_pylist() != ["catalogue centroid"]
    assert found.confidence[0] > 0.5


def test_no_rows_give_no_vectors(ladder):
    found = ladder.embed(new_items(title=["a"]).slice(0, 0))
    assert (len(found), found.vectors.shape[0]) == (0, 0)


def test_a_table_without_ids_names_the_columns_that_it_has(world):
    table, shop = world
    with pytest.raises(SourceError, match="no column 'item_id'; found 'item_ids', 'kind'"):
        ColdStart(**COLUMNS).fit(shop, table.rename_columns(["item_ids", "kind", "title", "price"]))


def test_a_missing_column_is_named_with_the_one_that_was_meant(ladder):
    renamed = new_items(title=["a"]).rename_columns(["item_id", "titles", "kind", "price"])
    with pytest.raises(SourceError, match=r"no column 'title'.*Did you mean 'titles'\?"):
        ladder.embed(renamed)


def test_duplicates_are_refused_and_five_are_named(ladder):
    table = new_items(title=["a"] * 7)
    with pytest.raises(SourceError, match="7 items stand there more than once, such as") as raised:
        ladder.embed(pa.concat_tables([table, table]))
    assert str(raised.value).count("'new ") == 5


def test_null_ids_are_refused_by_their_rows(ladder):
    table = new_items(title=["a", "b", "c"]).set_column(0, "item_id", pa.array(["x", None, None]))
    with pytest.raises(SourceError, match="2 of 3 rows have no item_id, among them the rows 1, 2"):
        ladder.embed(table)


def test_another_type_than_at_fit_says_what_it_was(ladder):
    with pytest.raises(SourceError, match="'kind' holds whole numbers, and held text at fit"):
        ladder.embed(new_items(title=["a"], kind=[7]))


def test_a_kind_of_column_takes_its_types_alone(world):
    table, shop = world
    with pytest.raises(SourceError, match="'title' holds text, and numbers take whole numbers or"):
        ColdStart(numbers="title").fit(shop, table)


def test_text_of_a_csv_is_read_as_what_its_kind_is(world):
    table, shop = world
    draws = np.random.default_rng(2)
    real = table.append_column("new", pa.array(draws.random(300) < 0.5))
    real = real.append_column(
        "on", pa.array([datetime.date(2026, 1, 1 + n % 28) for n in range(300)])
    )
    written = real
    for name in ("price", "new", "on"):
        place = written.column_names.index(name)
        text = pc.if_else(pa.array(np.arange(300) > 0), written[name].cast(pa.string()), " ")
        written = written.set_column(place, name, text)
        nulled = pc.if_else(pa.array(np.arange(300) > 0), real[name], None)
        real = real.set_column(place, name, nulled)
    cold = ColdStart(numbers="price", booleans="new", dates="on", rungs="ridge")
    one, other = (cold.fit(shop, items).embed(items) for items in (real, written))
    assert one.to_arrow().equals(other.to_arrow())


def test_ids_of_another_type_are_refused(ladder):
    table = new_items(title=["a"]).set_column(0, "item_id", pa.array([1]))
    with pytest.raises(SourceError, match="the ids are int64, those of the known items string"):
        ladder.embed(table)


def test_a_table_of_other_items_says_whose_ids_are_which(world):
    _, shop = world
    with pytest.raises(NothingLeftError, match="describes 0 of the 300 trained items"):
        ColdStart(**COLUMNS).fit(shop, new_items(title=["a"] * 60))


def test_no_column_at_all_is_refused():
    with pytest.raises(ConfigError, match="no column is named, so nothing tells one new item"):
        ColdStart()


def test_all_problems_of_a_configuration_come_at_once():
    with pytest.raises(ConfigError) as raised:
        ColdStart(text="a", tags="a", numbers="n", log="m", bins=-1)
    assert [line.split(" ")[0] for line in str(raised.value).splitlines()] == ["the", "log", "bins"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rungs": "rigde"}, "rungs names 'rigde'"),
        ({"by": "hope"}, "by must be 'recall' or 'cosine'"),
        ({"hidden": 1}, "hidden is a share between 0 and 1"),
        ({"encoder": "tfidff"}, "Did you mean 'tfidf'"),
        ({"encoder": 3}, "encoder is int"),
        ({"seed": -1}, "seed must be a whole number"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(wrong, said):
    with pytest.raises(ConfigError, match=said):
        ColdStart(text="title", **wrong)


def test_a_column_of_very_many_values_is_bounded_and_told(world):
    table, shop = world
    heard = []
    many = table.append_column("sku", pa.array([f"s{row}" for row in range(300)]))
    cold = ColdStart(categories=["kind", "sku"], most_values=50, **QUICK)
    ladder = cold.fit(shop, many, listen=heard.append)
    assert ladder.base.features.attributes.known["sku"].width == 51
    assert any("'sku' has 300 values; the 50 most frequent" in str(event) for event in heard)
    assert any("'sku' has 300 values" in note for note in ladder.report.notes)
    assert len(ladder.embed(new_items(kind=["tea"], sku=["new"]))) == 1


def test_a_hundred_thousand_categories_become_ten_thousand_columns_and_one():
    from x2vec.coldstart.columns import ItemColumns
    from x2vec.coldstart.features.attributes import Attributes
    from x2vec.coldstart.items import read_item_table

    columns = ItemColumns(categories="sku")
    n = 100_000
    table = read_item_table(pa.table({"item_id": range(n), "sku": range(n)}), columns)
    fitted = Attributes.fit(table, columns)
    matrix = fitted.matrix(table, columns)
    assert matrix.shape == (n, 10_001)
    assert matrix[:, -1].sum() == n - 10_000


def test_an_encoder_that_returns_something_else_is_named(world):
    table, shop = world
    cold = ColdStart(text="title", encoder=lambda texts: np.zeros(len(texts)), **QUICK)
    with pytest.raises(DataError, match=r"made float64 of shape \(240,\) of 240 texts"):
        cold.fit(shop, table)


def test_the_largest_numbers_there_are_give_no_nan(world):
    table, shop = world
    draws = np.random.default_rng(0)
    table = table.select(["item_id"]).append_column("price", pa.array(draws.normal(0, 1e307, 300)))
    cold = ColdStart(numbers="price", rungs="ridge").fit(shop, table)
    found = cold.embed(pa.table({"item_id": ["a", "b"], "price": [1.7e308, -1.7e308]}))
    assert np.isfinite(found.vectors).all()


def test_an_encoder_that_gives_nan_is_taken_as_silent(world):
    table, shop = world

    def encode(texts):
        return np.array([[len(text), np.nan if "tea" in text else 1.0] for text in texts])

    ladder = ColdStart(text="title", encoder=encode, **QUICK).fit(shop, table)
    assert np.isfinite(ladder.embed(new_items(title=["tea", "", "rope"])).vectors).all()


def test_pandas_frames_dates_and_booleans_go_in(world):
    table, shop = world
    frame = table.to_pandas()
    frame["new"] = [row % 3 == 0 for row in range(300)]
    frame["on"] = [datetime.datetime(2026, 1 + row % 12, 1) for row in range(300)]
    cold = ColdStart(categories="kind", booleans="new", dates="on", numbers="price", **QUICK)
    frame.loc[3, "on"] = pd.NaT
    assert np.isfinite(cold.fit(shop, frame).embed(frame.head(9)).vectors).all()
