"""The examples for schedulers do what they say, loaded by the scheduler where it is installed."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from shop import write_shop

PIPELINES = Path(__file__).parents[2] / "pipelines"
PUBLISHED = {"status": "published", "exit_code": 0, "error": None, "version": "store/v000001"}
FAILED = {"status": "failed", "error": "disk full", "kind": "StorageError"}


@pytest.fixture
def x2vec(tmp_path):
    """A program that exits with the codes of a file, one a call, and notes what it was asked."""
    program = tmp_path / "x2vec"
    program.write_text(
        "#!/usr/bin/env bash\n"
        f'cd "{tmp_path}"; echo "$*" >> asked; n=$(wc -l < asked)\n'
        'code=$(sed -n "${n}p" codes); echo "a log" >&2\n'
        f"if [ $code = 0 ]; then echo '{json.dumps(PUBLISHED)}'\n"
        f"elif [ $code != 137 ]; then echo '{json.dumps(FAILED)}'; fi\nexit $code\n"
    )
    program.chmod(0o755)
    return program


def nightly(x2vec, *codes, tries=3):
    """Run the script for cron; return its exit code, what it prints, and the commands it ran."""
    folder = x2vec.parent
    (folder / "codes").write_text("".join(f"{code}\n" for code in codes))
    done = subprocess.run(
        [PIPELINES / "nightly.sh", "job.toml", folder / "logs"],
        env={**os.environ, "X2VEC": str(x2vec), "TRIES": str(tries), "WAIT": "0"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    asked = folder / "asked"
    return done.returncode, done.stdout, asked.read_text().splitlines() if asked.exists() else []


def test_a_good_night_prints_nothing_and_keeps_log_and_result(x2vec):
    assert nightly(x2vec, 0) == (0, "", ["run job.toml --resume --json"])
    log, result = sorted((x2vec.parent / "logs").glob("20*"), key=lambda path: path.suffix)[::-1]
    assert log.read_text() == "a log\n"
    assert json.loads(result.read_text()) == PUBLISHED


@pytest.mark.parametrize("code", [2, 3, 4, 137])
def test_what_another_try_would_not_mend_is_told_at_once(x2vec, code):
    found, said, asked = nightly(x2vec, code)
    assert (found, len(asked)) == (code, 1)
    assert said.startswith(f"job.toml: exit code {code}; the log is ")
    assert ("disk full" in said) == (code != 137)


def test_what_may_pass_is_tried_again(x2vec):
    found, said, asked = nightly(x2vec, 5, 5, 0)
    assert (found, said, len(asked)) == (0, "", 3)


def test_what_does_not_pass_is_told_in_the_end(x2vec):
    found, said, asked = nightly(x2vec, 5, 5, 5, tries=2)
    assert (found, len(asked), "disk full" in said) == (5, 2, True)


def test_a_night_that_meets_the_one_before_leaves_it_alone(x2vec):
    (x2vec.parent / "logs").mkdir()
    with subprocess.Popen(
        ["flock", x2vec.parent / "logs" / ".lock", "sh", "-c", "echo held; read line"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as before:  # fmt: skip
        assert before.stdout.readline() == "held\n"
        assert nightly(x2vec, 0) == (
            5, "job.toml: the run before is not over yet; this one is left out\n", [],
        )  # fmt: skip
        before.communicate("\n")


def test_the_crontab_calls_the_script_with_a_job_and_a_place_for_logs():
    lines = (PIPELINES / "crontab").read_text(encoding="utf-8").splitlines()
    *when, script, job, logs = lines[-1].split()
    assert len(when) == 5
    assert (Path(script).name, Path(job).suffix, Path(logs).suffix) == ("nightly.sh", ".toml", "")


def in_its_own_process(library, script, folder, **env):
    """Run a script where a scheduler's library is installed: what it loads stays out of here."""
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed here")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env={**os.environ, **env},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


AIRFLOW = """
import json
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from airflow.dag_processing.dagbag import DagBag

bag = DagBag(DAG)
assert not bag.import_errors, bag.import_errors
dag = bag.dags["x2vec_nightly"]
train, export = dag.get_task("train"), dag.get_task("export")

def outcome(task):
    try:
        return task.python_callable()
    except AirflowFailException as error:
        return f"fails: {error}"
    except AirflowException as error:
        return f"again: {error}"

print(json.dumps({
    "after": sorted(train.downstream_task_ids), "retries": [train.retries, export.retries],
    "outcomes": [outcome(train) for _ in range(6)] + [outcome(export)],
}))
"""


def test_airflow_loads_the_dag_and_tries_again_only_what_may_pass(tmp_path, x2vec):
    (tmp_path / "codes").write_text("0\n2\n3\n4\n5\n137\n0\n")
    found = in_its_own_process(
        "airflow", f"DAG = {str(PIPELINES / 'airflow_dag.py')!r}\n{AIRFLOW}", tmp_path,
        AIRFLOW_HOME=str(tmp_path / "airflow"), X2VEC=str(x2vec), X2VEC_JOB="job.toml",
        X2VEC_EXPORT="export.toml",
    )  # fmt: skip
    assert (found["after"], found["retries"]) == (["export"], [3, 3])
    assert found["outcomes"] == [
        "store/v000001", *["fails: disk full"] * 3, "again: disk full",
        "again: ended with exit code 137", "published",
    ]  # fmt: skip
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == ["run job.toml --resume --json"] * 6 + ["export export.toml --json"]


DAGSTER = """
import importlib.util, json
import dagster as dg

spec = importlib.util.spec_from_file_location("dagster_defs", DEFS)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
dg.Definitions.validate_loadable(module.defs)
config = {"ops": {"store": {"config": {"path": "job.toml"}}}}

def materialize():
    done = dg.materialize([module.store], run_config=config, raise_on_error=False)
    if done.success:
        [made] = done.asset_materializations_for_node("store")
        return {name: one.value for name, one in made.metadata.items()}
    [event] = [e for e in done.all_events if e.is_step_failure or e.is_step_up_for_retry]
    return event.event_type_value

told = [materialize(), materialize()]
open("job.toml", "a").write("[sourse]")
told.append(materialize())
[schedule] = module.defs.schedules
print(json.dumps({"told": told, "schedule": schedule.cron_schedule}))
"""


def test_dagster_makes_the_store_and_leaves_it_where_nothing_has_changed(tmp_path):
    write_shop(
        tmp_path, n_baskets=60, model="vector_size = 4\nepochs = 1",
        evaluate='k = [5]\nmodels = ["popularity"]',
    )  # fmt: skip
    found = in_its_own_process(
        "dagster", f"DEFS = {str(PIPELINES / 'dagster_defs.py')!r}\n{DAGSTER}", tmp_path,
        DAGSTER_HOME="",
    )  # fmt: skip
    made, again, wrong = found["told"]
    assert made == {
        "status": "published", "version": "v000001", "store": str(tmp_path / "store"),
        "items": 32, "events": 216,
    }  # fmt: skip
    assert again == {**made, "status": "unchanged"}
    assert wrong == "STEP_FAILURE"  # and no retry
    assert found["schedule"] == "15 2 * * *"
