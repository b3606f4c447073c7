"""S3 through s3fs, against a server on this machine; skipped where s3fs and moto are not there."""

import pytest

from x2vec.adapters import local_copies, open_events
from x2vec.adapters.files.paths import find_files
from x2vec.adapters.files.streams import name_of
from x2vec.errors import SourceError

CSV = b"session,sku\ns1,a\ns1,b\n"


@pytest.fixture
def bucket(monkeypatch):
    """A bucket ``shop`` that holds two days, and its file system."""
    s3fs = pytest.importorskip("s3fs", reason="needs s3fs: pip install s3fs")
    server = pytest.importorskip("moto.server", reason="needs moto: pip install 'moto[s3,server]'")
    made = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem()
    if not files.exists("shop"):  # moto forgets nothing while the process lives
        files.mkdir("shop")
    for day in (2, 1):
        files.pipe(f"shop/2024/day-{day}.csv", CSV)
    yield files
    s3fs.S3FileSystem.clear_instance_cache()
    made.stop()


def rows_of(path):
    options = {"path": path, "sequence": "session", "item": "sku"}
    return sum(batch.num_rows for batch in open_events("events", options))


@pytest.mark.filterwarnings("ignore")  # of what moto and botocore are made of
def test_files_and_globs_of_a_bucket_are_read(bucket):
    assert rows_of("s3://shop/2024/day-1.csv") == 2
    assert rows_of("s3://shop/2024/*.csv") == 4
    with local_copies():
        names = [name_of(path) for path in find_files("s3://shop/**/*.csv")]
    assert names == ["s3://shop/2024/day-1.csv", "s3://shop/2024/day-2.csv"]
    large = b"session,sku\n" + b"s,a\n" * 20_000_000  # more than one part
    bucket.pipe("shop/large.csv", large)
    assert rows_of("s3://shop/large.csv") == 20_000_000


@pytest.mark.filterwarnings("ignore")
def test_what_is_not_in_a_bucket_is_told(bucket):
    with pytest.raises(SourceError, match=r"s3://shop/no\.csv: no such file"):
        rows_of("s3://shop/no.csv")
    with pytest.raises(SourceError, match=r"s3://nobody/a\.csv: no such file"):
        rows_of("s3://nobody/a.csv")
    with pytest.raises(SourceError, match=r"s3://shop/\*\.tsv: no file matches"):
        rows_of("s3://shop/*.tsv")


@pytest.mark.filterwarnings("ignore")
def test_a_server_that_is_gone_is_told(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    type(bucket).clear_instance_cache()
    with pytest.raises(SourceError, match=r"s3://shop/a\.csv: no connection"):
        rows_of("s3://shop/a.csv")
