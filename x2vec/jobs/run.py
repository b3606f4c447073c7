"""A run: a TOML job goes in, a published store and a report come out."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from x2vec.embeddings import CHECKPOINT, Embeddings, Provenance, index_store, publish
from x2vec.evaluation import MetricName, Report
from x2vec.jobs.causes import Causes, unchanged_since
from x2vec.jobs.checkpoints import Checkpoint
from x2vec.jobs.choosing import with_choice
from x2vec.jobs.cold_start import Inferring, infer
from x2vec.jobs.config import Job, read_job
from x2vec.jobs.early import refuse_place
from x2vec.jobs.evidence import with_evidence
from x2vec.jobs.input import Input, read_input
from x2vec.jobs.measure import Measured, measure
from x2vec.jobs.report import RunReport, Status
from x2vec.jobs.watch import Ear, Watch
from x2vec.progress import Listener, Notice, silent

__all__ = ["run", "run_job"]


def run(
    path: str | Path, *, resume: bool = False, force: bool = False, listen: Listener = silent
) -> RunReport:
    """Run a job file.

    Args:
        path: The TOML file; paths in it are relative to its directory.
        resume: Whether to go on from the checkpoint of an interrupted run, if there is one.
        force: Whether to train and publish even where the latest version is of the same job, input
            and libraries.
        listen: Hears progress and notices.

    Returns:
        The report. When this returns, its version is published, whole, by this run or, where
        nothing has changed since, by the one before.

    Raises:
        X2VecError: Whatever went wrong, with its exit code; nothing is published then.
        KeyboardInterrupt: The user stopped it. Its notes say where the training so far is kept, or
            that the version is published already.
    """
    base = Path(path).resolve().parent
    return run_job(
        read_job(path), base=base, name=str(path), resume=resume, force=force, listen=listen
    )


def run_job(
    job: Job,
    *,
    base: Path | None = None,
    name: str = "job",
    resume: bool = False,
    force: bool = False,
    listen: Listener = silent,
) -> RunReport:
    """Run a job that is a value already; its paths are relative to ``base``, or to where we are."""
    located = job.located(Path.cwd() if base is None else base)
    hear, watch = Ear(listen), Watch()
    refuse_place(located)
    with Checkpoint(Path(located.publish.store) / CHECKPOINT) as checkpoint:
        checkpoint.claim()
        read = read_input(located, hear=hear)
        watch.lap("read")
        causes = Causes.here(job.fingerprint, read.digests())
        goes_on = resume and checkpoint.is_there
        if not (force or goes_on):
            same = unchanged_since(causes, located.publish.store, listen=hear)
            if same is not None:
                _index(job, same, watch, hear)
                return _report("unchanged", same, read, name=name, watch=watch, hear=hear)
        measured = measure(
            job, read.ready, name=name, watch=watch, hear=hear, checkpoint=checkpoint, resume=resume
        )
        if measured.report is not None and job.evaluate is not None and job.evaluate.floor:
            job.evaluate.floor.check(measured.report)
        embeddings, cold = _beside(measured.trained.embeddings, read, job, watch, hear)
        embeddings = _described(embeddings, measured, cold, read, causes, job, watch)
        if job.publish.evidence:
            embeddings = with_evidence(embeddings, read.ready.prepared, listen=hear)
            watch.lap("evidence")
        version = publish(embeddings, located.publish.store, listen=hear)
        try:
            checkpoint.remove(hear)
        except KeyboardInterrupt as stop:
            stop.add_note(f"{version} is published")
            raise
        watch.lap("publish")
        _index(job, version, watch, hear)
        return _report(
            "published", version, read, measured, cold, name=name, watch=watch, hear=hear
        )


def _index(job: Job, version: Path, watch: Watch, hear: Ear) -> None:
    """Build the index that the job asks for, if the version has none yet."""
    if job.publish.index is not None:
        about = index_store(version.parent, version.name, kind=job.publish.index, listen=hear)
        hear(Notice("index", about.told))
        watch.lap("index")


def _beside(
    trained: Embeddings, read: Input, job: Job, watch: Watch, hear: Ear
) -> tuple[Embeddings, Inferring | None]:
    """Put the columns of the item table beside the items, and after them what is inferred."""
    embeddings = dataclasses.replace(trained, metadata=read.columns)
    if job.cold_start is None:
        return embeddings, None
    embeddings, cold = infer(embeddings, read.others, job.cold_start, listen=hear)
    watch.lap("cold start")
    return embeddings, cold


def _described(
    embeddings: Embeddings,
    measured: Measured,
    cold: Inferring | None,
    read: Input,
    causes: Causes,
    job: Job,
    watch: Watch,
) -> Embeddings:
    """Return the embeddings as they are published: with where they are from."""
    old = embeddings.provenance
    config = {"job": job.to_dict(), **causes.to_config()}
    if measured.trained.query != job.query:
        config["query"] = dataclasses.asdict(measured.trained.query)
    provenance = Provenance(
        config=config,
        fingerprint=old.fingerprint,
        counts={**old.counts, "read": read.ready.read.to_dict()},
        metrics={**old.metrics, **_measured(measured.report), "seconds": dict(watch.laps)},
    )
    provenance = with_choice(provenance, measured.chosen)
    if cold is not None:
        provenance = cold.added_to(provenance)
    return dataclasses.replace(embeddings, provenance=provenance)


def _report(
    status: Status,
    version: Path,
    read: Input,
    measured: Measured | None = None,
    cold: Inferring | None = None,
    *,
    name: str,
    watch: Watch,
    hear: Ear,
) -> RunReport:
    """Put a report together; without anything measured nothing was trained."""
    ready, trained = read.ready, None if measured is None else measured.trained
    return RunReport(
        status=status,
        job=name,
        version=str(version),
        read=ready.read,
        trained=ready.prepared.ledger,
        split=ready.split,
        n_items=len(ready.prepared.vocabulary),
        n_tokens=ready.prepared.corpus.n_tokens,
        n_sequences=len(ready.prepared.corpus),
        losses=None if trained is None else trained.losses,
        loss_of=None if trained is None else trained.model.example,
        early_stopping=None if trained is None else trained.early_stopping,
        cold_start=cold,
        evaluation=None if measured is None else measured.report,
        notices=tuple(hear.notices),
        seconds=watch.laps,
    )


def _measured(report: Report | None) -> dict[str, Any]:
    """Return the figures of the model on trial over all targets, for the manifest."""
    if report is None:
        return {}
    figures = {
        one.metric: one.value
        for one in report.measurements
        if one.model == report.models[0] and not MetricName.parse(one.metric).group
    }
    return {**figures, "n_queries": report.n_queries}
