"""Reports on disk: round trips, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from x2vec.errors import DamagedError, DataError, StorageError
from x2vec.evaluation import Measurement, NextItemQueries, QueryFacts, Ranks, Report
from x2vec.evaluation import evaluate_next_item as evaluate
from x2vec.recommendation import Histories, Popularity


def made(**how):
    queries = NextItemQueries(
        histories=Histories.of([[0], [2, 1], [1]], n_items=3),
        known=np.array([True, False, True]),
        targets=np.array([1, 2], dtype=np.int32),
        sequence=np.array([4, 4, 7], dtype=np.int32),
    )
    return evaluate(
        [Popularity(np.array([3, 2, 1])), Popularity(np.array([1, 2, 3]), name="rank:odd")],
        queries,
        exclude_history=True,
        used={"seed": 7, "job": None, "tags": ["a", "b"]},
        **how,
    )


@pytest.fixture
def saved(tmp_path):
    made().save(tmp_path)
    return tmp_path


def change(directory, **what):
    file = directory / "report.json"
    plain = json.loads(file.read_text())
    file.write_text(json.dumps({**plain, **what}))
    return file


def assert_same(one, other):
    assert one == other
    assert one.models == other.models
    for model in one.models:
        assert one.ranks[model].ranked.tolist() == other.ranks[model].ranked.tolist()
        assert one.ranks[model].ranks.tolist() == other.ranks[model].ranks.tolist()
    for name in QueryFacts.__dataclass_fields__:
        a, b = getattr(one.queries, name), getattr(other.queries, name)
        assert np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b, name
        assert getattr(a, "dtype", None) == getattr(b, "dtype", None), name


def test_a_report_comes_back_as_it_was(tmp_path):
    report = made()

    path = report.save(tmp_path / "new" / "place")

    assert path == tmp_path / "new" / "place" / "report.json"
    assert_same(Report.load(path), report)
    assert_same(Report.load(path.parent), report)


def test_what_was_loaded_compares_as_before(saved):
    assert Report.load(saved).compare("popularity", "rank:odd") == made().compare(
        "popularity", "rank:odd"
    )


def test_several_targets_and_terciles_come_back(tmp_path):
    report = Report(
        task="rest of basket",
        measurements=(Measurement("a", "recall@5", 0.5, 0.0, 1.0, 3, 0.0),),
        n_queries=3,
        n_items=9,
        ranks={"a": Ranks.of([[3, None], [], [1]])},
        queries=QueryFacts(
            history_length=np.array([1, 2, 3], np.int32),
            sequence=np.array([0, 1, 2], np.int32),
            is_new=np.array([True, False, True]),
            tercile=np.array([0, 3, 2], np.int8),
            events=np.array([9, 0, 2]),
            offsets=np.array([0, 2, 2, 3]),
            fingerprint="abc",
        ),
    )

    assert_same(Report.load(report.save(tmp_path)), report)


def test_a_report_without_facts_is_figures_alone(tmp_path):
    report = replace(made(), ranks={}, queries=None)

    loaded = Report.load(report.save(tmp_path))

    assert loaded == report
    assert loaded.queries is None
    assert not (tmp_path / "queries.parquet").exists()


def test_queries_are_a_table_that_anyone_can_read(saved):
    table = pq.read_table(saved / "queries.parquet")

    assert table.to_pydict() == {
        "history_length": [1, 2, 1],
        "sequence": [4, 4, 7],
        "is_new": [True, True, True],
        "rank:popularity": [1, None, 2],  # of 1 and 2, and of 0 and 2
        "rank:rank:odd": [2, None, 1],
    }


def test_a_report_replaces_an_earlier_one(saved):
    later = made(ks=(1,))

    later.save(saved)

    assert_same(Report.load(saved), later)
    assert sorted(one.name for one in saved.iterdir()) == ["queries.parquet", "report.json"]


def test_the_plain_values_of_a_report_make_one_again():
    report = made()

    plain = report.to_dict()

    assert json.loads(json.dumps(plain)) == plain
    assert Report.from_dict(plain) == report


@pytest.mark.parametrize(
    "content", ['{"format": "lightgbm", "format_version": 1}', "[1, 2]", '{"hr@10": 0.5}', "7"]
)
def test_a_report_of_another_format_is_refused(tmp_path, content):
    file = tmp_path / "report.json"
    file.write_text(content)

    with pytest.raises(DataError, match=r"report\.json: a report of another format: expected"):
        Report.load(file)


def test_what_is_no_json_is_refused(tmp_path):
    file = tmp_path / "report.json"
    file.write_bytes(b"\x80\x04K\x01.")

    with pytest.raises(DataError, match="no JSON, so no report of x2vec"):
        Report.load(file)


def test_a_newer_format_asks_to_upgrade(saved):
    file = change(saved, format_version=2, x2vec="9.9")

    with pytest.raises(DataError, match=r"written by x2vec 9\.9 in format version 2; .* Upgrade"):
        Report.load(file)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("format_version", "1", "format_version is '1'"),
        ("format_version", True, "format_version is True"),
        ("n_items", -1, "n_items is -1"),
        ("n_items", 1.5, "n_items is 1.5"),
        ("unknown_targets", "0", "unknown_targets is '0'"),
        ("used", [], r"used is \[\]"),
        ("measurements", {}, "measurements are no list"),
        ("measurements", [{"model": "a"}], "measurement 0: expected the keys"),
        ("n_queries", 4, "3 queries, and the report is of 4"),
        ("surprise", 1, "unknown key 'surprise'"),
        ("files", {"../x": {}}, "files must name queries.parquet alone"),
    ],
)
def test_a_value_that_no_report_has_is_refused(saved, key, value, message):
    with pytest.raises(DamagedError, match=message):
        Report.load(change(saved, **{key: value}))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("value", float("nan"), "value is nan"),
        ("low", "0", "low is '0'"),
        ("metric", "hr", "'hr' is no metric"),
        ("n", None, "n is None"),
    ],
)
def test_a_measurement_that_no_report_has_is_refused(saved, key, value, message):
    measurements = made().to_dict()["measurements"]
    measurements[1][key] = value

    with pytest.raises(DamagedError, match=f"measurement 1: {message}"):
        Report.load(change(saved, measurements=measurements))


def test_a_key_that_is_missing_is_named(saved):
    plain = json.loads((saved / "report.json").read_text())
    del plain["n_items"]
    (saved / "report.json").write_text(json.dumps(plain))

    with pytest.raises(DamagedError, match="no key 'n_items'"):
        Report.load(saved)


def test_ranks_of_another_report_are_refused(saved, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    made(ks=(1,), block=1).save(other)
    table = pq.read_table(other / "queries.parquet").slice(0, 2)
    pq.write_table(table, saved / "queries.parquet")

    with pytest.raises(DamagedError, match=r"are not those that .* was written with"):
        Report.load(saved)


def test_ranks_that_are_missing_are_asked_for(saved):
    (saved / "queries.parquet").unlink()

    with pytest.raises(DamagedError, match=r"queries\.parquet: is missing; report\.json needs it"):
        Report.load(saved)


def test_a_path_without_a_report_is_said_to_have_none(tmp_path):
    with pytest.raises(StorageError, match="there is no report"):
        Report.load(tmp_path)


def test_a_place_that_cannot_be_written_is_an_error_of_storage(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="cannot write in"):
        made().save(tmp_path / "file")
