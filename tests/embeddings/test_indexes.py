"""The cache of indexes: opened where it is whole and fits, else built again, and never believed."""

import json

import numpy as np
import pytest

from x2vec.embeddings import Embeddings, index_store, load, publish, versions
from x2vec.errors import StorageError, UsageError

faiss = pytest.importorskip("faiss", reason="faiss-cpu, the extra `ann`, is not installed")


@pytest.fixture
def store(tmp_path):
    vectors = np.random.default_rng(1).normal(size=(400, 8)).astype(np.float32)
    publish(Embeddings(range(400), vectors, counts=[1] * 400), tmp_path / "store")
    return tmp_path / "store"


def heard(store, **options):
    notices = []
    embeddings = load(store, index="hnsw", listen=notices.append, **options)
    return embeddings, [notice.text for notice in notices]


def test_it_is_built_once_and_answers_with_exact_scores(store):
    about = index_store(store, kind="hnsw")
    assert about.recall > 0.9
    assert about.n_sampled == 400
    embeddings, notices = heard(store)
    assert notices == []
    exact = embeddings.similar([3, 5], k=5).to_pandas()
    found = embeddings.similar([3, 5], k=5, approximate=True).to_pandas()
    both = exact.merge(found, on=["query_id", "item_id"])
    assert len(both) >= 9
    assert (both.score_x == both.score_y).all()
    assert 3 not in found.item_id[found.query_id == 3].tolist()
    assert index_store(store, kind="hnsw") == about  # read, with what it once measured


def test_filters_hold(store):
    embeddings, _ = heard(store)
    found = embeddings.similar(3, k=20, where="item_id >= 200", approximate=True)
    assert len(found.item_id) == 20
    assert min(found.item_id.to_pylist()) >= 200


def flipped(folder):
    path = folder / "index.faiss"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(folder):
    path = folder / "index.faiss"
    path.write_bytes(path.read_bytes()[:-100])


def linked(folder):
    path = folder / "index.faiss"
    path.rename(folder.parent / "elsewhere")
    path.symlink_to(folder.parent / "elsewhere")


def gone(folder):
    (folder / "index.faiss").unlink()


def description_flipped(folder):
    path = folder / "index.json"
    path.write_bytes(path.read_bytes().replace(b'"recall": 1', b'"recall": 2'))


def folder_linked(folder):
    folder.rename(folder.parent / "other")
    folder.symlink_to(folder.parent / "other")


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (flipped, "bytes are not those"),
        (cut, "bytes, not"),
        (linked, "is a link"),
        (gone, "is missing"),
        (description_flipped, "bytes are not those"),
        (folder_linked, "expected a directory"),
    ],
)
def test_what_is_damaged_is_built_again_and_said(store, harm, reason):
    index_store(store, kind="hnsw")
    harm(store / ".ann" / "v000001-hnsw")
    embeddings, notices = heard(store)
    assert len(notices) == 1
    assert reason in notices[0]
    assert "built again" in notices[0]
    assert len(embeddings.similar(3, k=5, approximate=True).item_id) == 5
    assert heard(store)[1] == []


def test_one_of_other_items_or_another_faiss_is_stale(store, monkeypatch):
    index_store(store, kind="hnsw")
    other = Embeddings(range(400), np.random.default_rng(2).normal(size=(400, 8)), counts=[1] * 400)
    publish(other, store)
    ann = store / ".ann"
    index_store(store, "v000002", kind="hnsw")
    (ann / "v000002-hnsw").rename(ann / "kept")
    (ann / "v000001-hnsw").rename(ann / "v000002-hnsw")
    assert "stale: its items" in heard(store)[1][0]
    monkeypatch.setattr(faiss, "__version__", "99.0")
    assert "stale: its faiss" in heard(store)[1][0]


def test_leftovers_and_indexes_of_versions_that_are_gone_are_swept(store):
    ann = store / ".ann"
    for name in (".staging-v000001-hnsw-1", "v000007-ivf"):
        (ann / name).mkdir(parents=True)
    index_store(store, kind="ivf")
    assert [entry.name for entry in sorted(ann.iterdir())] == [".lock", "v000001-ivf"]
    assert versions(store) == ["v000001"]
    publish(load(store), store)  # the cache is in nobody's way
    assert versions(store) == ["v000001", "v000002"]


def test_the_description_is_readable(store):
    index_store(store, kind="ivf")
    text = (store / ".ann" / "v000001-ivf" / "index.json").read_text().splitlines()[0]
    assert json.loads(text)["parameters"] == {"lists": 10}  # 400 // 39


def test_wrong_calls_are_refused(store, tmp_path):
    embeddings, _ = heard(store)
    with pytest.raises(UsageError, match=r'load\(path, index="hnsw"\)'):
        load(store).similar(3, approximate=True)
    with pytest.raises(UsageError, match="not one of these vectors"):
        load(store).with_index(embeddings.index)
    with pytest.raises(UsageError, match="keeps no index"):
        load(load(store).save(tmp_path / "saved"), index="hnsw")
    with pytest.raises(UsageError, match="there are hnsw and ivf"):
        load(store, index="tree")
    for entry in (store / ".ann").iterdir():
        if entry.is_dir():
            entry.rename(tmp_path / entry.name)
        else:
            entry.unlink()
    (store / ".ann").rmdir()
    (store / ".ann").symlink_to(tmp_path)
    with pytest.raises(StorageError, match="is a link"):
        load(store, index="hnsw")
