"""``x2vec export`` on the command line: what it prints, and how it exits."""

import json

import pytest
from exporting import write_job, write_kitchen

from x2vec.cli.program import run_program


@pytest.fixture
def job(tmp_path):
    return str(write_job(write_kitchen(tmp_path)))


def test_it_prints_what_was_counted_and_where_the_answers_are(job, capsys):
    assert run_program(["export", job]) == 0
    printed = capsys.readouterr()
    lines = [line.strip() for line in printed.out.splitlines()]
    assert {"3 answered by model", "1 answered by popular", "4 queries"} <= set(lines)
    assert lines[-1].startswith("Exported to ")
    assert "export: 4 of 4 queries" in printed.err


def test_json_is_one_line_with_what_was_done(job, capsys):
    for status in ("exported", "unchanged"):
        assert run_program(["export", job, "--json"]) == 0
        [line] = capsys.readouterr().out.splitlines()
        said = json.loads(line)
        assert (said["status"], said["exit_code"], said["error"]) == (status, 0, None)
        assert (said["queries"], said["rows"], said["store"]) == (4, 8, "v000001")


def test_a_dry_run_says_that_nothing_was_written(job, capsys):
    assert run_program(["export", job, "--dry-run"]) == 0
    assert "; nothing was written" in capsys.readouterr().out


def test_a_wrong_job_exits_with_2_and_a_missing_store_with_5(tmp_path, capsys):
    assert run_program(["export", str(write_job(tmp_path, recommend="k = 0"))]) == 2
    assert run_program(["export", str(write_job(tmp_path))]) == 5
    assert "no such file or directory. Run the job that publishes it" in capsys.readouterr().err
