"""An evaluation: a TOML job goes in, a leaderboard comes out, and nothing is published."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from x2vec.errors import ConfigError
from x2vec.evaluation import Report
from x2vec.jobs.config import Job, read_job
from x2vec.jobs.measure import Ear, Watch, measure, read_and_split
from x2vec.progress import Listener, silent

__all__ = ["Evaluation", "evaluate_job"]


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What a job is worth, beside what a caller may do with it.

    Attributes:
        report: The leaderboard.
        job: The job as it is written.
        directory: Where the report goes unless told otherwise: beside the store of the job.
        notices: What was decided or noticed on the way.
        seconds: Wall-clock time of each step.
    """

    report: Report
    job: Job
    directory: Path
    notices: tuple[str, ...]
    seconds: dict[str, float]


def evaluate_job(path: str | Path, *, listen: Listener = silent) -> Evaluation:
    """Read a job, hold its test part out, train, and measure the model beside its baselines.

    That is what a run does, but for the item table, the floor and the store, which stay as they
    are.

    Args:
        path: The TOML file; paths in it are relative to its directory.
        listen: Hears progress and notices.

    Raises:
        ConfigError: The job is wrong, or has no section ``[evaluate]``.
        X2VecError: Whatever else went wrong.
    """
    written = read_job(path)
    if written.evaluate is None:
        raise ConfigError(
            f"{path}: has no section [evaluate], so nothing is held out. Add one, such as "
            '[evaluate] with split = "leave-last-out".'
        )
    job = written.located(Path(path).resolve().parent)
    hear, watch = Ear(listen), Watch()
    ready, _ = read_and_split(job, hear=hear)
    watch.lap("read")
    measured = measure(written, ready, name=str(path), watch=watch, hear=hear)
    assert measured.report is not None
    directory = Path(os.path.relpath(f"{job.publish.store}-report"))
    return Evaluation(measured.report, written, directory, tuple(hear.notices), watch.laps)
