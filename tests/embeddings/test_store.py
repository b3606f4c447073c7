"""Versions: published whole or not at all, whoever is killed, short of space or in the way."""

import dataclasses
import errno
import fcntl
import io
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from x2vec.embeddings import check_store, durable, latest, load, publish, versions
from x2vec.embeddings.lock import only_publisher
from x2vec.errors import DamagedError, DataError, StorageError, UsageError


@pytest.fixture
def store(tmp_path, shop):
    publish(shop, tmp_path / "store")
    return tmp_path / "store"


def names(directory):
    return sorted(entry.name for entry in directory.iterdir())


def test_a_version_is_published_and_loads_as_the_latest(tmp_path, shop, same):
    path = publish(shop, tmp_path / "deep" / "store")
    assert path == tmp_path / "deep" / "store" / "v000001"
    assert latest(path.parent) == "v000001"
    assert same(load(path.parent), shop)
    assert same(load(path), shop)
    assert names(path.parent) == [".lock", "LATEST", "v000001"]
    assert names(path) == ["context.parquet", "items.parquet", "manifest.json"]


def test_versions_follow_each_other_and_the_old_ones_stay(store, shop):
    newer = dataclasses.replace(shop, counts=shop.counts + 1)
    assert publish(newer, store).name == "v000002"
    assert versions(store) == ["v000001", "v000002"]
    assert load(store).counts.tolist() == newer.counts.tolist()
    assert load(store, version="v000001").counts.tolist() == shop.counts.tolist()


def test_a_reader_on_the_old_version_is_not_disturbed(store, shop):
    reading = load(store)
    old = (store / "v000001" / "items.parquet").open("rb")
    before = old.read(100)
    publish(dataclasses.replace(shop, counts=shop.counts + 1), store)
    old.seek(0)
    assert old.read(100) == before
    assert reading.counts.tolist() == shop.counts.tolist()
    old.close()


def test_a_rollback_is_one_line_in_latest(store, shop):
    publish(shop, store)
    (store / "LATEST").write_text("v000001\n")
    assert latest(store) == "v000001"
    notices = []
    assert publish(shop, store, listen=notices.append).name == "v000003"
    assert "v000002 is newer than LATEST (v000001)" in notices[0].text


@pytest.mark.parametrize("version", ["v000009", "../store/v000001", "", ".", "/etc"])
def test_a_version_that_is_not_there_is_told(store, version):
    with pytest.raises(UsageError, match="there are: v000001"):
        load(store, version=version)


def test_a_store_without_latest_lists_its_versions(store):
    (store / "LATEST").unlink()
    with pytest.raises(DataError, match="nothing is published; versions here: v000001"):
        load(store)


@pytest.mark.parametrize(
    "text", ["", "v1\n", "../v000001\n", "v000001", "v000001\nrest\n", "v" * 2000]
)
def test_a_latest_that_names_no_version_is_refused(store, text):
    (store / "LATEST").write_text(text)
    with pytest.raises(DamagedError, match=r"LATEST.*\n?.*v000001 is whole"):
        load(store)


def test_a_directory_of_others_is_no_store(tmp_path, shop):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(StorageError, match=r"holds 'thesis\.txt' and no versions"):
        publish(shop, tmp_path)
    assert names(tmp_path) == ["thesis.txt"]
    with pytest.raises(StorageError, match="cannot write in"):
        publish(shop, tmp_path / "thesis.txt")
    saved = shop.save(tmp_path / "saved")
    with pytest.raises(StorageError, match="and no versions"):
        publish(shop, saved)
    with pytest.raises(StorageError, match="a store of versions; publish to it"):
        shop.save(publish(shop, tmp_path / "store").parent, overwrite=True)


def test_where_a_store_is_or_can_become_one_the_check_passes_and_leaves_nothing(tmp_path, store):
    (tmp_path / "empty").mkdir()
    for name in ("store", "empty", "new/and/deep"):
        check_store(tmp_path / name)
    assert names(tmp_path) == ["empty", "store"]
    assert names(tmp_path / "empty") == []
    assert names(store) == [".lock", "LATEST", "v000001"]


def test_where_no_store_can_be_the_check_says_so_before_any_work(tmp_path, shop, monkeypatch):
    shop.save(tmp_path / "saved")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StorageError, match=r"saved: holds '\w+\.\w+' and no versions"):
        check_store(tmp_path / "saved")
    for name in ("file", "file/inside", "dangling"):
        with pytest.raises(StorageError, match="is no directory"):
            check_store(tmp_path / name)

    def refused(*, dir):
        raise PermissionError(13, "Permission denied", str(dir))

    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    with pytest.raises(StorageError, match=rf"cannot write in {tmp_path / 'new'}: .*denied"):
        check_store(tmp_path / "new")


