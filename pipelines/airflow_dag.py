"""An Airflow 3 DAG: every night a run, and then an export of what it published.

The command line does the work, so that x2vec may live in an environment of its own: ``X2VEC`` is
its program, ``X2VEC_JOB`` and ``X2VEC_EXPORT`` are the files of the two jobs. Where nothing has
changed, both commands say so and do nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

X2VEC = os.environ.get("X2VEC", "x2vec")
JOB = os.environ.get("X2VEC_JOB", "/srv/x2vec/jobs/shop.toml")
EXPORT = os.environ.get("X2VEC_EXPORT", "/srv/x2vec/jobs/shop_export.toml")

IN_VAIN = {2, 3, 4}  # a wrong job, bad data, below the floor: another try would end alike


def x2vec(*words: str) -> dict[str, Any]:
    """Run a command, its log in the task's log; return its line, or fail as its code asks for."""
    command = [X2VEC, *words, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            said, _ = process.communicate()
        except BaseException:  # a task that is stopped: the command keeps its training, and ends
            process.terminate()
            process.wait()
            raise
    if process.returncode == 0:
        return json.loads(said)
    # Killed, it says nothing.
    why = json.loads(said)["error"] if said else f"ended with exit code {process.returncode}"
    raise (AirflowFailException if process.returncode in IN_VAIN else AirflowException)(why)


@dag(
    schedule="15 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10)},
    tags=["x2vec"],
)
def x2vec_nightly() -> None:
    """Train, and export what was trained."""

    @task
    def train() -> str:
        """Run the job; return the version that is published."""
        return x2vec("run", JOB, "--resume")["version"]

    @task
    def export() -> str:
        """Export it for everybody; return whether there was anything to export."""
        return x2vec("export", EXPORT)["status"]

    train() >> export()


x2vec_nightly()
