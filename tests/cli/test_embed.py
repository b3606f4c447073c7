"""x2vec embed writes vectors of new items, or appends them, and says what it did."""

import json

import pyarrow.parquet as pq
import pytest
from cold_shop import GENRES, item_table, write_cold_shop

import x2vec


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    x2vec.run(write_cold_shop(folder))
    pq.write_table(item_table([90]), folder / "new.parquet")
    return folder


def test_it_writes_a_file_and_shows_what_it_chose_by(shop, told, tmp_path):
    path = tmp_path / "vectors.parquet"
    code, out, _ = told("embed", shop / "store", shop / "new.parquet", "-o", path)
    assert code == 0
    assert pq.read_table(path).num_rows == len(GENRES)
    assert "chosen" in out
    assert f"{len(GENRES)} new items: {len(GENRES)} by " in out
    assert out.splitlines()[-1] == f"Wrote: {path}"


def test_columns_on_the_command_line_stand_in_the_place_of_what_the_store_says(shop, told):
    words = ["--append", "--text", "title", "--item", "sku", "--rungs", "ridge", "--json"]
    code, out, _ = told("embed", shop / "store", shop / "new.parquet", *words)
    said = json.loads(out)
    assert (code, said["status"], said["exit_code"]) == (0, "published", 0)
    assert {row["evidence"] for row in said["rungs"]} == {"text"}
    assert x2vec.ColdStart.of_store(x2vec.load(shop / "store")).text == ("title",)
    _, out, _ = told("embed", shop / "store", shop / "new.parquet", *words)
    assert json.loads(out)["status"] == "unchanged"
    _, out, _ = told("embed", shop / "store", shop / "new.parquet", *words[:-1])
    assert out.startswith("Unchanged: ")


def test_somewhere_the_vectors_have_to_go(shop, told):
    code, _, err = told("embed", shop / "store", shop / "new.parquet")
    assert (code, "say where the vectors go" in err) == (2, True)


def test_a_missing_table_is_bad_data_in_one_line_of_json(shop, told):
    code, out, _ = told("embed", shop / "store", "nowhere.csv", "--append", "--json")
    said = json.loads(out)
    assert (code, said["status"], said["kind"]) == (3, "failed", "SourceError")
