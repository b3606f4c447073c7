"""One directory or one file: what was saved is what loads, and nothing of others is overwritten."""

import dataclasses
import errno
import json
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from x2vec.embeddings import Embeddings, Provenance, load, manifest, read_manifest
from x2vec.errors import DamagedError, DataError, StorageError, UsageError

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)


@st.composite
def any_embeddings(draw) -> Embeddings:
    items = draw(
        st.lists(TEXT, min_size=1, max_size=8, unique=True)
        | st.lists(INTEGERS, min_size=1, max_size=8, unique=True)
    )
    shape = (len(items), draw(st.integers(1, 5)))
    names = draw(st.lists(TEXT.filter(bool), max_size=3, unique=True))
    kinds = st.sampled_from(
        [TEXT, INTEGERS, st.floats(allow_nan=False), st.booleans(), st.lists(TEXT, max_size=2)]
    )
    columns = {
        name: draw(st.lists(draw(kinds) | st.none(), min_size=shape[0], max_size=shape[0]))
        for name in names
        if name not in ("item_id", "count", "origin", "embedding")
    }
    matrix = hnp.arrays(np.float32, shape, elements=FINITE)
    square = hnp.arrays(np.float32, shape[1:] * 2, elements=FINITE)
    return Embeddings(
        items,
        draw(matrix),
        counts=draw(hnp.arrays(np.int64, shape[0], elements=st.integers(0, 2**63 - 1))),
        context_vectors=draw(st.none() | matrix),
        query_matrix=draw(st.none() | square),
        origin=draw(st.lists(TEXT, min_size=shape[0], max_size=shape[0])),
        metadata=pa.table(columns) if columns else None,
        provenance=Provenance(config=draw(st.dictionaries(TEXT, TEXT | INTEGERS, max_size=3))),
    )


@given(embeddings=any_embeddings())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_was_saved_is_what_loads(tmp_path_factory, same, embeddings):
    path = tmp_path_factory.mktemp("round") / "saved"
    assert embeddings.save(path) == path
    assert same(load(path), embeddings)
    assert same(load(path, verify=False), embeddings)


@pytest.mark.parametrize(
    "item",
    [
        "x" * 1500,
        "line\nbreak",
        "tab\t",
        "nul\0nul",
        "../../up",
        "👩‍👩‍👧",
        "e\u0301",
        "שלום",
        "=cmd()",
    ],
)
def test_strange_ids_are_exact_in_parquet(tmp_path, item):
    saved = Embeddings([item, "é"], [[1, 2], [3, 4]], counts=[1, 1])
    loaded = load(saved.save(tmp_path / "saved"))
    assert list(loaded) == [item, "é"]
    assert loaded[item].tolist() == [1, 2]
    assert [entry.name for entry in tmp_path.iterdir()] == ["saved"]


