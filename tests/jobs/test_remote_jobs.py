"""A job on remote files: fetched once, its secrets in no manifest, nothing left behind."""

import json
from pathlib import Path

import fsspec
import pytest
from shop import write_shop

import x2vec
from x2vec.jobs import read_job

SOURCE = """\
adapter = "baskets"
path = "memory://shop/orders.parquet"
sequence = "basket_id"
item = "product_id"
time = "ordered_at"
"""
ITEMS = 'path = "memory://ann:s3cret@shop/products.parquet"\nitem = "product_id"'


@pytest.fixture
def job(tmp_path, monkeypatch):
    files = fsspec.filesystem("memory")
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    made = write_shop(tmp_path, source=SOURCE, items=ITEMS)
    files.pipe("/shop/orders.parquet", (tmp_path / "orders.parquet").read_bytes())
    files.pipe("/ann:s3cret@shop/products.parquet", (tmp_path / "products.parquet").read_bytes())
    yield made
    files.store.clear()
    files.pseudo_dirs[:] = [""]


def test_a_remote_job_fetches_each_file_once_and_leaves_nothing(job, tmp_path, monkeypatch):
    fetched = []
    files = type(fsspec.filesystem("memory"))
    get_file = files.get_file

    def counted(self, path, *args, **kwargs):
        fetched.append(path)
        return get_file(self, path, *args, **kwargs)

    monkeypatch.setattr(files, "get_file", counted)
    report = x2vec.run(job)
    assert sorted(fetched) == ["/ann:s3cret@shop/products.parquet", "/shop/orders.parquet"]
    assert report.read.rows_in == 2400
    assert x2vec.load(tmp_path / "store").metadata["title"].null_count == 0
    fetched.clear()
    assert x2vec.check(job).columns["item_id"] == "int64"
    assert len(fetched) == 2
    assert list((tmp_path / "scratch").iterdir()) == []


def test_no_manifest_and_no_check_holds_a_secret(job, tmp_path):
    version = Path(x2vec.run(job).version)
    manifest = json.loads((version / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["config"]["job"]["items"]["path"] == "memory://***@shop/products.parquet"
    assert x2vec.check(job).job["items"]["path"] == "memory://***@shop/products.parquet"
    assert not any(b"s3cret" in path.read_bytes() for path in version.iterdir())


def test_another_password_makes_no_other_job(job):
    before = read_job(job).fingerprint
    job.write_text(job.read_text().replace("s3cret", "new"))
    assert read_job(job).fingerprint == before


def test_an_item_table_takes_what_a_csv_source_takes(tmp_path):
    items = 'path = "products.dat"\nitem = "id"\nformat = "csv"\ndelimiter = "::"\n' + (
        'header = ["id", "title"]\nencoding = "latin-1"\n'
    )
    job = write_shop(tmp_path, items=items)
    lines = [f'{n}::"Né" {n}' for n in range(32)]
    (tmp_path / "products.dat").write_text("\n".join(lines), encoding="latin-1")
    x2vec.run(job)
    assert x2vec.load(tmp_path / "store").metadata_of(7) == {"title": '"Né" 7'}
