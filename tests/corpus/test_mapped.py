"""Where memory is short arrays lie in files without a name, and nothing else changes."""

import importlib
import mmap
import tempfile

import numpy as np
import pytest

from x2vec.corpus import Corpus, Sequences, Vocabulary, blocks, mapped, split_by_time
from x2vec.corpus.mapped import empty, is_mapped, release
from x2vec.errors import StorageError


@pytest.fixture
def no_memory(monkeypatch):
    monkeypatch.setattr(mapped, "_ALWAYS_FITS", 0)
    monkeypatch.setattr(mapped, "available", lambda: 0)


@pytest.mark.parametrize(
    ("left", "is_in_file"), [(16 * 20_000_000, False), (16 * 20_000_000 - 1, True), (None, False)]
)
def test_an_array_goes_to_a_file_from_a_sixteenth_of_the_memory_left_on(
    monkeypatch, left, is_in_file
):
    monkeypatch.setattr(mapped, "available", lambda: left)
    assert is_mapped(empty(5_000_000, np.int32)) == is_in_file  # 20 MB
    assert not is_mapped(empty(4_000_000, np.int32))  # up to 16 MiB always fits


def test_a_mapped_array_is_written_read_and_let_go_like_any_other(no_memory, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    array = empty(100_000, np.int64)
    assert list(tmp_path.iterdir()) == []  # no name, so nothing is left behind
    array[:] = np.arange(100_000)
    for part in (array, array[5:7], array[99_999:], array[3:3]):
        release(part)
    assert array.sum() == 99_999 * 50_000


def test_what_was_written_to_a_private_copy_of_a_file_is_not_let_go(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(10_000))
    with (tmp_path / "a.npy").open("rb") as file:
        bare = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY), np.uint8)
    for array in (np.load(tmp_path / "a.npy", mmap_mode="c"), bare):
        array[:] = 1
        release(array.view())
        assert array.sum() == len(array)


def test_no_room_for_a_file_is_told_with_sizes_and_what_to_do(no_memory, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mapped.os, "posix_fallocate", full, raising=False)
    with pytest.raises(StorageError, match=r"8 MB is too large.*No space left.*Set TMPDIR"):
        empty(1_000_000, np.int64)


def test_a_directory_that_takes_no_file_is_told_too(no_memory, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(StorageError, match=r"/nowhere has no room.*No such file.*Set TMPDIR"):
        empty(1_000_000, np.int64)


def world(seed=0, n_events=3_000):
    """Make sequences with times and repeats, in no particular order of anything."""
    import pyarrow as pa

    from x2vec.api import read

    draws = np.random.default_rng(seed)
    events = {
        "who": draws.integers(0, 400, n_events),
        "what": np.char.add("i", draws.zipf(1.5, n_events).clip(max=60).astype(str)),
        "when": draws.integers(0, 10**9, n_events) * 1_000 + 1_600_000_000_000_000,
        "did": draws.choice(["view", "view", "cart", "buy"], n_events),
    }
    columns = {"session": "who", "item": "what", "time": "when", "kind": "did"}
    return read("sessions", pa.table(events), **columns, weights={"buy": 3.0})


def everything(world):
    """Take sequences through all that is done to them before training; return what came of it."""
    cleaned = world.clean(gap="1h", repeats="unique", min_count=3, min_length=2, max_length=9)
    ended = world.clean(ends=["buy"], min_dwell="2s", repeats="unique")
    collapsed = world.clean(repeats="collapse", min_length=2)
    split = split_by_time(cleaned, holdout=0.3)
    train = split.train.clean(min_count=2, repeats="keep")
    corpus = Corpus.of(train, Vocabulary.of(train))
    held = (world, cleaned, collapsed, ended, split.train, split.queries.histories, train)
    return [
        *(list(one) for one in held),
        *(one.ids.to_pylist() for one in held),
        *(str(one.ledger) for one in held),
        *(one.times.tolist() for one in held),
        *(one.weights.tolist() for one in held),
        *(one.kinds.tolist() for one in held),
        ended.ended_by.to_pylist(),
        split.queries.targets.tolist(),
        (corpus.digest(), corpus.rows.tolist(), corpus.offsets.tolist(), corpus.longest),
    ]


def test_events_become_the_same_corpus_in_memory_and_in_files(no_memory, monkeypatch):
    monkeypatch.setattr(blocks, "_BLOCK", 97)
    mapped_world = world()
    assert is_mapped(mapped_world.codes)
    assert is_mapped(mapped_world.times)
    by_files = everything(mapped_world)
    monkeypatch.undo()
    assert everything(world()) == by_files


def test_events_in_files_are_told_with_size_and_place(no_memory):
    (note,) = [note for note in world().notes if "temporary files" in note]
    assert "0 MB" in note
    assert tempfile.gettempdir() in note


def test_a_corpus_from_disk_trains_to_the_same_bytes(tmp_path):
    from x2vec.training import SkipGram, fit

    lists = [[f"i{n % 7}", f"i{n % 3}", f"i{n % 5}"] for n in range(50)]
    sequences = Sequences.from_lists(lists)
    corpus = Corpus.of(sequences, Vocabulary.of(sequences))
    corpus.save(tmp_path / "corpus")
    opened = Corpus.load(tmp_path / "corpus")
    assert is_mapped(opened.rows)
    one, other = (fit(each, SkipGram(vector_size=8, epochs=2)) for each in (corpus, opened))
    assert one.vectors.tobytes() == other.vectors.tobytes()
    assert opened.digest() == corpus.digest()


@pytest.mark.parametrize(
    ("left", "limit"),
    [(500_000_000, "250MB"), (10_000_000_000, "1000MB"), (None, "1000MB"), (9_000_000, "100MB")],
)
def test_duckdb_takes_half_of_the_memory_left_and_at_most_a_gigabyte(monkeypatch, left, limit):
    event_table = importlib.import_module("x2vec.corpus.event_table")
    monkeypatch.setattr(event_table, "available", lambda: left)
    assert event_table._memory_limit() == limit
