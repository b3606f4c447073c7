"""An export that is run again: nothing to do, or the new one in the place of the old."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exporting import answers_of, exported, parts_of, write_job, write_kitchen

import x2vec
from x2vec.errors import StorageError


@pytest.fixture
def kitchen(tmp_path):
    return write_kitchen(tmp_path)


def test_a_finished_export_is_not_made_again_and_says_so(kitchen):
    first = exported(kitchen)
    before = [part.stat().st_mtime_ns for part in parts_of(kitchen / "out")]
    again = exported(kitchen)
    assert again.status == "unchanged"
    assert (again.rows, again.queries, again.counts) == (first.rows, first.queries, first.counts)
    assert [part.stat().st_mtime_ns for part in parts_of(kitchen / "out")] == before
    assert "Nothing to do" in str(again)


def test_threads_and_the_place_of_the_store_are_no_other_export(kitchen):
    exported(kitchen)
    (kitchen / "store").rename(kitchen / "moved")
    job = write_job(kitchen, recommend="k = 2\nworkers = 1")
    job.write_text(job.read_text().replace('"store"', '"moved"'))
    assert x2vec.export(job).status == "unchanged"


def change_histories(kitchen):
    more = {"who": ["eve"], "what": ["tea"], "at": [9]}
    orders = pa.concat_tables([pq.read_table(kitchen / "orders.parquet"), pa.table(more)])
    pq.write_table(orders, kitchen / "orders.parquet")


def change_store(kitchen):
    embeddings = x2vec.load(kitchen / "store")
    x2vec.publish(embeddings, kitchen / "store")


@pytest.mark.parametrize("change", [change_histories, change_store])
def test_other_histories_or_a_new_version_of_the_store_are_exported_anew(kitchen, change):
    exported(kitchen)
    change(kitchen)
    assert exported(kitchen).status == "exported"
    assert exported(kitchen).status == "unchanged"


def test_a_version_that_the_job_names_stays_the_same_when_another_is_published(kitchen):
    job = write_job(kitchen)
    job.write_text(job.read_text().replace('"store"', '"store"\nversion = "v000001"'))
    x2vec.export(job)
    change_store(kitchen)
    assert x2vec.export(job).status == "unchanged"


def test_another_job_takes_the_place_of_the_old_export_and_nothing_of_that_is_left(kitchen):
    exported(kitchen, output='path = "out"\nqueries_per_file = 1')
    assert exported(kitchen, recommend="k = 1").partitions == 1
    assert {len(items) for items, _ in answers_of(kitchen / "out").values()} == {1}
    assert len(parts_of(kitchen / "out")) == 1
    assert sorted(path.name for path in kitchen.iterdir()) == [
        "export.toml", "orders.parquet", "out", "store",
    ]  # fmt: skip


def test_a_damaged_export_is_made_again(kitchen):
    exported(kitchen)
    [part] = parts_of(kitchen / "out")
    whole = part.read_bytes()
    part.write_bytes(whole[:-1] + b"?")
    assert exported(kitchen).status == "exported"
    assert parts_of(kitchen / "out")[0].read_bytes() == whole


def test_a_directory_of_something_else_is_never_overwritten(kitchen):
    (kitchen / "out").mkdir()
    (kitchen / "out" / "thesis.doc").touch()
    with pytest.raises(StorageError, match=r"holds 'thesis.doc', which is of no export"):
        exported(kitchen)
    assert [path.name for path in (kitchen / "out").iterdir()] == ["thesis.doc"]


def test_a_dry_run_counts_and_writes_nothing(kitchen):
    report = x2vec.export(write_job(kitchen), dry_run=True)
    assert (report.status, report.queries, report.rows) == ("checked", 4, 0)
    assert report.counts["items_unknown"] == 1
    assert sorted(path.name for path in kitchen.iterdir()) == [
        "export.toml", "orders.parquet", "store",
    ]  # fmt: skip
    exported(kitchen)
    assert x2vec.export(kitchen / "export.toml", dry_run=True).status == "unchanged"
