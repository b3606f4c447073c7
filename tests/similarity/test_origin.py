"""Where a store holds inferred items, every table of answers says where their vectors come from."""

import pyarrow as pa
import pytest
from cold_shop import NEW, genres_of, write_cold_shop

import x2vec
from x2vec.cli.program import run_program


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    x2vec.run(write_cold_shop(folder))
    return folder / "store"


@pytest.fixture(scope="module")
def store(place):
    return x2vec.load(place)


ASKED = {
    "similar": lambda store, item, **how: store.similar(item, k=30, **how),
    "complements": lambda store, item, **how: x2vec.complements(store, item, 30, **how),
    "substitutes": lambda store, item, **how: x2vec.substitutes(store, item, 30, **how),
    "recommend": lambda store, item, **how: x2vec.recommend(store, [[item]], 30, **how),
}


@pytest.mark.parametrize("verb", ASKED)
@pytest.mark.parametrize("item", ["tea 3", "tea 23"])
def test_each_answer_has_the_origin_of_the_item_that_was_found(store, verb, item):
    table = ASKED[verb](store, item).to_arrow()
    last = ["source", "origin"] if verb == "recommend" else ["origin"]
    assert table.column_names == ["query_id", "item_id", "rank", "score", *last]
    origins = dict(zip(store.items.to_pylist(), store.origin.to_pylist(), strict=True))
    assert table["origin"].to_pylist() == [origins[one] for one in table["item_id"].to_pylist()]
    if verb in ("similar", "recommend"):  # the view of a cold item has no counts to go by
        assert genres_of(table["item_id"].to_pylist()[:5]) == ["tea"] * 5
        assert set(table["origin"].to_pylist()) > {"trained"}


@pytest.mark.parametrize("verb", ["similar", "recommend"])
def test_a_condition_on_the_confidence_leaves_inferred_items_that_reach_it(store, verb):
    found = ASKED[verb](store, "tea 3", where="confidence > 0.5 AND genre = 'tea'")
    assert sorted(found.item_id.to_pylist()) == [f"tea {n}" for n in range(20, 20 + NEW)]
    none = ASKED[verb](store, "tea 3", where="confidence > 1")
    assert len(none) == 0


def test_without_inferred_items_the_tables_are_what_they_were():
    shop = x2vec.Embeddings(["a", "b"], [[1.0, 0.0], [0.9, 0.1]], counts=[2, 1])
    assert shop.similar("a").to_arrow().column_names == ["query_id", "item_id", "rank", "score"]


@pytest.mark.parametrize("words", [["similar", "{}", "tea 3"], ["recommend", "{}", "tea 3"]])
def test_on_the_command_line_it_is_a_column_too(place, capsys, words):
    assert run_program([word.format(place) for word in words]) == 0
    out = capsys.readouterr().out
    assert "origin" in out
    assert "trained" in out


def test_metadata_stand_after_the_origin(store):
    found = store.similar("tea 3", k=1).with_metadata(["genre"]).to_arrow()
    assert found.column_names[-2:] == ["origin", "genre"]
    assert isinstance(found["origin"], pa.ChunkedArray)
