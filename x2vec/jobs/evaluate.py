"""An evaluation: a TOML job goes in, a leaderboard comes out, and nothing is published."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from x2vec.errors import ConfigError, StorageError
from x2vec.evaluation import Report
from x2vec.jobs.config import Job, read_job
from x2vec.jobs.measure import measure
from x2vec.jobs.rankers import COSINE, HYBRID, MODELS
from x2vec.jobs.reading import read_and_split
from x2vec.jobs.side_of_job import items_for_side
from x2vec.jobs.watch import Ear, Watch
from x2vec.progress import Listener, silent
from x2vec.recommendation import BASELINES

__all__ = ["Evaluation", "evaluate_job", "place_of_report"]


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What a job is worth, beside what a caller may do with it.

    Attributes:
        report: The leaderboard.
        job: The job as it is written.
        notices: What was decided or noticed on the way.
        seconds: Wall-clock time of each step.
    """

    report: Report
    job: Job
    notices: tuple[str, ...]
    seconds: dict[str, float]


def evaluate_job(path: str | Path, *, listen: Listener = silent) -> Evaluation:
    """Read a job, hold its test part out, train, and measure the model beside its baselines.

    That is what a run does, but for the item table, the floor and the store, which stay as they
    are. Where the job names no models, all baselines and the hybrid are measured, not only
    the quick ones.

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
    if written.evaluate.models is None:
        others = [name for name, kind in MODELS.items() if not isinstance(written.model, kind)]
        everyone = [COSINE, *others, HYBRID, *BASELINES]
        how = dataclasses.replace(written.evaluate, models=everyone)
        written = dataclasses.replace(written, evaluate=how)
    job = written.located(Path(path).resolve().parent)
    hear, watch = Ear(listen), Watch()
    ready, _ = read_and_split(job, hear=hear, beside=lambda: items_for_side(job, listen=hear))
    watch.lap("read")
    measured = measure(written, ready, name=str(path), watch=watch, hear=hear)
    assert measured.report is not None
    return Evaluation(measured.report, written, tuple(hear.notices), watch.laps)


def place_of_report(path: str | Path, to: Path | None = None) -> Path:
    """Return the directory that a job's report goes to, and refuse one that cannot be written.

    Nothing is made. To be asked before the work, which would be in vain.

    Args:
        path: The TOML file.
        to: The directory; beside the job's store unless given.

    Raises:
        ConfigError: The job is wrong.
        StorageError: Something else is there, or the permission is lacking.
    """
    job = read_job(path).located(Path(path).resolve().parent)
    place = Path(os.path.relpath(f"{job.publish.store}-report")) if to is None else to
    try:
        found = next(one for one in (place, *place.absolute().parents) if one.exists())
        fits = found.is_dir() and os.access(found, os.W_OK | os.X_OK)
    except OSError as error:  # such as a name that is too long
        raise StorageError(f"{place}: {error.strerror}. Name another directory by --to.") from error
    if not fits:
        what = "cannot be written to" if found.is_dir() else "is no directory"
        raise StorageError(
            f"{place}: no report can be written there, for {found} {what}. Name another directory "
            "by --to."
        )
    return place
