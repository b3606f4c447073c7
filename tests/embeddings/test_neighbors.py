"""The result table: escaped where people see it, open to whatever speaks Arrow."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from x2vec.embeddings import Embeddings, Neighbors
from x2vec.errors import UsageError

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def evil() -> Embeddings:
    items = ["a", EVIL, "=cmd()", "\x1b[2J\n"]
    metadata = pa.table({"title": [None, EVIL, "x", "y"], "score": [1, 2, 3, 4]})
    return Embeddings(items, np.eye(4), counts=[1] * 4, metadata=metadata)


def test_it_goes_to_pandas_polars_and_duckdb(shop):
    found = shop.similar(["bread", "salt"], k=2)
    frame = found.to_pandas()
    assert list(frame.columns) == ["query_id", "item_id", "rank", "score", "origin"]
    assert frame["rank"].tolist() == [1, 2, 1, 2]
    assert pl.DataFrame(found).equals(pl.from_arrow(found.to_arrow()))
    assert duckdb.sql("SELECT max(rank) FROM found").fetchall() == [(2,)]
    assert len(pd.DataFrame.from_arrow(found)) == len(found) == 4


def test_html_shows_scripts_as_text(evil):
    found = evil.similar(["a", "<b>"], unknown="report").with_metadata()
    page = found._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>" not in page
    assert "=cmd()" in page


def test_the_repr_is_a_table_that_moves_no_cursor(evil):
    lines = repr(evil.similar("a")).splitlines()
    assert lines[0].split() == ["query_id", "item_id", "rank", "score"]
    assert lines[3].split() == ["a", r"\x1b[2J\n", "3", "0.000"]
    assert len(lines) == 4


def test_long_tables_are_cut_and_unknown_items_told():
    embeddings = Embeddings(
        list(range(40)), np.random.default_rng(0).normal(size=(40, 2)), counts=[1] * 40
    )
    shown = repr(embeddings.similar([0, *range(100, 107)], k=30, unknown="report"))
    assert "... 20 of 30 rows" in shown
    assert "unknown: 100, 101, 102, 103, 104 and 2 more" in shown
    assert repr(embeddings.similar([99], unknown="report")).splitlines()[-1] == "unknown: 99"


def test_metadata_of_the_neighbours_can_stand_beside_them(shop):
    found = shop.similar("bread", k=6).with_metadata(["name"])
    assert found.table.column_names[3:] == ["score", "origin", "name"]
    assert [f"The {item}" for item in found.item_id.to_pylist()] == found.table["name"].to_pylist()
    assert found.with_metadata("price").table.column_names[-1] == "price"
    with pytest.raises(UsageError, match="No metadata column 'nam'; there are: name, price"):
        found.with_metadata(["nam"])


def test_a_metadata_column_whose_name_is_taken_gets_a_prefix(evil):
    table = evil.similar("a").with_metadata().table
    assert table.column_names[4:] == ["title", "item_score"]
    assert table["item_score"].to_pylist() == [2, 3, 4]


def test_column_names_move_no_cursor_either():
    metadata = pa.table({"\x1b[2J": ["x", "y"]})
    found = Embeddings(["a", "b"], np.eye(2), counts=[1, 1], metadata=metadata).similar("a")
    assert repr(found.with_metadata()).splitlines()[0].split()[-1] == r"\x1b[2J"


def test_metadata_is_joined_by_item_and_null_where_the_catalogue_lacks_it():
    answers = {"query_id": [9, 9, 9], "item_id": [7, 5, 7], "rank": [1, 2, 1], "score": [0.5] * 3}
    catalogue = pa.table({"item_id": [8, 7, 6], "name": ["eight", "seven", "six"]})
    found = Neighbors(pa.table(answers), catalogue=catalogue).with_metadata()
    assert found.table["name"].to_pylist() == ["seven", None, "seven"]


@pytest.mark.parametrize(
    "catalogue",
    [{}, {"name": ["a"]}, {"name": ["a"], "item_id": ["b"]}, {"item_id": [1], "name": ["a"]}],
)
def test_a_catalogue_that_does_not_go_with_the_answers_is_refused(catalogue):
    table = pa.table({"query_id": ["a"], "item_id": ["b"], "rank": [1], "score": [0.5]})
    with pytest.raises(
        UsageError, match=r"the catalogue's first column is .*; expected item_id of"
    ):
        Neighbors(table, catalogue=pa.table(catalogue))


def test_without_metadata_there_is_nothing_to_add():
    plain = Embeddings(["a", "b"], np.eye(2), counts=[1, 1]).similar("a")
    assert plain.with_metadata().table.equals(plain.table)
    with pytest.raises(UsageError, match="there are: none"):
        plain.with_metadata(["name"])


def test_ranks_with_gaps_are_refused():
    table = pa.table({"query_id": ["a"], "item_id": ["b"], "rank": [2], "score": [0.5]})
    with pytest.raises(UsageError, match="without gaps"):
        Neighbors(table)
    with pytest.raises(UsageError, match="expected query_id"):
        Neighbors(table.drop_columns(["score"]))
