"""Remote files: fetched once, called by their address, and told of in one line where they fail."""

import errno
import gzip
import io
import os
import socket
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import pytest

from x2vec.adapters import absolute_path, fetch_ahead, local_copies, open_events, read_table
from x2vec.adapters.files import copies
from x2vec.adapters.files.paths import find_files
from x2vec.adapters.files.streams import name_of, open_bytes
from x2vec.errors import MissingPackageError, SourceError, StorageError, UsageError
from x2vec.progress import Notice

CSV = b"session,sku\ns1,a\ns1,b\n"
ROWS = [("s1", "a"), ("s1", "b")]
OPTIONS = {"sequence": "session", "item": "sku"}


class Handler(BaseHTTPRequestHandler):
    """Serves what ``files`` holds; a number is an answer's status."""

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        self.server.asked.append((self.command, self.path, self.headers.get("Authorization")))
        found = self.server.files.get(self.path.partition("?")[0], 404)
        if isinstance(found, int):
            self.send_error(found)
            return
        body, cut = found if isinstance(found, tuple) else (found, None)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[:cut])

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    """A web server on this machine alone, with its files, its address, and what was asked."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        made.files, made.asked = {}, []
        made.address = f"http://127.0.0.1:{made.server_port}"
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def scratch(tmp_path, monkeypatch):
    """The temporary directory of this test alone."""
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


@pytest.fixture
def memory():
    files = fsspec.filesystem("memory")
    yield files
    files.store.clear()
    files.pseudo_dirs[:] = [""]


def copies_in(place):
    return sorted(path.name for path in place.rglob("*") if path.is_file())


def rows_of(path, **options):
    return [
        (row["sequence_id"], row["item_id"])
        for batch in open_events("events", {"path": path, **OPTIONS, **options})
        for row in batch.to_pylist()
    ]


def test_a_web_file_is_read_and_its_copy_removed(server, scratch):
    server.files["/day/clicks.csv.gz"] = gzip.compress(CSV)
    assert rows_of(f"{server.address}/day/clicks.csv.gz") == ROWS
    assert [how for how, *_ in server.asked] == ["GET"]
    assert copies_in(scratch) == []
    assert list(scratch.iterdir()) == []


def test_the_query_of_an_address_is_no_ending_and_no_glob(server):
    server.files["/clicks.csv"] = CSV
    assert rows_of(f"{server.address}/clicks.csv?version=3*") == ROWS
    assert server.asked[0][1] == "/clicks.csv?version=3*"


def test_inside_a_block_a_file_is_fetched_once_and_gone_after_it(server, scratch):
    server.files["/a.csv"] = CSV
    address = f"{server.address}/a.csv"
    with local_copies():
        (path,) = find_files(address)
        with local_copies():  # a block inside is no block of its own
            assert find_files([address, address]) == [path, path]
        events = open_events("events", {"path": address, **OPTIONS})
        assert [batch.num_rows for batch in events] == [2]
        assert path.read_bytes() == CSV
        assert (path.name, name_of(path)) == ("a.csv", address)
    assert len(server.asked) == 1
    assert not path.exists()
    assert list(scratch.iterdir()) == []


def test_each_reading_outside_a_block_fetches_anew_and_leaves_nothing(server, scratch):
    server.files["/a.csv"] = CSV
    events = open_events("events", {"path": f"{server.address}/a.csv", **OPTIONS})
    assert [batch.num_rows for batch in events] == [2]
    server.files["/a.csv"] = CSV + b"s2,c\n"
    assert [batch.num_rows for batch in events] == [3]
    begun = iter(events)
    next(begun)
    assert copies_in(scratch) == ["a.csv"]
    begun.close()
    assert copies_in(scratch) == []


def test_a_table_of_items_is_fetched_and_its_copy_removed(server, scratch):
    server.files["/items.tsv"] = b"id\ttitle\n1\tone\n"
    table = read_table(f"{server.address}/items.tsv")
    assert table.to_pylist() == [{"id": "1", "title": "one"}]
    assert list(scratch.iterdir()) == []


def test_an_interrupt_removes_the_copies(server, scratch):
    server.files["/a.csv"] = CSV

    def interrupted():
        with local_copies():
            find_files(f"{server.address}/a.csv")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(scratch.iterdir()) == []


def test_progress_of_one_file_counts_bytes_and_of_several_the_files(server):
    heard = []
    server.files |= {"/a.csv": CSV, "/b.csv": CSV}
    with local_copies(heard.append):
        find_files(f"{server.address}/a.csv")
    assert (heard[-1].stage, heard[-1].done, heard[-1].total) == ("fetch", len(CSV), len(CSV))
    heard.clear()
    with local_copies(heard.append):
        find_files([f"{server.address}/a.csv", f"{server.address}/b.csv"])
    assert (heard[-1].done, heard[-1].total, heard[-1].unit) == (2, 2, "files")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (404, r"/a\.csv: no such file\. Check the address"),
        (403, r"/a\.csv: no permission to read it\. Check the credentials"),
        (401, r"/a\.csv: no permission"),
        (503, r"/a\.csv: the server answers 503 .*Try again later"),
        ((CSV * 1000, 5000), r"/a\.csv: the connection broke off halfway .*Try again"),
    ],
)
def test_what_a_server_refuses_is_told_with_the_address(server, scratch, answer, message):
    server.files["/a.csv"] = answer
    with pytest.raises(SourceError, match=rf"^adapter 'events': {server.address}{message}") as told:
        rows_of(f"{server.address}/a.csv")
    assert "\n" not in str(told.value)
    assert list(scratch.iterdir()) == []


def test_a_server_that_is_not_there_is_told(server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and not listening
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/a.csv"
        with pytest.raises(SourceError, match=rf"{address}: no connection .*Check the address"):
            find_files(address)


def test_secrets_of_an_address_are_sent_and_never_shown(server):
    server.files["/a.csv"] = 403
    secret = server.address.replace("//", "//ann:s3cret@") + "/a.csv?X-Amz-Signature=c0ffee&n=1"
    with pytest.raises(SourceError) as told:
        rows_of(secret)
    shown = server.address.replace("//", "//***@") + "/a.csv?X-Amz-Signature=***&n=1"
    assert f"{shown}: no permission" in str(told.value)
    error = told.value
    while error is not None:
        assert "s3cret" not in str(error) + repr(error)
        assert "c0ffee" not in str(error) + repr(error)
        error = error.__cause__
    assert server.asked[0][1:] == ("/a.csv?X-Amz-Signature=c0ffee&n=1", "Basic YW5uOnMzY3JldA==")


def test_the_row_of_an_error_is_that_of_the_address(memory):
    memory.pipe("/shop/a.csv", CSV + b"s2\n")
    with pytest.raises(SourceError, match=r"memory://shop/a\.csv, line 4: found 1 columns"):
        rows_of("memory://shop/a.csv")
    memory.pipe("/shop/a.csv", b"session,sku,at\ns,a,2030-13-01\n")
    with pytest.raises(SourceError, match=r"memory://shop/a\.csv, row 1: time"):
        rows_of("memory://shop/a.csv", time="at")
    memory.pipe("/shop/a.csv.gz", gzip.compress(CSV)[:-9])
    with pytest.raises(SourceError, match=r"memory://shop/a\.csv\.gz: "):
        rows_of("memory://shop/a.csv.gz")
    memory.pipe("/shop/a.parquet", CSV)
    with pytest.raises(SourceError, match=r"memory://shop/a\.parquet: not a Parquet file"):
        rows_of("memory://shop/a.parquet")
    memory.pipe("/shop/a.csv", b"session,item\n")
    with pytest.raises(SourceError, match=r"memory://shop/a\.csv: no column 'sku'"):
        rows_of("memory://shop/a.csv")


def test_a_remote_glob_is_sorted_and_lists_keep_their_order(memory, tmp_path):
    for name in ("b", "a", "odd[1]"):
        memory.pipe(f"/shop/{name}.csv", b"session,sku\ns," + name.encode() + b"\n")
    (tmp_path / "local.csv").write_bytes(b"session,sku\ns,local\n")
    assert rows_of("memory://shop/?.csv") == [("s", "a"), ("s", "b")]
    assert rows_of("memory://shop/odd[1].csv") == [("s", "odd[1]")]
    listed = ["memory://shop/b.csv", str(tmp_path / "local.csv"), "memory://shop/a.csv"]
    assert [item for _, item in rows_of(listed)] == ["b", "local", "a"]
    with local_copies():
        names = [name_of(path) for path in find_files("memory://shop/*.csv")]
    assert names == [f"memory://shop/{name}.csv" for name in ("a", "b", "odd[1]")]
    with pytest.raises(SourceError, match=r"memory://shop/\*\.tsv: no file matches"):
        find_files("memory://shop/*.tsv")


def test_a_listing_is_never_an_old_one(server):
    server.files["/"] = b'<a href="a.csv">a</a>'
    server.files |= {"/a.csv": CSV, "/b.csv": CSV}
    with local_copies():
        assert [path.name for path in find_files(f"{server.address}/*.csv")] == ["a.csv"]
        server.files["/"] += b'<a href="b.csv">b</a>'
        assert [path.name for path in find_files(f"{server.address}/*.csv")] == ["a.csv", "b.csv"]


def test_files_inside_an_archive_are_reached_by_a_chained_address(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("one.csv", CSV)
        archive.writestr("two.csv", CSV)
    chained = absolute_path("zip://*.csv::all.zip", tmp_path)
    assert rows_of(chained) == ROWS * 2
    with local_copies():
        names = [name_of(path) for path in find_files(chained)]
    assert names == [f"zip://{name}.csv::{tmp_path}/all.zip" for name in ("one", "two")]
    with pytest.raises(SourceError, match=r"zip://no\.csv::.*: no such file|cannot be fetched"):
        find_files(f"zip://no.csv::{tmp_path}/all.zip")


def test_a_file_address_is_a_path(tmp_path):
    (tmp_path / "a.csv").write_bytes(CSV)
    assert find_files(f"file://{tmp_path}/a.csv") == [tmp_path / "a.csv"]


def test_an_address_of_no_known_kind_is_wrong_use():
    with pytest.raises(UsageError, match=r"s4://shop/a\.csv: nobody here knows s4:// addresses"):
        find_files("s4://shop/a.csv")


def test_a_missing_package_is_named(monkeypatch):
    def missing(*args, **kwargs):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.url_to_fs", missing)
    with pytest.raises(MissingPackageError, match=r"^s3://shop/a\.csv: .* Run: pip install s3fs$"):
        find_files("s3://shop/a.csv")


def test_a_file_larger_than_the_room_is_told_before_it_is_fetched(server, scratch, monkeypatch):
    server.files["/a.csv"] = CSV * 10**5  # 2.2 MB

    class Full:
        free = 1_500_000

    monkeypatch.setattr("shutil.disk_usage", lambda path: Full)
    with pytest.raises(StorageError, match=r"need 3 MB in .*; 1 MB are free\. .*TMPDIR"):
        find_files(f"{server.address}/a.csv")
    assert copies_in(scratch) == []


def test_a_disk_that_fills_up_on_the_way_is_told(memory, scratch, monkeypatch):
    memory.pipe("/a.csv", CSV)

    def full(self, rpath, lpath, callback=None):
        callback.set_size(2_500_000)
        Path(lpath).write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(type(memory), "get_file", full)
    with pytest.raises(StorageError, match=r"need 3 MB in .*: No space left on device\. .*TMPDIR"):
        find_files("memory://a.csv")
    assert copies_in(scratch) == []


def test_what_a_killed_process_left_is_swept_and_what_a_live_one_has_is_not(memory, scratch):
    memory.pipe("/a.csv", CSV)
    left, young = scratch / "x2vec-copies-left", scratch / "x2vec-copies-young"
    heard = []
    with local_copies():
        (alive,) = find_files("memory://a.csv")
        for directory in (left, young):
            directory.mkdir()
        for directory in (left, alive.parent.parent):
            os.utime(directory, (0, 0))
        others = copies.Copies(heard.append)
        others.get("key", "b.csv", lambda path: path.write_bytes(b""), shown="b")
        assert alive.exists()
        assert not left.exists()
        assert young.exists()
    notices = [event.text for event in heard if isinstance(event, Notice)]
    assert notices == [f"1 directories of copies that killed runs left in {scratch} are removed"]
    others.remove()
    assert list(scratch.iterdir()) == [young]


def test_a_name_for_a_copy_is_one_that_every_file_system_takes(memory):
    name = "ä" * 300 + ".csv.gz"
    memory.pipe(f"/{name}", gzip.compress(CSV))
    assert rows_of(f"memory://{name}") == ROWS


def test_whatever_opens_bytes_opens_the_copy(memory):
    memory.pipe("/list.txt.gz", gzip.compress(b"a b\n") + gzip.compress(b"c\n"))
    with local_copies():
        (path,) = find_files("memory://list.txt.gz")
        with io.TextIOWrapper(open_bytes(path)) as lines:
            assert list(lines) == ["a b\n", "c\n"]


def test_what_is_fetched_ahead_is_not_fetched_again_and_what_is_no_file_is_left_alone(server):
    server.files["/a.csv"] = CSV
    address = f"{server.address}/a.csv"
    with local_copies():
        for other in (None, object(), "a.csv", "postgresql://host/shop"):
            fetch_ahead(other)
        assert server.asked == []
        fetch_ahead([address, "a.csv"])
        assert rows_of(address) == ROWS
    assert len(server.asked) == 1
