"""New items get vectors from a store: in a file, in a new version, or both."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from cold_shop import COLD, GENRES, genres_of, item_table, write_cold_shop

import x2vec
from x2vec.embeddings import publish
from x2vec.errors import ConfigError, SourceError, StorageError, UsageError

NEW = [90, 91]
N_NEW = len(NEW) * len(GENRES)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store whose job has a cold start, with prices; its items 20 to 24 are inferred."""
    folder = tmp_path_factory.mktemp("shop")
    x2vec.run(write_cold_shop(folder, cold=f'{COLD}\nnumbers = "price"'))
    return folder / "store"


@pytest.fixture
def store(made, tmp_path):
    """A copy of its first version."""
    publish(x2vec.load(made), tmp_path / "store")
    return tmp_path / "store"


def test_a_file_holds_a_row_an_item_with_source_confidence_and_both_vectors(made, tmp_path):
    done = x2vec.embed(made, item_table(NEW), output=tmp_path / "vectors.parquet")
    table = pq.read_table(tmp_path / "vectors.parquet")
    assert table.column_names == [
        "item_id", "source", "confidence", "embedding", "context_embedding",
    ]  # fmt: skip
    assert table["item_id"].to_pylist() == item_table(NEW)["sku"].to_pylist()
    assert table.equals(done.inferred.to_arrow())
    assert (done.status, done.version, done.n_trained) == ("embedded", None, 0)
    known = x2vec.load(made)
    near = known.with_inferred(done.inferred).similar(table["item_id"], k=3).to_pandas()
    assert genres_of(near.query_id) == genres_of(near.item_id)


def test_a_file_is_replaced_whole_and_nothing_else_ever_is(made, tmp_path):
    path = tmp_path / "vectors.parquet"
    x2vec.embed(made, item_table(NEW), output=path)
    x2vec.embed(made, item_table([95]), output=path)
    assert pq.read_table(path).num_rows == len(GENRES)
    assert [entry.name for entry in tmp_path.iterdir()] == ["vectors.parquet"]
    pq.write_table(item_table(NEW), tmp_path / "mine.parquet")
    with pytest.raises(StorageError, match="something else is there"):
        x2vec.embed(made, item_table(NEW), output=tmp_path / "mine.parquet")
    with pytest.raises(ConfigError, match=r"end it in \.parquet"):
        x2vec.embed(made, item_table(NEW), output=tmp_path / "vectors.csv")


def test_items_are_appended_as_a_version_that_says_from_which_and_what(store):
    done = x2vec.embed(store, item_table(NEW), append=True)
    before, after = x2vec.load(store, version="v000001"), x2vec.load(store)
    assert (done.status, Path(done.version).name, done.n_replaced) == ("published", "v000002", 0)
    assert after.items.to_pylist() == before.items.to_pylist() + done.inferred.items.to_pylist()
    assert after.vectors[: len(before)].tobytes() == before.vectors.tobytes()
    assert after.metadata["title"].to_pylist()[-1] == "rope number 91"
    said = after.provenance.config["appended"]
    assert (said["version"], said["items"]) == ("v000001", N_NEW)
    assert after.provenance.config["job"] == before.provenance.config["job"]
    assert len(after.evidence) == len(after)


@pytest.mark.parametrize("numbers", [[], [0, 1]], ids=["no rows", "trained items alone"])
def test_a_table_of_nothing_new_publishes_nothing_and_gives_an_empty_file(store, tmp_path, numbers):
    table = item_table(numbers) if numbers else item_table([0]).slice(0, 0)
    assert x2vec.embed(store, table, append=True).status == "unchanged"
    assert Path(store / "LATEST").read_text().split()[0] == "v000001"
    done = x2vec.embed(store, table, output=tmp_path / "vectors.parquet", append=True)
    assert (done.status, len(done.inferred)) == ("embedded", 0)
    assert pq.read_table(tmp_path / "vectors.parquet").num_rows == 0


def test_trained_items_are_left_out_and_told_and_inferred_ones_get_new_vectors(store):
    heard = []
    table = item_table([0, 20]).set_column(1, "genre", pa.array(["rope"] * 8))
    done = x2vec.embed(store, table, append=True, listen=heard.append)
    told = "4 items have a trained vector and are left out, such as 'tea 0', 'soap 0', 'lamp 0'"
    assert any(told in str(event) for event in heard)
    assert (done.n_trained, done.n_replaced, len(done.inferred)) == (4, 4, 4)
    before, after = x2vec.load(store, version="v000001"), x2vec.load(store)
    assert after.items.equals(before.items)
    assert after["tea 0"].tobytes() == before["tea 0"].tobytes()
    near = after.similar("tea 20", k=3, where="origin = 'trained'").item_id.to_pylist()
    assert genres_of(near) == ["rope"] * 3
    assert after.metadata_of("tea 20")["genre"] == "rope"


def test_the_same_table_is_appended_once(store):
    x2vec.embed(store, item_table(NEW), append=True)
    done = x2vec.embed(store, item_table(NEW[::-1]), append=True)
    assert (done.status, done.version, done.inferred) == ("unchanged", None, None)
    assert not (store / "v000003").exists()
    json.dumps(done.to_dict(), allow_nan=False)


