"""A run that would publish what is published already trains nothing; whatever counts, counts."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from shop import write_shop

import x2vec
from x2vec.embeddings import latest
from x2vec.errors import StorageError
from x2vec.jobs import causes
from x2vec.jobs.digests import digest_of
from x2vec.progress import Progress

QUICK = {
    "n_baskets": 60,
    "model": "vector_size = 4\nepochs = 1\nsample = 0",
    "evaluate": 'k = [5]\nmodels = ["popularity"]',
}


def everything_in(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def change(path, column, to):
    """Write a column of a Parquet file anew."""
    table = pq.read_table(path)
    place = table.column_names.index(column)
    pq.write_table(table.set_column(place, column, to(table[column])), path)


def change_last(values, to):
    """Return values with another last one."""
    return pa.concat_arrays([values.combine_chunks()[:-1], pa.array([to], values.type)])


def test_nothing_new_trains_nothing_writes_nothing_and_names_the_version(tmp_path):
    job = write_shop(tmp_path, **QUICK)
    first = x2vec.run(job)
    before, heard = everything_in(tmp_path), []
    again = x2vec.run(job, listen=heard.append)
    assert (first.status, again.status) == ("published", "unchanged")
    assert again.version == first.version == str(tmp_path / "store" / "v000001")
    assert (again.n_items, again.n_tokens) == (first.n_items, first.n_tokens)
    assert (again.losses, again.evaluation) == (None, None)
    assert "train" not in {event.stage for event in heard if isinstance(event, Progress)}
    assert everything_in(tmp_path) == before
    json.dumps(again.to_dict(), allow_nan=False)


def test_force_publishes_the_same_bytes_as_another_version(tmp_path):
    job = write_shop(tmp_path, **QUICK)
    one, other = Path(x2vec.run(job).version), Path(x2vec.run(job, force=True).version)
    assert (one.name, other.name) == ("v000001", "v000002")
    assert (one / "items.parquet").read_bytes() == (other / "items.parquet").read_bytes()


def test_where_the_store_is_and_how_often_a_checkpoint_is_written_change_nothing(tmp_path):
    x2vec.run(write_shop(tmp_path, **QUICK))
    moved = {"publish": 'store = "elsewhere"', "training": "checkpoint_every = 1"}
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    assert x2vec.run(write_shop(tmp_path, **QUICK, **moved)).status == "unchanged"


@pytest.mark.parametrize(
    ("what", "do"),
    [
        ("the job", lambda folder: write_shop(folder, **{**QUICK, "sequences": "max_length = 9"})),
        (
            "training events",  # the first basket's first product
            lambda folder: change(
                folder / "orders.parquet", "product_id",
                lambda ids: pa.concat_arrays([pa.array([31]), ids.combine_chunks()[1:]]),
            ),
        ),
        (
            "test events",  # the last basket is held out, so training does not see its change
            lambda folder: change(
                folder / "orders.parquet", "product_id", lambda ids: change_last(ids, 31)
            ),
        ),
        (
            "item table",
            lambda folder: change(
                folder / "products.parquet", "title", lambda titles: pc.utf8_upper(titles)
            ),
        ),
    ],
)  # fmt: skip
def test_what_decides_about_a_version_makes_a_new_one_and_the_log_says_what_it_was(
    tmp_path, what, do
):
    job = write_shop(tmp_path, **QUICK)
    x2vec.run(job)
    do(tmp_path)
    report = x2vec.run(job)
    assert report.status == "published"
    assert f"changed since v000001: {what}" in report.notices
    assert x2vec.run(job).status == "unchanged"


@pytest.mark.parametrize(
    ("query", "status"), [("", "unchanged"), ('half_life = "7d"', "published")]
)
def test_when_things_happened_counts_where_they_are_asked_by_age(tmp_path, query, status):
    evaluate = f'split = "leave-last-out"\n{QUICK["evaluate"]}'
    job = write_shop(tmp_path, **{**QUICK, "evaluate": evaluate, "query": query})
    x2vec.run(job)
    change(
        tmp_path / "orders.parquet",
        "ordered_at",
        lambda times: pc.add(times, pa.scalar(60_000_000, pa.duration("us"))),
    )
    assert x2vec.run(job).status == status


def test_another_library_is_another_run(tmp_path, monkeypatch):
    job = write_shop(tmp_path, **QUICK)
    x2vec.run(job)
    versions = {**causes.library_versions(), "numba": "99.1"}
    monkeypatch.setattr(causes, "library_versions", lambda: versions)
    report = x2vec.run(job)
    assert report.status == "published"
    assert "changed since v000001: the version of numba" in report.notices


def test_rows_that_leave_no_trace_are_nothing_new(tmp_path):
    job = write_shop(tmp_path, **QUICK)
    x2vec.run(job)
    products = pq.read_table(tmp_path / "products.parquet")
    more = pa.table({"product_id": [999], "title": ["nobody buys it"]})
    pq.write_table(pa.concat_tables([products, more]), tmp_path / "products.parquet")
    assert x2vec.run(job).status == "unchanged"


def test_a_version_that_is_damaged_is_no_reason_to_rest(tmp_path):
    job = write_shop(tmp_path, **QUICK)
    items = Path(x2vec.run(job).version) / "items.parquet"
    items.write_bytes(items.read_bytes()[:-1] + b"?")
    report = x2vec.run(job)
    assert (report.status, latest(tmp_path / "store")) == ("published", "v000002")
    assert any("items.parquet: its bytes are not" in note for note in report.notices)


def test_a_version_that_somebody_else_published_is_not_taken_for_ours(tmp_path):
    job = write_shop(tmp_path, **QUICK)
    x2vec.publish(x2vec.Embeddings(["tea"], [[1.0]], counts=[1]), tmp_path / "store")
    report = x2vec.run(job)
    assert (report.status, Path(report.version).name) == ("published", "v000002")
    assert "v000001 does not say what it was made from" in report.notices


def test_a_run_that_goes_on_from_a_checkpoint_ends_it_even_where_nothing_changed(tmp_path):
    def stop(event):
        if event.stage == "train" and getattr(event, "done", 0):
            raise KeyboardInterrupt

    job = write_shop(tmp_path, **QUICK)
    x2vec.run(job)
    with pytest.raises(KeyboardInterrupt):
        x2vec.run(job, force=True, listen=stop)
    assert (tmp_path / "store" / ".checkpoint").exists()
    assert x2vec.run(job).status == "unchanged"
    report = x2vec.run(job, resume=True)
    assert (report.status, Path(report.version).name) == ("published", "v000002")
    assert not (tmp_path / "store" / ".checkpoint").exists()
    assert x2vec.run(job, resume=True).status == "unchanged"


def test_two_runs_at_once_one_wins_and_the_other_says_so_before_it_reads(tmp_path):
    job, heard, told = write_shop(tmp_path, **QUICK), [], []

    def run_another(event):
        if event.stage == "train" and not told:
            with pytest.raises(StorageError, match=r"store/\.checkpoint: another run is at work"):
                x2vec.run(job, listen=heard.append)
            told.append(event)

    report = x2vec.run(job, listen=run_another)
    assert (report.status, len(told), heard) == ("published", 1, [])
    assert sorted(one.name for one in (tmp_path / "store").iterdir()) == [
        ".lock", "LATEST", "v000001",
    ]  # fmt: skip


def test_a_run_that_fails_leaves_no_place_behind(tmp_path):
    job = write_shop(tmp_path, **QUICK, publish='store = "deep/store"')
    (tmp_path / "orders.parquet").write_bytes(b"PAR1")
    with pytest.raises(x2vec.X2VecError):
        x2vec.run(job)
    assert not (tmp_path / "deep").exists()


def test_a_table_is_told_by_what_it_says_not_by_how_it_lies_in_memory():
    table = pa.table({"a": ["x", None, "y"], "n": [1, 2, None]})
    pieces = pa.concat_tables([table[:1], table[1:]])
    longer = pa.table({"a": ["q", "x", None, "y"], "n": [0, 1, 2, None]})[1:]
    hidden = pa.table(
        {
            "a": table["a"],
            "n": pa.Array.from_buffers(
                pa.int64(),
                3,
                [
                    pa.py_buffer(b"\x03"),
                    pa.py_buffer(bytes([1, *[0] * 7, 2, *[0] * 7, 9, *[0] * 7])),
                ],
            ),
        }
    )
    assert {digest_of(one) for one in (pieces, longer, hidden)} == {digest_of(table)}
    assert digest_of(table.rename_columns(["a", "m"])) != digest_of(table)
    assert digest_of(table.slice(0, 2)) != digest_of(table)
