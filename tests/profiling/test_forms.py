"""The forms of a profile - text, JSON, page, TOML - and the command that gives them."""

import json
import tomllib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from profile_worlds import profiled, sessions, table_of
from shop import write_shop

import x2vec
from x2vec.cli.program import run_program
from x2vec.profiling.text import text_of

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def evil():
    rows = [(s, i, t) for s, i, t in sessions()]
    return profiled([*rows, *[(EVIL, f"i{n % 50}", 60.0 * n) for n in range(500)]])


def test_ids_are_text_on_the_page_and_in_the_terminal(evil):
    page = evil.to_html()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert EVIL in str(evil)
    assert "\x1b" not in str(
        profiled([*sessions(), *[("\x1b[31m", "i1", 9.0 * n) for n in range(500)]])
    )


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_text_fits_its_width(evil, width):
    long = [line for line in text_of(evil, width=width).splitlines() if len(line) > width]
    assert long == []


def test_the_profile_is_plain_json(evil):
    plain = json.loads(json.dumps(evil.to_dict(), allow_nan=False))
    assert plain["n_sequences"] == 301
    assert plain["findings"][0]["name"] == "giant_sequence"
    assert plain["kept"]["rows_in"] == 2_000


@pytest.mark.parametrize("adapter", ["events", "baskets"])
def test_a_job_runs_with_the_settings_that_were_chosen(tmp_path, adapter):
    pq.write_table(table_of(sessions(n=200, visits=2)), tmp_path / "rows.parquet")
    head = (
        f'[source]\nadapter = "{adapter}"\npath = "rows.parquet"\nsequence = "s"\nitem = "i"\n'
        'time = "t"\n\n[publish]\nstore = "store"\n\n'
    )
    job = tmp_path / "job.toml"
    job.write_text(head + "[model]\nvector_size = 8\nepochs = 1\n\n[evaluate]\nk = [5]\n")
    seen = x2vec.profile(job)
    settings = tomllib.loads(seen.toml)
    assert settings["model"] == {
        "window": 5 if adapter == "events" else "whole", "vector_size": 8, "epochs": 1,
    }  # fmt: skip
    assert settings["evaluate"] == {"split": "time", "k": [5]}
    job.write_text(head + seen.toml)
    report = x2vec.run(job)
    assert report.read.sequences_cut == seen.chosen.sequences_cut
    assert x2vec.profile(job).kept == seen.chosen


def test_a_floor_stays_in_the_chosen_settings(tmp_path):
    job = write_shop(tmp_path, evaluate='k = [5]\nfloor = { metric = "hr@5", minimum = 0.001 }')
    floor = tomllib.loads(x2vec.profile(job).toml)["evaluate"]["floor"]
    assert floor == {"metric": "hr@5", "minimum": 0.001}
    assert not (tmp_path / "store").exists()


def test_the_command_prints_text_json_and_a_page(tmp_path, capsys):
    job = write_shop(tmp_path)
    assert run_program(["profile", str(job)]) == 0
    assert "2,400 events, 600 baskets, 32 items" in capsys.readouterr().out
    page = tmp_path / "page.html"
    assert run_program(["profile", str(job), "--json", "--html", str(page)]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out)["n_events"] == 2_400
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_page_that_cannot_be_written_is_an_error_with_its_name(tmp_path, capsys):
    job = write_shop(tmp_path)
    assert run_program(["profile", str(job), "--html", str(tmp_path / "no" / "p.html")]) == 5
    assert "p.html: No such file or directory" in capsys.readouterr().err


def test_a_gap_without_a_clock_is_told_as_a_run_tells_it(tmp_path, capsys):
    pq.write_table(pa.table({"s": [1, 1], "i": ["a", "b"]}), tmp_path / "rows.parquet")
    job = tmp_path / "job.toml"
    job.write_text(
        '[source]\nadapter = "events"\npath = "rows.parquet"\nsequence = "s"\nitem = "i"\n\n'
        '[sequences]\ngap = "30m"\n\n[publish]\nstore = "store"\n'
    )
    assert run_program(["profile", str(job)]) == 2
    assert "the source gives none" in capsys.readouterr().err
