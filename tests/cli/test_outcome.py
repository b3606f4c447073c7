"""With ``--json`` whatever happens is one line on stdout: to whoever started it, the outcome."""

import json

import pytest
from shop import write_shop

import x2vec.api
from x2vec.cli.program import run_program

QUICK = {"n_baskets": 60, "model": "vector_size = 4\nepochs = 1\nsample = 0"}
EVALUATE = 'k = [5]\nmodels = ["popularity"]'
FLOOR = f'{EVALUATE}\nfloor = {{ metric = "mrr@5", minimum = 0.99 }}'


def outcome(capsys, *words):
    """Run a command; return its exit code and the object in its only line on stdout."""
    code = run_program([*map(str, words), "--json"])
    said = capsys.readouterr()
    assert said.out.count("\n") == 1, said.out
    return code, json.loads(said.out), said.err


@pytest.mark.parametrize(
    ("command", "status"), [("run", "published"), ("evaluate", "measured"), ("check", "fit")]
)
def test_a_command_that_did_it_says_so_first(tmp_path, capsys, monkeypatch, command, status):
    monkeypatch.chdir(tmp_path)
    code, line, _ = outcome(capsys, command, write_shop(tmp_path, **QUICK, evaluate=EVALUATE))
    assert list(line)[:3] == ["status", "exit_code", "error"]
    assert (code, line["status"], line["exit_code"], line["error"]) == (0, status, 0, None)


def test_tune_says_what_it_found_in_the_same_way(tmp_path, capsys):
    job = write_shop(tmp_path, **QUICK, evaluate=EVALUATE)
    code, line, _ = outcome(capsys, "tune", job, "--trials", 1, "--metric", "hr@5")
    assert (code, line["status"], line["error"]) == (0, "tuned", None)


@pytest.mark.parametrize("command", ["run", "evaluate", "tune", "check", "profile", "similar"])
def test_a_command_that_is_called_wrongly_fails_in_one_line(capsys, command):
    code, line, said = outcome(capsys, command)
    assert (code, line["exit_code"]) == (2, 2)
    assert line["status"] == "failed"
    assert line["kind"] in ("MissingParameter", "UsageError")
    assert said


@pytest.mark.parametrize("command", ["run", "evaluate", "tune", "check"])
@pytest.mark.parametrize(
    ("ends", "code", "kind"),
    [
        (lambda folder: (folder / "job.toml").write_text("[sourse]"), 2, "ConfigError"),
        (lambda folder: (folder / "orders.parquet").write_bytes(b"PAR1"), 3, "SourceError"),
    ],
    ids=["wrong job", "bad data"],
)
def test_what_stops_a_job_is_told_on_stderr_and_in_the_line(
    tmp_path, capsys, command, ends, code, kind
):
    job = write_shop(tmp_path, **QUICK)
    ends(tmp_path)
    found, line, said = outcome(capsys, command, job)
    assert (found, line["status"], line["exit_code"], line["kind"]) == (code, "failed", code, kind)
    assert said.splitlines()[-1].endswith(line["error"].splitlines()[-1])


@pytest.mark.parametrize("command", ["run", "evaluate"])
def test_below_the_floor_the_line_has_the_figures_too(tmp_path, capsys, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    code, line, _ = outcome(capsys, command, write_shop(tmp_path, **QUICK, evaluate=FLOOR))
    assert (code, line["exit_code"], line["kind"]) == (4, 4, "QualityFloorError")
    figures = {one["metric"]: one["value"] for one in line["evaluation"]["measurements"]}
    assert 0 <= figures["mrr@5"] < 0.99


@pytest.mark.parametrize("command", ["run", "evaluate"])
def test_a_place_that_cannot_be_written_is_exit_5_in_the_line(
    tmp_path, capsys, monkeypatch, command
):
    monkeypatch.chdir(tmp_path)
    job = write_shop(tmp_path, **QUICK)
    for name in ("store", "store-report"):
        (tmp_path / name).write_text("a file is in the way")
    code, line, _ = outcome(capsys, command, job)
    assert (code, line["exit_code"], line["kind"]) == (5, 5, "StorageError")


@pytest.mark.parametrize(
    ("error", "code"),
    [(OSError(28, "No space left"), 5), (MemoryError("9 TiB"), 5), (ZeroDivisionError("oh"), 1)],
)
def test_what_nobody_foresaw_is_a_line_too(capsys, monkeypatch, error, code):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(x2vec.api, "check", fail)
    found, line, _ = outcome(capsys, "check", "job.toml")
    assert (found, line["exit_code"], line["kind"]) == (code, code, type(error).__name__)


def test_a_line_holds_names_that_are_no_text(capsys):
    code, line, _ = outcome(capsys, "check", "no\udcff.toml")
    assert (code, line["error"].split(";")[0]) == (2, "no job file at no\udcff.toml")


def test_run_again_says_unchanged_and_force_runs_anyway(tmp_path, capsys):
    job = write_shop(tmp_path, **QUICK, evaluate=EVALUATE)
    told = [outcome(capsys, "run", job, *words)[1] for words in ([], [], ["--force"])]
    assert [line["status"] for line in told] == ["published", "unchanged", "published"]
    assert [line["version"][-7:] for line in told] == ["v000001", "v000001", "v000002"]
    assert run_program(["run", str(job)]) == 0
    said = f"Unchanged since {tmp_path}/store/v000002: "
    assert capsys.readouterr().out.splitlines()[-1].startswith(said)


def test_a_dry_run_says_what_would_be_done(tmp_path, capsys):
    job = write_shop(tmp_path, **QUICK, evaluate=EVALUATE)
    code, line, _ = outcome(capsys, "run", job, "--dry-run")
    assert (code, line["status"], line["would_be"]) == (0, "dry-run", "published")
    assert (line["version"], line["n_items"]) == (f"{tmp_path}/store/v000001", 32)
    assert run_program(["run", str(job), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "240 rows in, 60 sequences" in said
    assert said.endswith(f"Would publish: {tmp_path}/store/v000001; this was a dry run\n")
    assert not (tmp_path / "store").exists()
    assert outcome(capsys, "run", job, "--dry-run", "--resume")[0] == 2
