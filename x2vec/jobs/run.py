"""A run: a TOML job goes in, a published store and a report come out."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from time import perf_counter
from typing import Any

from x2vec.adapters import local_copies
from x2vec.corpus import Ledger, Queries, Sequences
from x2vec.embeddings import CHECKPOINT, Provenance, publish
from x2vec.evaluation import MetricName, Report
from x2vec.jobs.checkpoints import Checkpoint
from x2vec.jobs.config import Job, read_job
from x2vec.jobs.early import columns_found, refuse_columns, refuse_place, refuse_unnamed
from x2vec.jobs.items import columns_of, read_items
from x2vec.jobs.rankers import embedding_rankers, fit_baselines
from x2vec.jobs.report import RunReport, SplitReport
from x2vec.jobs.rules import refuse_rules
from x2vec.jobs.steps import (
    Prepared,
    evaluate,
    fit_prepared,
    prepare,
    read_sequences,
    split,
)
from x2vec.progress import Listener, Notice, silent

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
    written = job.to_dict()
    written["model"] = {"kind": type(job.model).__name__, **written["model"]}
    config = {"job": written, "job_fingerprint": job.fingerprint}
    job = job.located(Path.cwd() if base is None else base)
    hear = _Ear(listen)
    with Checkpoint(Path(job.publish.store) / CHECKPOINT) as checkpoint:
        return _run(job, config, checkpoint, name=name, resume=resume, hear=hear)


def _run(
    job: Job,
    config: dict[str, Any],
    checkpoint: Checkpoint,
    *,
    name: str,
    resume: bool,
    hear: _Ear,
) -> RunReport:
    watch = _Watch()
    refuse_place(job)
    refuse_rules(job)
    with local_copies(hear):
        items = read_items(job, listen=hear)
        refuse_unnamed(job)
        sequences = read_sequences(
            job.source.adapter,
            job.source.options,
            max_missing_share=job.source.max_missing_share,
            listen=hear,
        )
    refuse_columns(job, columns_found(sequences))
    read, prepared, queries, split_report = _split(sequences, job, hear)
    del sequences  # large, and nothing after this looks at it
    watch.lap("read")
    metadata = None
    if items is not None:
        metadata = columns_of(prepared.vocabulary.items, items, listen=hear)
    baselines = []
    if job.evaluate is not None:  # before training, which takes longer and may be in vain
        needed = job.evaluate.floor.model if job.evaluate.floor else None
        baselines = fit_baselines(
            prepared.corpus, seed=job.training.seed, needed=needed, listen=hear
        )
        watch.lap("baselines")
    trained = fit_prepared(
        prepared, job.model, job.training, checkpoint=checkpoint, resume=resume, listen=hear
    )
    watch.lap("train")
    report = None
    if job.evaluate is not None and queries is not None:
        report = evaluate(
            [*embedding_rankers(trained.embeddings, job.model), *baselines],
            queries,
            prepared,
            k=job.evaluate.k,
            used={"split": str(split_report), "job": name, "seed": job.training.seed},
            seed=job.training.seed,
            listen=hear,
        )
        watch.lap("evaluate")
        if job.evaluate.floor is not None:
            job.evaluate.floor.check(report)
    old = trained.embeddings.provenance
    provenance = Provenance(
        config=config,
        fingerprint=old.fingerprint,
        counts={**old.counts, "read": read.to_dict()},
        metrics={**old.metrics, **_measured(report)},
    )
    embeddings = dataclasses.replace(trained.embeddings, metadata=metadata, provenance=provenance)
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
        read=read,
        trained=prepared.ledger,
        split=split_report,
        n_items=len(embeddings),
        n_tokens=prepared.corpus.n_tokens,
        n_sequences=len(prepared.corpus),
        losses=trained.losses,
        early_stopping=trained.early_stopping,
        evaluation=report,
        notices=tuple(hear.notices),
        seconds=watch.laps,
    )


def _split(
    sequences: Sequences, job: Job, hear: Listener
) -> tuple[Ledger, Prepared, Queries | None, SplitReport | None]:
    """Clean, hold out, and prepare what is left for training; the ledger is that of cleaning.

    An item counts as frequent by its training events alone, so that rule comes after the split.
    Then lengths are looked at again, but nothing is cut again, and no repeat is new.
    """
    if job.evaluate is None:
        cleaned = sequences.clean(job.sequences)
        _tell(cleaned, sequences, hear)
        return cleaned.ledger, prepare(cleaned, job.training), None, None
    cleaned = sequences.clean(dataclasses.replace(job.sequences, min_count=1))
    _tell(cleaned, sequences, hear)
    held_out, report = split(cleaned, job.evaluate, seed=job.training.seed)
    again = dataclasses.replace(job.sequences, gap=None, ends=(), min_dwell=None, repeats="keep")
    prepared = prepare(held_out.train.clean(again), job.training)
    return cleaned.ledger, prepared, held_out.queries, report


def _tell(cleaned: Sequences, sequences: Sequences, hear: Listener) -> None:
    """Tell what there is to say of sequences since they were cleaned."""
    for note in cleaned.notes[len(sequences.notes) :]:
        hear(Notice("clean", note))


def _measured(report: Report | None) -> dict[str, Any]:
    """Return the figures of the model on trial, for the manifest."""
    if report is None:
        return {}
    figures = {
        one.metric: one.value
        for one in report.measurements
        if one.model == report.models[0] and not MetricName.parse(one.metric).group
    }
    return {**figures, "n_queries": report.n_queries}


class _Ear:
    """Passes events on, and keeps the notices for the report."""

    def __init__(self, listen: Listener) -> None:
        self.notices: list[str] = []
        self._listen = listen

    def __call__(self, event: Any) -> None:
        if isinstance(event, Notice):
            self.notices.append(event.text)
        self._listen(event)


class _Watch:
    """Takes the wall-clock time of each step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._start = perf_counter()

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.laps[name] = round(now - self._start, 3)
        self._start = now
