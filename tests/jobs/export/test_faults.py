"""Faults and bad input, by their row of the table of faults: what an export then does."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from exporting import ORDERS, answers_of, exported, parts_of, rows_of, write_job, write_kitchen

import x2vec
from x2vec.cli.program import run_program
from x2vec.embeddings import durable
from x2vec.embeddings.lock import only_publisher
from x2vec.errors import DataError, SourceError, StorageError, UsageError

CSV = 'path = "out"\nformat = "csv"'


@pytest.fixture
def kitchen(tmp_path):
    return write_kitchen(tmp_path)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_fault_3_a_disk_that_is_full_leaves_nothing_and_what_was_there_before(kitchen, monkeypatch):
    exported(kitchen)
    old = answers_of(kitchen / "out")
    monkeypatch.setattr(durable, "open_new", lambda path: io.FileIO("/dev/full", "w"))
    with pytest.raises(StorageError, match=r"need 1 MB in .*No space left"):
        exported(kitchen, recommend="k = 1")
    assert answers_of(kitchen / "out") == old
    assert ".out.export" not in names_in(kitchen)


def test_fault_3_a_disk_that_will_be_full_is_told_after_the_first_partition(kitchen, monkeypatch):
    usage = shutil.disk_usage(kitchen)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(StorageError, match=r"need 1 MB in .*\.out\.export; 0 MB are free"):
        exported(kitchen, output='path = "out"\nqueries_per_file = 1')
    assert names_in(kitchen) == ["export.toml", "orders.parquet", "store"]


def test_fault_4_a_truncated_source_is_refused_by_its_name(kitchen, capsys):
    path = kitchen / "orders.parquet"
    path.write_bytes(path.read_bytes()[:-10])
    assert run_program(["export", str(write_job(kitchen))]) == 3
    assert "orders.parquet" in capsys.readouterr().err
    assert "out" not in names_in(kitchen)


def test_fault_6_events_without_an_id_are_counted_and_too_many_are_refused(tmp_path):
    orders = {**ORDERS, "what": [None, *ORDERS["what"][1:]]}
    write_kitchen(tmp_path, orders)
    with pytest.raises(SourceError, match=r"1 of 5 rows \(20\.0%\) cannot be used"):
        exported(tmp_path)
    job = write_job(tmp_path)
    job.write_text(job.read_text().replace("[recommend]", "max_missing_share = 0.5\n[recommend]"))
    report = x2vec.export(job)
    assert (report.counts["rows_set_aside"], report.counts["events"]) == (1, 4)


ODD = ["new\nline", "a\ttab", 'a "quote", and a comma', "\u202eright to left"]


def test_fault_10_ids_with_line_ends_and_tabs_are_exact_in_every_format(tmp_path):
    write_kitchen(tmp_path, {"who": ODD, "what": ODD, "at": [1, 2, 3, 4]}, items=ODD)
    exported(tmp_path)
    expected = [(row["query_id"], row["item_id"]) for row in rows_of(tmp_path / "out")]
    assert {query for query, _ in expected} == set(ODD)
    exported(tmp_path, output='path = "lines"\nformat = "jsonl"')
    lines = [(row["query_id"], row["item_id"]) for row in rows_of(tmp_path / "lines")]
    assert lines == expected
    exported(tmp_path, output='path = "cells"\nformat = "csv"')
    with parts_of(tmp_path / "cells")[0].open(newline="", encoding="utf-8") as file:
        assert [tuple(row[:2]) for row in csv.reader(file)][1:] == expected


@pytest.mark.parametrize("form", ["csv", "jsonl", "sqlite"])
def test_fault_10_an_id_with_nul_is_refused_where_programs_would_cut_it(tmp_path, form):
    write_kitchen(tmp_path, items=["te\0a", "milk", "soap", "sponge"])
    with pytest.raises(DataError, match=r"item_id: the id 'te\\x00a' holds a NUL character"):
        exported(tmp_path, output=f'path = "out"\nformat = "{form}"')
    assert "out" not in names_in(tmp_path)
    exported(tmp_path)
    assert ["te\0a", "milk"] in [items for items, _ in answers_of(tmp_path / "out").values()]


def test_fault_12_a_store_of_one_item_gives_what_it_has(tmp_path):
    write_kitchen(tmp_path, items=["tea"], vectors=[[1.0]], counts=[1])
    report = exported(tmp_path, output='path = "out"\nwide = true')
    assert {row["query_id"]: row["item_ids"] for row in rows_of(tmp_path / "out")} == {
        "bob": ["tea"], "cy": ["tea"], "dee": ["tea"],
    }  # fmt: skip
    assert report.counts["unanswered"] == 1  # Ann, who has had it
    exported(tmp_path, recommend=None, similar="k = 3", output='path = "near"')
    assert rows_of(tmp_path / "near") == []


def test_fault_23_a_second_export_to_the_same_place_is_told_who_is_at_work(kitchen):
    place = kitchen / ".out.export"
    place.mkdir()
    with (
        only_publisher(place),
        pytest.raises(StorageError, match="another publisher is at work: process"),
    ):
        exported(kitchen)
    assert exported(kitchen).status == "exported"


def test_fault_25_ids_form_no_paths(tmp_path):
    paths = ["../../up", "/etc/passwd", "a/b", "."]
    write_kitchen(tmp_path, {"who": paths, "what": paths, "at": [1, 2, 3, 4]}, items=paths)
    exported(tmp_path)
    assert {row["query_id"] for row in rows_of(tmp_path / "out")} == set(paths)
    assert names_in(tmp_path) == ["export.toml", "orders.parquet", "out", "store"]
    assert [name[:10] for name in names_in(tmp_path / "out")] == ["_manifest.", "part-00000"]


@pytest.mark.parametrize("name", ["../orders.parquet", "/etc/passwd", "part-00000-0000000.parquet"])
def test_fault_25_a_manifest_that_names_files_elsewhere_is_none_of_an_export(kitchen, name):
    exported(kitchen)
    path = kitchen / "out" / "_manifest.json"
    said = json.loads(path.read_text())
    said["files"][0]["name"] = name
    path.write_text(json.dumps(said))
    with pytest.raises(StorageError, match="which is of no export; it is never overwritten"):
        exported(kitchen)
    assert (kitchen / "orders.parquet").exists()


def test_fault_25_a_link_in_the_place_of_the_export_is_refused(kitchen):
    (kitchen / "elsewhere").mkdir()
    (kitchen / "out").symlink_to(kitchen / "elsewhere")
    with pytest.raises(StorageError, match="is no directory"):
        exported(kitchen)


def test_fault_26_formulas_are_prefixed_in_a_csv_for_spreadsheets(tmp_path):
    risky = ["=cmd()", "+1", "-1", "@sum"]
    write_kitchen(tmp_path, {"who": risky, "what": risky, "at": [1, 2, 3, 4]}, items=risky)
    exported(tmp_path, output=f"{CSV}\nspreadsheet_safe = true")
    with parts_of(tmp_path / "out")[0].open(newline="") as file:
        _, *rows = csv.reader(file)
    assert {query for query, *_ in rows} == {f"'{one}" for one in risky}
    assert {item for _, item, *_ in rows} == {f"'{one}" for one in risky}
    exported(tmp_path, output=CSV)
    assert '"=cmd()"' in parts_of(tmp_path / "out")[0].read_text()


def test_fault_29_an_unknown_item_is_told_with_the_closest_known_ones(tmp_path):
    orders = {"who": ["ann", "ann"], "what": ["spunge", "tea"], "at": [1, 2]}
    report = exported(write_kitchen(tmp_path, orders))
    [told] = [notice for notice in report.notices if "spunge" in notice]
    assert told.endswith("such as 'spunge' (closest: 'sponge')")


def test_fault_29_a_version_that_is_not_there_is_told_with_those_that_are(kitchen):
    job = write_job(kitchen)
    job.write_text(job.read_text().replace('"store"', '"store"\nversion = "v000007"'))
    with pytest.raises(UsageError, match="there is no version 'v000007'; there are: v000001"):
        x2vec.export(job)


def test_fault_5_a_damaged_store_is_refused_and_the_export_stays(kitchen, capsys):
    exported(kitchen)
    old = answers_of(kitchen / "out")
    path = kitchen / "store" / "v000001" / "items.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert run_program(["export", str(write_job(kitchen))]) == 3
    assert "v000001" in capsys.readouterr().err
    assert answers_of(kitchen / "out") == old
