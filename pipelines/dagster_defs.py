"""Dagster definitions: a store as an asset, made anew every night where something has changed.

``dagster dev -f pipelines/dagster_defs.py`` shows it. x2vec runs in Dagster's own processes here,
by its Python API; ``X2VEC_JOB`` is the file of the job unless a run's config names another.
"""

import os
from pathlib import Path

import dagster as dg

import x2vec

IN_VAIN = {2, 3, 4}  # a wrong job, bad data, below the floor: another try would end alike


class JobFile(dg.Config):
    """Which job to run."""

    path: str = os.environ.get("X2VEC_JOB", "pipelines/complete_journey.toml")


@dg.asset(retry_policy=dg.RetryPolicy(max_retries=3, delay=600))
def store(context: dg.AssetExecutionContext, config: JobFile) -> dg.MaterializeResult:
    """The store of a job: its latest version answers for its items."""

    def hear(event: object) -> None:
        if hasattr(event, "text"):  # a notice; progress would be a line for every block
            context.log.info(event.text)

    try:
        report = x2vec.run(config.path, resume=True, listen=hear)
    except x2vec.X2VecError as error:
        in_vain = error.exit_code in IN_VAIN
        raise dg.Failure(str(error), allow_retries=not in_vain) from error
    metadata = {
        "status": report.status,
        "version": Path(report.version).name,
        "store": dg.MetadataValue.path(str(Path(report.version).parent)),
        "items": report.n_items,
        "events": report.n_tokens,
    }
    return dg.MaterializeResult(metadata=metadata, data_version=dg.DataVersion(report.version))


defs = dg.Definitions(
    assets=[store],
    schedules=[
        dg.ScheduleDefinition(
            job=dg.define_asset_job("nightly", selection=[store]), cron_schedule="15 2 * * *"
        )
    ],
)
