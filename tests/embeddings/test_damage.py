"""A damaged, tampered or newer store is refused, whatever byte it is; a whole version is named."""

import hashlib
import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from x2vec.embeddings import load, manifest, publish, read_manifest
from x2vec.errors import DamagedError, DataError

FILES = ["LATEST", "v000002/items.parquet", "v000002/context.parquet", "v000002/manifest.json"]


@pytest.fixture
def store(tmp_path, shop):
    for _ in range(2):
        publish(shop, tmp_path / "store")
    return tmp_path / "store"


def edited(path, **changes):
    """Change a manifest and put its own hash right again, as somebody with intent would."""
    content = {**json.loads(path.read_text()), **changes, "manifest_sha256": "0" * 64}
    text = json.dumps(content, indent=2)
    own = hashlib.sha256(text.encode()).hexdigest()
    path.write_text(own.join(text.rsplit("0" * 64, 1)))
    (path.parent.parent / "LATEST").write_text(f"{path.parent.name}\n")


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_flipped_bit_anywhere_is_refused_and_a_rollback_suggested(store, name, data):
    path = store / name
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = bytearray(whole)
    damaged[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(damaged)
    try:
        with pytest.raises(DamagedError) as refused:
            load(store)
    finally:
        path.write_bytes(whole)
    assert path.name in str(refused.value)
    assert "is whole: load(" in str(refused.value)


def test_the_rollback_is_told_to_those_in_python_and_on_the_command_line(store):
    (store / "v000002" / "manifest.json").unlink()
    with pytest.raises(DamagedError) as refused:
        load(store)
    assert f'load("{store}", version="v000001") reads it' in str(refused.value)
    assert "--version v000001 on the command line" in str(refused.value)


@pytest.mark.parametrize("name", FILES[1:])
def test_the_refusal_names_file_and_version_and_the_version_suggested_loads(store, name, shop):
    path = store / name
    path.write_bytes(path.read_bytes()[:-1] + b"~")
    with pytest.raises(DamagedError, match=r"v000002.*\n?.*version=\"v000001\"\) reads it"):
        load(store)
    assert len(load(store, version="v000001")) == len(shop)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_truncated_file_is_refused(store, name):
    path = store / name
    path.write_bytes(path.read_bytes()[:-7])
    for verify in (True, False):
        with pytest.raises(DamagedError):
            load(store, verify=verify)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_missing_file_is_refused(store, name):
    (store / name).unlink()
    with pytest.raises(DamagedError, match=rf"{name.split('/')[1]}: is missing"):
        load(store, version="v000002")


def test_sizes_are_compared_before_anything_is_read(store, monkeypatch):
    path = store / "v000002" / "items.parquet"
    with path.open("ab") as file:
        file.write(b"more")
    hashed = []
    monkeypatch.setattr(manifest, "hash_file", lambda path: hashed.append(path.parent.name))
    with pytest.raises(DamagedError, match=r"items\.parquet: [\d,]+ bytes; its manifest says"):
        load(store, version="v000002")
    assert "v000002" not in hashed


def test_when_no_version_is_whole_it_is_said(store):
    for name in ("v000001", "v000002"):
        (store / name / "items.parquet").write_bytes(b"PAR1")
    with pytest.raises(DamagedError, match="No other version is whole: publish again"):
        load(store)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "..", "a/b", "a\\b", "", ".hidden", "nul\0"]
)
def test_a_manifest_that_names_files_elsewhere_is_refused(store, name):
    path = store / "v000002" / "manifest.json"
    files = json.loads(path.read_text())["files"]
    edited(path, files={**files, name: {"bytes": 1, "sha256": "0" * 64}})
    with pytest.raises(DamagedError, match="names plain files beside it"):
        load(store)


@pytest.mark.parametrize("name", FILES)
def test_links_are_refused(store, name):
    path = store / name
    elsewhere = store.parent / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    with pytest.raises(DamagedError, match=r"link|small text file"):
        load(store)


def test_a_version_that_is_a_link_is_no_version(store):
    (store / "v000002").rename(store.parent / "elsewhere")
    (store / "v000002").symlink_to(store.parent / "elsewhere")
    with pytest.raises(DamagedError, match="names v000002, which is not here"):
        load(store)


def test_a_manifest_that_describes_another_table_is_refused(store):
    edited(store / "v000002" / "manifest.json", n_items=10**12)
    with pytest.raises(DamagedError, match=r"6 vectors of 64 numbers.* says 1000000000000 of 64"):
        load(store)


def test_context_vectors_of_other_items_are_refused(store, tmp_path, shop):
    import dataclasses

    turned = dataclasses.replace(shop, items=shop.items[::-1])
    shutil.copy(turned.save(tmp_path / "turned") / "context.parquet", store / "v000002")
    context = store / "v000002" / "context.parquet"
    path = store / "v000002" / "manifest.json"
    files = json.loads(path.read_text())["files"]
    digest = hashlib.sha256(context.read_bytes()).hexdigest()
    files["context.parquet"] = {"bytes": context.stat().st_size, "sha256": digest}
    edited(path, files=files)
    with pytest.raises(DamagedError, match="items are not those of"):
        load(store)


def test_a_newer_format_asks_for_an_upgrade(store):
    path = store / "v000002" / "manifest.json"
    edited(path, format_version=2, libraries={"x2vec": "9.0"}, files="in another way")
    with pytest.raises(DataError, match=r"written by x2vec 9\.0 in format version 2.*Upgrade"):
        load(store)


@pytest.mark.parametrize(
    "changes",
    [
        {"format_version": "1"},
        {"format_version": 0},
        {"files": {}},
        {"files": {"items.parquet": {}}},
        {"n_items": None},
        {"metrics": []},
    ],
)
def test_a_manifest_that_lacks_something_is_refused(store, changes):
    edited(store / "v000002" / "manifest.json", **changes)
    with pytest.raises(DamagedError, match=r"manifest\.json"):
        load(store)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b"[" * 100_000, b"\xff\xfe", b'{"manifest_sha256": 1}']
)
def test_what_is_no_manifest_is_refused(store, content):
    (store / "v000002" / "manifest.json").write_bytes(content)
    with pytest.raises(DamagedError, match=r"manifest\.json: damaged, or no manifest"):
        read_manifest(store / "v000002")


def test_a_huge_manifest_is_not_read(store):
    with (store / "v000002" / "manifest.json").open("r+b") as file:
        file.truncate(2**40)
    with pytest.raises(DamagedError, match="no manifest of ours"):
        read_manifest(store / "v000002")
