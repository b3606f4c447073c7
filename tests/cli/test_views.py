"""The commands of the views print tables and explanations, and exit as promised."""

import json

import pytest
from shop import write_shop
from typer.testing import CliRunner

import x2vec
from x2vec.cli.program import app, run_program


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    x2vec.run(write_shop(folder, evaluate=None))
    return str(folder / "store")


def said(*words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("view", ["complements", "substitutes"])
def test_a_view_shows_a_table_for_each_item_with_titles(view, store):
    shown = said(view, store, 3, 12, "-k", 2)
    assert shown.startswith("3 · genre 0 product 3\n")
    assert "12 · genre 1 product 4" in shown
    assert shown.count("title") == 2


def test_for_machines_it_is_one_line_of_json_and_a_condition_holds(store):
    rows = json.loads(said("complements", store, 3, "-k", 4, "--where", "item_id < 8", "--json"))
    assert [row["rank"] for row in rows] == [1, 2, 3, 4]
    assert all(row["item_id"] < 8 and row["score"] > 1 for row in rows)


def test_an_explanation_shows_both_items_and_how_often_they_were_together(store):
    shown = said("explain", store, 3, 4).splitlines()
    assert shown[:2] == ["3 · genre 0 product 3", "4 · genre 0 product 4"]
    why = json.loads(said("explain", store, 3, 4, "--json"))
    assert any(f"together in {why['together']:,}" in line for line in shown)
    apart = said("explain", store, 3, 12)  # no basket holds two genres
    assert "never together: of 600 sequences" in apart


def test_a_store_without_evidence_says_to_train_again(tmp_path, capsys):
    job = write_shop(
        tmp_path, n_baskets=60, evaluate=None, publish='store = "store"\nevidence = false'
    )
    x2vec.run(job)
    for words in (["complements", "3"], ["substitutes", "3"], ["explain", "3", "4"]):
        assert run_program([words[0], str(tmp_path / "store"), *words[1:]]) == 2
        assert "Train again" in capsys.readouterr().err
    assert not list((tmp_path / "store").glob("v*/evidence.parquet"))


@pytest.mark.parametrize(
    "words", [["complements"], ["explain", "store", "3"], ["substitutes", "x"]]
)
def test_wrong_use_exits_with_2(words):
    assert run_program(words) == 2


def test_an_unknown_item_exits_with_3(store, capsys):
    assert run_program(["explain", store, "3", "333"]) == 3
    assert "333" in capsys.readouterr().err