def test_a_table_is_appended_once_whatever_came_between_unless_its_items_changed(store):
    first, second = item_table([90]), item_table([91])
    changed = item_table([90]).slice(0, 1).set_column(1, "genre", pa.array(["rope"]))
    told = [
        x2vec.embed(store, table, append=True).status
        for table in (first, second, first, second, changed, first)
    ]
    same = "unchanged"
    assert told == ["published", "published", same, same, "published", "published"]
    assert x2vec.load(store).metadata_of("tea 90")["genre"] == "tea"


def test_the_same_items_appended_to_the_same_store_give_the_same_bytes(made, tmp_path):
    versions = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        shutil.copytree(made, folder)
        versions.append(Path(x2vec.embed(folder, item_table(NEW), append=True).version))
    a, b = versions
    files = {path.name for path in a.iterdir()} - {"manifest.json"}  # which says when
    assert {"items.parquet", "context.parquet", "evidence.parquet"} <= files
    assert all((a / name).read_bytes() == (b / name).read_bytes() for name in files)


def test_a_version_that_was_published_meanwhile_is_not_lost(store, monkeypatch):
    from x2vec.jobs import embedding

    def late(embeddings, place, **how):
        publish(x2vec.load(store), place)
        return publish(embeddings, place, **how)

    monkeypatch.setattr(embedding, "publish", late)
    with pytest.raises(StorageError, match="v000002 was published meanwhile"):
        x2vec.embed(store, item_table(NEW), append=True)
    assert "tea 90" not in x2vec.load(store)


def test_only_the_latest_version_of_a_store_is_appended_to(store, tmp_path):
    publish(x2vec.load(store), store)
    with pytest.raises(UsageError, match=r"the latest version is v000002.*added to v000001"):
        x2vec.embed(store, item_table(NEW), append=True, version="v000001")
    x2vec.load(store).save(tmp_path / "saved")
    with pytest.raises(UsageError, match="not a store of versions"):
        x2vec.embed(tmp_path / "saved", item_table(NEW), append=True)
    assert len(x2vec.embed(tmp_path / "saved", item_table(NEW)).inferred) == N_NEW


def test_csv_and_json_lines_give_what_parquet_gives(made, tmp_path):
    table = item_table(NEW)
    pq.write_table(table, tmp_path / "new.parquet")
    pa_csv.write_csv(table, tmp_path / "new.csv")
    lines = "".join(json.dumps(row) + "\n" for row in table.to_pylist())
    (tmp_path / "new.jsonl").write_text(lines)
    found = [
        x2vec.embed(made, tmp_path / f"new.{end}").inferred for end in ("parquet", "csv", "jsonl")
    ]
    assert found[1].to_arrow().equals(found[0].to_arrow())
    assert found[2].to_arrow().equals(found[0].to_arrow())
    # the store's price is a number, so that of a CSV becomes one
    assert x2vec.load(made).with_inferred(found[1]).metadata_of("tea 90")["price"] == 91.0


def test_a_store_that_does_not_say_how_asks_for_columns(made, tmp_path):
    from dataclasses import replace

    from x2vec.embeddings import Provenance

    replace(x2vec.load(made), provenance=Provenance()).save(tmp_path / "bare")
    with pytest.raises(
        ConfigError,
        match=r"do not say how their cold start was configured\. Name the .* x2vec embed --text",
    ):
        x2vec.embed(tmp_path / "bare", item_table(NEW))
    how = {"categories": ["genre"], "rungs": ["category centroid"], "item": "sku"}
    found = x2vec.embed(tmp_path / "bare", item_table(NEW), **how).inferred
    assert found.sources == {"category centroid": N_NEW}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.rename_columns(["id", *t.column_names[1:]]), "no column 'sku'; found 'id'"),
        (lambda t: t.drop_columns(["genre"]), "no column 'genre'"),
        (lambda t: pa.concat_tables([t, t]), "8 items stand in the item table more than once"),
        (lambda t: t.set_column(1, "genre", pa.array(range(8))), "held text at fit"),
        (lambda t: t.set_column(3, "price", pa.array(["dear"] * 8)), "'price' holds text"),
    ],
)
def test_a_table_that_is_none_is_refused_and_nothing_is_published(store, change, said):
    with pytest.raises(SourceError, match=said):
        x2vec.embed(store, change(item_table(NEW)), append=True)
    assert not (store / "v000002").exists()


def test_rows_without_an_id_are_left_out_and_counted(made):
    table = item_table(NEW)
    ids = pa.array([None, *table["sku"].to_pylist()[1:]])
    done = x2vec.embed(made, table.set_column(0, "sku", ids))
    assert len(done.inferred) == N_NEW - 1
    assert any("1 of 8 rows of the item table have no sku" in notice for notice in done.notices)


def test_no_new_items_give_an_empty_file(made, tmp_path):
    done = x2vec.embed(made, item_table([0]), output=tmp_path / "none.parquet")
    assert (len(done.inferred), done.n_trained) == (0, len(GENRES))
    assert pq.read_table(tmp_path / "none.parquet").num_rows == 0
    assert np.isfinite(done.inferred.vectors).all()