def test_a_platform_without_locks_is_told_what_to_do(tmp_path, shop, monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)
    for write in (check_store, shop.save, lambda path: publish(shop, path)):
        with pytest.raises(StorageError, match=r"has no POSIX locks\. Write on Linux"):
            write(tmp_path / "new")
    assert names(tmp_path) == []


@pytest.mark.parametrize("ask", [latest, versions])
def test_a_store_that_is_not_there_or_is_a_file_is_a_storage_error(tmp_path, ask):
    with pytest.raises(StorageError, match="nowhere: there is no such directory"):
        ask(tmp_path / "nowhere")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StorageError, match=r"file: cannot be read: .*Not a directory"):
        ask(tmp_path / "file")


def test_a_second_publisher_is_told_at_once_who_is_at_work(store, shop, monkeypatch):
    inside, go_on = threading.Event(), threading.Event()
    real = os.fsync

    def slow_fsync(handle):
        inside.set()
        assert go_on.wait(20)
        real(handle)

    monkeypatch.setattr(os, "fsync", slow_fsync)
    first = threading.Thread(target=publish, args=(shop, store))
    first.start()
    assert inside.wait(20)
    try:
        with pytest.raises(
            StorageError, match=rf"another publisher is at work: process {os.getpid()} on"
        ):
            publish(shop, store)
    finally:
        go_on.set()
        first.join()
    assert versions(store) == ["v000001", "v000002"]
    assert latest(store) == "v000002"


