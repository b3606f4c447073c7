"""A run: a TOML job goes in, a published store and a report come out."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from x2vec.embeddings import CHECKPOINT, Provenance, publish
from x2vec.evaluation import MetricName, Report
from x2vec.jobs.checkpoints import Checkpoint
from x2vec.jobs.config import Job, read_job
from x2vec.jobs.early import refuse_place
from x2vec.jobs.evidence import with_evidence
from x2vec.jobs.items import columns_of, read_items
from x2vec.jobs.measure import Ear, Watch, measure, read_and_split
from x2vec.jobs.report import RunReport
from x2vec.progress import Listener, silent

__all__ = ["run", "run_job"]


def run(path: str | Path, *, resume: bool = False, listen: Listener = silent) -> RunReport:
    """Run a job file.

    Args:
        path: The TOML file; paths in it are relative to its directory.
        resume: Whether to go on from the checkpoint of an interrupted run, if there is one.
        listen: Hears progress and notices.

    Returns:
        The report. When this returns, the version is published, whole.

    Raises:
        X2VecError: Whatever went wrong, with its exit code; nothing is published then.
        KeyboardInterrupt: The user stopped it. Its notes say where the training so far is kept, or
            that the version is published already.
    """
    base = Path(path).resolve().parent
    return run_job(read_job(path), base=base, name=str(path), resume=resume, listen=listen)


def run_job(
    job: Job,
    *,
    base: Path | None = None,
    name: str = "job",
    resume: bool = False,
    listen: Listener = silent,
) -> RunReport:
    """Run a job that is a value already; its paths are relative to ``base``, or to where we are."""
    plain = job.to_dict()
    config = {"job": plain, "job_fingerprint": job.fingerprint}
    located = job.located(Path.cwd() if base is None else base)
    hear = Ear(listen)
    with Checkpoint(Path(located.publish.store) / CHECKPOINT) as checkpoint:
        return _run(located, job, config, checkpoint, name=name, resume=resume, hear=hear)


def _run(
    job: Job,
    written: Job,
    config: dict[str, Any],
    checkpoint: Checkpoint,
    *,
    name: str,
    resume: bool,
    hear: Ear,
) -> RunReport:
    watch = Watch()
    refuse_place(job)
    ready, items = read_and_split(job, hear=hear, beside=lambda: read_items(job, listen=hear))
    watch.lap("read")
    metadata = None
    if items is not None:
        metadata = columns_of(ready.prepared.vocabulary.items, items, listen=hear)
    measured = measure(
        written, ready, name=name, watch=watch, hear=hear, checkpoint=checkpoint, resume=resume
    )
    trained, report = measured.trained, measured.report
    if report is not None and job.evaluate is not None and job.evaluate.floor is not None:
        job.evaluate.floor.check(report)
    old = trained.embeddings.provenance
    if trained.query != job.query:
        config = {**config, "query": dataclasses.asdict(trained.query)}
    provenance = Provenance(
        config=config,
        fingerprint=old.fingerprint,
        counts={**old.counts, "read": ready.read.to_dict()},
        metrics={**old.metrics, **_measured(report)},
    )
    embeddings = dataclasses.replace(trained.embeddings, metadata=metadata, provenance=provenance)
    if job.publish.evidence:
        embeddings = with_evidence(embeddings, ready.prepared, listen=hear)
        watch.lap("evidence")
    version = publish(embeddings, job.publish.store, listen=hear)
    try:
        checkpoint.remove(hear)
    except KeyboardInterrupt as stop:
        stop.add_note(f"{version} is published")
        raise
    watch.lap("publish")
    return RunReport(
        job=name,
        version=str(version),
        read=ready.read,
        trained=ready.prepared.ledger,
        split=ready.split,
        n_items=len(embeddings),
        n_tokens=ready.prepared.corpus.n_tokens,
        n_sequences=len(ready.prepared.corpus),
        losses=trained.losses,
        early_stopping=trained.early_stopping,
        evaluation=report,
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