def test_the_same_embeddings_give_the_same_bytes(tmp_path, shop):
    for name in ("one", "two"):
        shop.save(tmp_path / name)
    for file in ("items.parquet", "context.parquet"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_loaded_copy_saves_to_the_same_bytes(tmp_path, shop):
    again = load(shop.save(tmp_path / "one")).save(tmp_path / "two")
    assert (again / "items.parquet").read_bytes() == (tmp_path / "one/items.parquet").read_bytes()


def test_a_bare_file_has_all_but_context_and_provenance(tmp_path, shop):
    path = shop.save(tmp_path / "deep" / "items.parquet")
    loaded = load(path)
    assert loaded.items.equals(shop.items)
    assert loaded.vectors.tobytes() == shop.vectors.tobytes()
    assert loaded.metadata.equals(shop.metadata)
    assert loaded.origin.equals(shop.origin)
    assert loaded.context_vectors is None
    assert loaded.provenance == Provenance()


def test_a_bare_items_file_of_a_directory_loads_by_itself(tmp_path, shop):
    assert len(load(shop.save(tmp_path / "saved") / "items.parquet")) == 6


def test_who_knows_nothing_of_a_query_matrix_finds_the_other_files_as_they_were(tmp_path, shop):
    shop.save(tmp_path / "without")
    dataclasses.replace(shop, query_matrix=np.eye(64)).save(tmp_path / "with")
    for name in ("items.parquet", "context.parquet"):
        assert (tmp_path / "with" / name).read_bytes() == (tmp_path / "without" / name).read_bytes()
    (tmp_path / "with" / "query.parquet").unlink()
    with pytest.raises(DamagedError, match=r"query\.parquet: is missing"):
        load(tmp_path / "with")


@pytest.mark.parametrize("name", ["saved", "saved.parquet"])
def test_what_is_there_is_replaced_only_when_told(tmp_path, shop, name):
    path = shop.save(tmp_path / name)
    other = Embeddings(["x"], [[1.0]], counts=[1])
    with pytest.raises(StorageError, match="is there already; pass overwrite=True"):
        other.save(path)
    assert len(load(path)) == 6
    other.save(path, overwrite=True)
    assert list(load(path)) == ["x"]
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def old_and_new(tmp_path, shop):
    return shop.save(tmp_path / "saved"), Embeddings(["x"], [[1.0]], counts=[1])


def test_when_the_new_directory_cannot_be_put_in_place_the_old_one_stays(
    tmp_path, shop, same, monkeypatch
):
    path, new = old_and_new(tmp_path, shop)
    rename = os.rename

    def failing(source, target):
        if "staging" in Path(source).name:
            raise OSError(errno.EIO, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(StorageError, match="Input/output error"):
        new.save(path, overwrite=True)
    assert same(load(path), shop)
    assert [entry.name for entry in tmp_path.iterdir()] == ["saved"]


def test_what_a_killed_save_moved_away_is_announced_and_the_next_one_restores_it(
    tmp_path, shop, same
):
    path, new = old_and_new(tmp_path, shop)
    path.rename(tmp_path / ".saved.old-1")  # killed between the two renames
    with pytest.raises(StorageError, match=r"A save was killed and left .*\.saved\.old-1"):
        load(path)
    with pytest.raises(StorageError, match="is there already; pass overwrite=True"):
        new.save(path)
    assert same(load(path), shop)
    assert [entry.name for entry in tmp_path.iterdir()] == ["saved"]


def test_what_a_killed_save_had_replaced_is_removed_by_the_next_one(tmp_path, shop):
    path, new = old_and_new(tmp_path, shop)
    shop.save(tmp_path / ".saved.old-1")  # killed after both renames
    new.save(path, overwrite=True)
    assert list(load(path)) == ["x"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["saved"]


def test_what_a_killed_save_moved_away_outlives_what_you_put_in_its_place(tmp_path, shop):
    path, new = old_and_new(tmp_path, shop)
    path.rename(tmp_path / ".saved.old-1")
    path.mkdir()
    (path / "thesis.txt").write_text("ten years of work")
    with pytest.raises(StorageError, match="something else is there"):
        new.save(path, overwrite=True)
    assert len(load(tmp_path / ".saved.old-1")) == 6


@pytest.mark.parametrize("name", ["mine", "mine.parquet"])
def test_what_is_not_ours_is_never_overwritten(tmp_path, shop, name):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("ten years of work")
    (tmp_path / "mine.parquet").write_text("no parquet")
    with pytest.raises(StorageError, match="something else is there"):
        shop.save(tmp_path / name, overwrite=True)
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_a_directory_of_ours_with_a_file_of_yours_is_not_overwritten(tmp_path, shop):
    path = shop.save(tmp_path / "saved")
    (path / "notes.txt").write_text("keep me")
    with pytest.raises(StorageError, match="something else is there"):
        shop.save(path, overwrite=True)


def test_an_empty_directory_may_be_filled(tmp_path, shop):
    (tmp_path / "empty").mkdir()
    assert len(load(shop.save(tmp_path / "empty"))) == 6


def test_metadata_that_parquet_cannot_hold_is_told(tmp_path, shop):
    odd = pa.table({"odd": pa.array([(1, 2, 3)], pa.month_day_nano_interval())})
    embeddings = Embeddings(["x"], [[1.0]], counts=[1], metadata=odd)
    with pytest.raises(DataError, match="cannot be stored in Parquet"):
        embeddings.save(tmp_path / "saved")
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_says_where_it_comes_from(tmp_path, shop):
    found = read_manifest(shop.save(tmp_path / "saved"))
    assert found.provenance == shop.provenance
    assert (found.n_items, found.vector_size) == (6, 64)
    assert set(found.files) == {"items.parquet", "context.parquet"}
    assert {"x2vec", "numpy", "pyarrow", "python"} <= set(found.libraries)
    written = json.loads((tmp_path / "saved" / "manifest.json").read_text())
    assert written["format_version"] == 1
    assert written["input_fingerprint"] == "ab" * 32


def test_there_is_no_path_for_pickles_zips_and_arrays(tmp_path):
    (tmp_path / "pickle").write_bytes(pickle.dumps({"vectors": [1]}))
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("vectors", "0" * 10_000)
    np.save(tmp_path / "array.npy", np.eye(2))
    with pytest.raises(DamagedError, match="Python pickle; x2vec never opens those"):
        load(tmp_path / "pickle")
    with pytest.raises(DamagedError, match="zip archive"):
        load(tmp_path / "zip")
    with pytest.raises(DamagedError, match="NumPy array file"):
        load(tmp_path / "array.npy")


def test_what_is_no_store_is_told(tmp_path, shop):
    with pytest.raises(StorageError, match="there is no such file"):
        load(tmp_path / "nowhere")
    with pytest.raises(DataError, match="no embeddings here"):
        load(tmp_path)
    with pytest.raises(StorageError, match="neither a file nor a directory"):
        load("/dev/null")
    with pytest.raises(UsageError, match="not a store of versions"):
        load(shop.save(tmp_path / "saved"), version="v000001")


def test_a_store_that_may_not_be_read_is_told(tmp_path, shop, monkeypatch):
    path = shop.save(tmp_path / "saved")

    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(manifest, "hash_file", refused)
    with pytest.raises(StorageError, match=r"cannot be read: .*Permission denied"):
        load(path)
