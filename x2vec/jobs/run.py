"""A run: a TOML job goes in, a published store and a report come out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from x2vec.corpus import Ledger, Sequences
from x2vec.embeddings import Embeddings, Provenance, publish
from x2vec.evaluation import Report
from x2vec.jobs.canonical import fingerprint, to_dict
from x2vec.jobs.config import Job, read_job
from x2vec.jobs.items import read_items, with_items
from x2vec.jobs.steps import evaluate, fit_sequences, read_sequences, split
from x2vec.progress import Listener, Notice, silent

__all__ = ["RunReport", "run", "run_job"]


@dataclass(frozen=True)
class RunReport:
    """What a run did.

    Attributes:
        job: The job file.
        version: The directory of the published version.
        read: What was read, removed by which reason, and kept.
        trained: What was left of it for training, after the split.
        split: How it was split, in words; None where nothing was held out.
        n_items: Items with a vector.
        n_tokens: Events trained on in each epoch.
        n_sequences: Sequences trained on.
        evaluation: What the models measured; None where nothing was held out.
        notices: What was decided or noticed on the way.
        seconds: Wall-clock time of each step.
    """

    job: str
    version: str
    read: Ledger
    trained: Ledger
    split: str | None
    n_items: int
    n_tokens: int
    n_sequences: int
    evaluation: Report | None
    notices: tuple[str, ...]
    seconds: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return {
            **{field.name: getattr(self, field.name) for field in dataclasses.fields(self)},
            "read": self.read.to_dict(),
            "trained": self.trained.to_dict(),
            "evaluation": self.evaluation and self.evaluation.to_dict(),
            "notices": list(self.notices),
        }


def run(path: str | Path, *, listen: Listener = silent) -> RunReport:
    """Run a job file.

    Args:
        path: The TOML file; paths in it are relative to its directory.
        listen: Hears progress and notices.

    Returns:
        The report. When this returns, the version is published, whole.

    Raises:
        X2VecError: Whatever went wrong, with its exit code; nothing is published then.
    """
    return run_job(read_job(path), name=str(path), listen=listen)


def run_job(job: Job, *, name: str = "job", listen: Listener = silent) -> RunReport:
    """Run a job that is a value already."""
    hear = _Ear(listen)
    watch = _Watch()
    table = read_items(job.items) if job.items else None  # first, for it fails fast
    sequences = read_sequences(
        job.source.adapter,
        job.source.options,
        max_missing_share=job.source.max_missing_share,
        listen=hear,
    )
    # An item counts as frequent by its training events alone, so that one comes after the split.
    cleaned = sequences.clean(
        job.sequences if job.evaluate is None else dataclasses.replace(job.sequences, min_count=1)
    )
    watch.lap("read")
    held_out = split(cleaned, job.evaluate, seed=job.training.seed) if job.evaluate else None
    train = cleaned if held_out is None else held_out.train.clean(job.sequences)
    trained = fit_sequences(train, job.model, job.training, listen=hear)
    watch.lap("train")
    embeddings = trained.embeddings
    if job.items is not None:
        embeddings = with_items(embeddings, table, job.items, listen=hear)
    report = None
    if job.evaluate is not None and held_out is not None:
        used = {"split": held_out.description, "job": name, "seed": job.training.seed}
        report = evaluate(trained, held_out.queries, k=job.evaluate.k, used=used, listen=hear)
        watch.lap("evaluate")
        if job.evaluate.floor is not None:
            job.evaluate.floor.check(report)
    version = publish(
        _with_provenance(embeddings, job, cleaned, report), job.publish.store, listen=hear
    )
    watch.lap("publish")
    return RunReport(
        job=name,
        version=str(version),
        read=cleaned.ledger,
        trained=trained.sequences.ledger,
        split=held_out.description if held_out else None,
        n_items=len(embeddings),
        n_tokens=trained.corpus.n_tokens,
        n_sequences=len(trained.corpus),
        evaluation=report,
        notices=tuple(hear.notices),
        seconds=watch.laps,
    )


def _with_provenance(
    embeddings: Embeddings, job: Job, cleaned: Sequences, report: Report | None
) -> Embeddings:
    """Add the job, what was read, and what was measured to what the manifest will say."""
    old = embeddings.provenance
    metrics = {}
    if report is not None:
        model = report.models[0]
        metrics = {metric: report.value(metric, model=model) for metric in report.metrics}
        metrics["n_queries"] = report.n_queries
    made = Provenance(
        config={**old.config, "job": to_dict(job), "job_fingerprint": fingerprint(job)},
        fingerprint=old.fingerprint,
        counts={**old.counts, "read": cleaned.ledger.to_dict()},
        metrics=metrics,
    )
    return dataclasses.replace(embeddings, provenance=made)


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
