"""A checkpoint is whole or refused: whatever is killed, damaged, or at work at the same time."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from x2vec.errors import DamagedError, DataError, StorageError
from x2vec.jobs import Checkpoint, checkpoints
from x2vec.jobs.kept import Facts, Kept
from x2vec.progress import silent
from x2vec.training import Matrices, State

KEY = {"x2vec": "0.1.0", "model.epochs": 10, "model.alpha": 0.1}
whole = st.floats(allow_nan=False, allow_infinity=False)


def matrices_of(value, *, losses=None):
    return Matrices(np.full((3, 2), value, np.float32), np.full((3, 2), -value, np.float32), losses)


def kept_at(epoch, *, best=None, **state):
    made = State(matrices_of(epoch, losses=(0.5,) * epoch), epoch=epoch, **state)
    return Kept(KEY, made, epoch / 10, recalls=(0.1,) * epoch, best=best)


def read(directory):
    with Checkpoint(directory) as checkpoint:
        return checkpoint.read()


def write(directory, kept):
    with Checkpoint(directory) as checkpoint:
        checkpoint.write(kept)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 99), epoch=st.integers(0, 9), steps=st.integers(0, 2**40), loss=whole,
    pairs=whole, losses=st.none() | st.lists(whole).map(tuple), recalls=st.lists(whole).map(tuple),
    has_best=st.booleans(),
)  # fmt: skip
def test_what_is_read_is_what_was_written_bit_by_bit(
    tmp_path, seed, epoch, steps, loss, pairs, losses, recalls, has_best
):
    draws = np.random.default_rng(seed)
    one, two, three, four = draws.random((4, 5, 3), dtype=np.float32)
    state = State(Matrices(one, two, losses), epoch, steps, loss, pairs)
    best = Matrices(three, four, losses) if has_best else None
    write(tmp_path / "c", Kept(KEY, state, 0.25, recalls, best))
    found = read(tmp_path / "c")
    assert (found.key, found.share, found.recalls) == (KEY, 0.25, recalls)
    for name in ("epoch", "steps", "loss", "pairs"):
        assert getattr(found.state, name) == getattr(state, name)
    assert found.state.matrices.losses == losses
    assert (found.state.matrices.vectors == one).all()
    assert (found.state.matrices.context_vectors == two).all()
    assert (found.best is not None) == has_best
    if has_best:
        assert (found.best.vectors == three).all()
        assert (found.best.context_vectors == four).all()
        assert found.best.losses == losses


def test_where_no_checkpoint_is_there_is_nothing_to_read_and_nothing_is_made(tmp_path):
    assert read(tmp_path / "store" / "c") is None
    assert list(tmp_path.iterdir()) == []


# Killed while it is written


class Killed(BaseException):
    pass


def calls_of_writing(monkeypatch, *, stop_at):
    """Count the steps that writing a checkpoint takes on disk, and stop at one of them."""
    steps = []

    def watched(real):
        def step(*arguments, **options):
            steps.append(real.__name__)
            if len(steps) == stop_at:
                raise Killed
            return real(*arguments, **options)

        return step

    monkeypatch.setattr(checkpoints, "sync_directory", watched(checkpoints.sync_directory))
    monkeypatch.setattr(checkpoints, "writing", watched(checkpoints.writing))
    monkeypatch.setattr(os, "fsync", watched(os.fsync))
    for name in ("replace", "unlink"):
        monkeypatch.setattr(Path, name, watched(getattr(Path, name)))
    return steps


def test_stopped_at_any_step_of_writing_the_old_or_the_new_one_is_whole(tmp_path, monkeypatch):
    best = matrices_of(7.0)
    write(tmp_path / "c", kept_at(1, best=best))
    with monkeypatch.context() as patch:
        steps = calls_of_writing(patch, stop_at=0)
        write(tmp_path / "c", kept_at(2, best=best))
    assert len(steps) > 15  # four matrices and the facts, each opened and synced; swaps and sweeps
    for stop_at in range(1, len(steps) + 1):
        directory = tmp_path / str(stop_at)
        write(directory, kept_at(1, best=best))
        with monkeypatch.context() as patch:
            calls_of_writing(patch, stop_at=stop_at)
            with pytest.raises(Killed):
                write(directory, kept_at(2, best=best))
        found = read(directory)
        assert found.state.epoch in (1, 2)
        assert (found.state.matrices.vectors == found.state.epoch).all()
        assert (found.best.vectors == 7).all()
        write(directory, kept_at(3))  # sweeps what the killed one left
        assert len(list(directory.iterdir())) == 3
        assert read(directory).state.epoch == 3


# Damaged


def test_a_flipped_bit_anywhere_is_refused_with_the_file_and_what_to_do(tmp_path):
    write(tmp_path, kept_at(2, best=matrices_of(7.0)))
    files = sorted(tmp_path.iterdir())
    assert len(files) == 5
    for file in files:
        good = file.read_bytes()
        for place in {0, len(good) // 3, len(good) // 2, len(good) - 2}:
            bad = bytearray(good)
            bad[place] ^= 1
            file.write_bytes(bad)
            with pytest.raises(DamagedError, match=rf"{file.name}.*without --resume"):
                read(tmp_path)
        for cut in (b"", good[: len(good) // 2]):
            file.write_bytes(cut)
            with pytest.raises(DamagedError, match=rf"{file.name}.*without --resume"):
                read(tmp_path)
        file.write_bytes(good)
    assert read(tmp_path).state.epoch == 2


def test_a_missing_matrix_and_a_link_are_refused(tmp_path):
    write(tmp_path / "c", kept_at(2))
    (tmp_path / "c" / "vectors-0.npy").rename(tmp_path / "elsewhere.npy")
    with pytest.raises(DamagedError, match=r"vectors-0\.npy: is missing"):
        read(tmp_path / "c")
    (tmp_path / "c" / "vectors-0.npy").symlink_to(tmp_path / "elsewhere.npy")
    with pytest.raises(DamagedError, match=r"vectors-0\.npy: is missing"):
        read(tmp_path / "c")


def forge(directory, **changes):
    """Change what a checkpoint says of itself, with a hash that agrees."""
    plain = json.loads((directory / "checkpoint.json").read_text())
    del plain["sha256"]
    files = changes.pop("files", plain["files"])
    said = {name: value for name, value in {**plain, **changes}.items() if value is not ...}
    del said["files"]
    receipts = {
        name: (entry["name"], checkpoints.Receipt(entry["bytes"], entry["sha256"]))
        for name, entry in files.items()
    }
    (directory / "checkpoint.json").write_bytes(Facts(said, receipts).to_bytes())


def test_a_checkpoint_of_another_format_is_refused_with_what_to_do(tmp_path):
    write(tmp_path, kept_at(2))
    forge(tmp_path, format_version=2)
    with pytest.raises(DataError, match=r"format version 2; this x2vec reads 1.*--resume"):
        read(tmp_path)


def test_a_forged_one_never_reaches_for_other_files(tmp_path):
    write(tmp_path / "c", kept_at(2))
    np.save(tmp_path / "secret.npy", np.zeros((3, 2), np.float32))
    entry = {"name": "../secret.npy", "bytes": 152, "sha256": "0" * 64}
    forge(tmp_path / "c", files={"vectors": entry, "context_vectors": entry})
    with pytest.raises(DamagedError, match=r"secret\.npy: is missing"):
        read(tmp_path / "c")
    forge(tmp_path / "c", files={}, steps=...)
    with pytest.raises(DamagedError, match="incomplete"):
        read(tmp_path / "c")


# Two runs, a full disk, and what stays


def test_two_runs_do_not_share_a_place(tmp_path):
    with Checkpoint(tmp_path / "c") as first, Checkpoint(tmp_path / "c") as second:
        first.write(kept_at(1))
        for use in (lambda: second.write(kept_at(2)), second.read):
            with pytest.raises(StorageError, match="another run is at work there"):
                use()
        notices = []
        second.remove(notices.append)
        assert "stays: " in notices[0].text
        first.write(kept_at(3))
    assert read(tmp_path / "c").state.epoch == 3


def test_a_full_disk_leaves_the_old_one_and_makes_no_directory(tmp_path, monkeypatch):
    write(tmp_path / "c", kept_at(1))
    full = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    for name in ("c", "new"):
        with pytest.raises(StorageError, match="need 1 MB"):
            write(tmp_path / name, kept_at(2))
    assert read(tmp_path / "c").state.epoch == 1
    assert not (tmp_path / "new").exists()


def test_matrices_of_the_best_epoch_are_written_once(tmp_path):
    best = matrices_of(7.0)
    with Checkpoint(tmp_path) as checkpoint:
        checkpoint.write(kept_at(1, best=best))
        written = (tmp_path / "best_vectors-0.npy").stat()
        checkpoint.write(kept_at(2, best=best))
        assert (tmp_path / "best_vectors-0.npy").stat().st_ino == written.st_ino
        assert not (tmp_path / "best_vectors-1.npy").exists()
        checkpoint.write(kept_at(3, best=matrices_of(8.0)))
    assert (read(tmp_path).best.vectors == 8).all()
    assert len(list(tmp_path.iterdir())) == 5


def test_removing_leaves_what_is_not_ours(tmp_path):
    for name in ("a", "b"):
        write(tmp_path / name, kept_at(1))
    (tmp_path / "b" / "notes.txt").write_text("mine")
    for name in ("a", "b", "c"):
        with Checkpoint(tmp_path / name) as checkpoint:
            checkpoint.remove(silent)
    assert [path.name for path in tmp_path.rglob("*")] == ["b", "notes.txt"]