def test_a_lock_file_that_nobody_holds_hinders_nobody(store, shop):
    (store / ".lock").write_text("process 1 on elsewhere since long ago\n")
    assert publish(shop, store).name == "v000002"
    with (store / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(StorageError, match="another publisher is at work: it has just begun"):
            publish(shop, store)


def test_everything_is_synced_before_it_is_named(store, shop, monkeypatch):
    steps = []
    fsync, rename = os.fsync, os.rename

    def path_of(handle):
        return str(Path(f"/proc/self/fd/{handle}").readlink()).replace(str(store), "").lstrip("/")

    def plain(name):
        return name.replace(f"-{os.getpid()}", "")

    monkeypatch.setattr(
        os, "fsync", lambda handle: (steps.append(f"sync {plain(path_of(handle))}"), fsync(handle))
    )
    for name, real in (("rename", rename), ("replace", os.replace)):
        monkeypatch.setattr(
            os,
            name,
            lambda source, target, real=real: (
                steps.append(f"{plain(Path(source).name)} -> {Path(target).name}"),
                real(source, target),
            ),
        )
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("which file a handle belongs to is read from /proc, which is not here")
    publish(shop, store)
    staging = ".staging-v000002"
    assert steps == [
        f"sync {staging}/items.parquet",
        f"sync {staging}/context.parquet",
        f"sync {staging}",
        f"sync {staging}/manifest.json",
        f"sync {staging}",
        "sync .LATEST",
        f"{staging} -> v000002",
        "sync ",
        ".LATEST -> LATEST",
        "sync ",
    ]


def test_a_full_disk_says_what_is_needed_and_leaves_nothing(store, shop, monkeypatch):
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full, a device that is always full, is not here")
    before = names(store)
    monkeypatch.setattr(durable, "open_new", lambda path: io.FileIO("/dev/full", "w"))
    with pytest.raises(StorageError, match=rf"need \d+ MB in {store}: No space left") as full:
        publish(shop, store)
    assert full.value.exit_code == 5
    assert names(store) == before
    assert len(load(store)) == 6


@pytest.mark.parametrize("fails_at", range(1, 12))
def test_a_disk_that_fills_up_at_any_write_leaves_a_whole_store(
    store, shop, monkeypatch, fails_at, same
):
    write, calls = io.FileIO.write, []

    class Filling(io.FileIO):
        def write(self, data):
            calls.append(len(data))
            if len(calls) >= fails_at:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(self, data)

    monkeypatch.setattr(durable, "open_new", lambda path: Filling(path, "x"))
    with pytest.raises(StorageError, match=r"need \d+ MB in"):
        publish(shop, store)
    assert names(store) == [".lock", "LATEST", "v000001"]
    assert same(load(store), shop)
    calls.clear()
    with pytest.raises(StorageError, match=r"need \d+ MB in"):
        shop.save(store.parent / "saved")
    assert names(store.parent) == ["store"]


def test_space_is_looked_at_before_writing(store, shop, monkeypatch):
    usage = shutil.disk_usage(store)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    monkeypatch.setattr(durable, "open_new", lambda path: pytest.fail("nothing may be opened"))
    with pytest.raises(StorageError, match=rf"need 2 MB in {store}; 0 MB are free"):
        publish(shop, store)  # two matrices of 6 x 64 x 4 bytes, and 1 MiB for all the rest
    with pytest.raises(StorageError, match="need 2 MB"):
        shop.save(store.parent / "saved.parquet")


def test_a_file_that_cannot_be_opened_leaves_no_second_traceback():
    code = """
        from pathlib import Path
        from x2vec.embeddings.durable import writing

        try:
            with writing(Path(".")):
                raise AssertionError("a directory is no new file")
        except FileExistsError:
            pass
    """
    tried = subprocess.run(  # in development mode every Python shows what a finaliser raises
        [sys.executable, "-X", "dev", "-c", textwrap.dedent(code)], capture_output=True, check=True
    )
    assert "Exception ignored" not in tried.stderr.decode()


def test_a_refused_publish_leaves_the_lock_empty(store, shop, monkeypatch):
    usage = shutil.disk_usage(store)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(StorageError, match="Nothing was written"):
        publish(shop, store)
    assert (store / ".lock").read_bytes() == b""


def test_a_refused_first_write_removes_the_directories_that_it_made(tmp_path, shop, monkeypatch):
    (tmp_path / "mine").mkdir()
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    for write in (lambda path: publish(shop, path), shop.save):
        for name in ("new", "new/and/deep", "mine", "mine/new"):
            with pytest.raises(StorageError, match="Nothing was written"):
                write(tmp_path / name)
        assert names(tmp_path) == ["mine"]
        assert names(tmp_path / "mine") == []


def test_a_lock_file_that_its_last_holder_removed_locks_nothing(tmp_path, monkeypatch):
    lock = fcntl.flock

    def locked_too_late(handle, how):
        (tmp_path / ".lock").unlink()
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", locked_too_late)
    with pytest.raises(StorageError, match="is at work"), only_publisher(tmp_path):
        pytest.fail("two could publish at once")


def test_an_interrupt_leaves_nothing(store, shop, monkeypatch):
    def interrupted(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(durable, "open_new", interrupted)
    with pytest.raises(KeyboardInterrupt):
        publish(shop, store)
    assert names(store) == [".lock", "LATEST", "v000001"]


CHILD = """
    import io, os, signal, sys
    from x2vec.embeddings import durable, load, publish

    store, step = sys.argv[1:]
    embeddings = load(store)
    real = {name: getattr(os, name) for name in ("fsync", "rename", "replace")}
    count = 0

    def dying(name):
        def call(*arguments):
            global count
            count += 1
            if count == int(step):
                os.kill(os.getpid(), signal.SIGKILL)
            return real[name](*arguments)
        return call

    class DyingHalfway(io.FileIO):
        def write(self, data):
            super().write(data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)

    if int(step) == 0:
        durable.open_new = lambda path: DyingHalfway(path, "x")
    for name in real:
        setattr(os, name, dying(name))
    publish(embeddings, store)
    print("published")
"""


@pytest.mark.parametrize("step", [0, 1, 2, 4, 6, 7, 8, 9, 10])
def test_kill_9_leaves_the_old_version_and_the_next_publish_sweeps(
    store, shop, same, step
):  # 0 is in mid-write, 1.. are the steps of the test on syncing
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), str(store), str(step)], capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    was_swapped = step == 10  # between swapping LATEST and the last sync
    assert latest(store) == ("v000002" if was_swapped else "v000001")
    assert same(load(store), shop)
    notices = []
    path = publish(shop, store, listen=notices.append)
    was_renamed = step >= 8
    assert path.name == ("v000003" if was_renamed else "v000002")
    assert same(load(store), shop)
    assert names(store) == [".lock", "LATEST", *versions(store)]
    told = " ".join(notice.text for notice in notices)
    assert ("left by a killed publisher" in told) == (not was_swapped)
    assert ("v000002 is newer than LATEST" in told) == (was_renamed and not was_swapped)


HOLDER = """
    import os, signal, sys
    from pathlib import Path
    from x2vec.embeddings.lock import only_publisher

    with only_publisher(Path(sys.argv[1])):
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_publish_took_its_lock_with_it(store, shop):
    subprocess.run([sys.executable, "-c", textwrap.dedent(HOLDER), str(store)], check=False)
    assert publish(shop, store).name == "v000002"
