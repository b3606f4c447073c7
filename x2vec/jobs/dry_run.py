"""A dry run: a job up to its training, which is left out, as is all that writes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from x2vec.corpus import Corpus, Ledger
from x2vec.embeddings import Manifest, latest, next_version, read_manifest
from x2vec.embeddings.store import is_store
from x2vec.errors import X2VecError
from x2vec.jobs.causes import Causes, unchanged_since
from x2vec.jobs.config import Job, read_job
from x2vec.jobs.early import refuse_place
from x2vec.jobs.input import read_input
from x2vec.jobs.memory import memory_of
from x2vec.jobs.report import SplitReport, Status
from x2vec.jobs.steps import check_cut_offs
from x2vec.jobs.watch import Ear, Watch
from x2vec.progress import Listener, silent

__all__ = ["DryRun", "dry_run"]


@dataclass(frozen=True)
class DryRun:
    """What a run would do now.

    Attributes:
        would_be: ``"published"``, or ``"unchanged"`` where a run would train nothing.
        job: The job file.
        version: The directory that a run would add, or that of the version that stays the latest.
        read: What was read, removed by which reason, and kept.
        trained: What is left of it for training, after the split.
        split: How it was split, and how much would be asked; None where nothing is held out.
        n_items: Items that would be trained.
        n_inferred: Items without events that would get an inferred vector.
        n_tokens: Events that would be trained on in each epoch.
        n_sequences: Sequences that would be trained on.
        memory: What training takes, in bytes by what for; None where the engine is not ours.
        expected_seconds: How long a run takes from here on, judged by what the latest version's run
            took for each event; None where it was of another job, or there is none.
        notices: What was decided or noticed on the way.
        seconds: Wall-clock time of each step.
    """

    would_be: Status
    job: str
    version: str
    read: Ledger
    trained: Ledger
    split: SplitReport | None
    n_items: int
    n_inferred: int
    n_tokens: int
    n_sequences: int
    memory: Mapping[str, int] | None
    expected_seconds: float | None
    notices: tuple[str, ...]
    seconds: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            **{field.name: getattr(self, field.name) for field in dataclasses.fields(self)},
            "read": self.read.to_dict(),
            "trained": self.trained.to_dict(),
            "split": self.split and dataclasses.asdict(self.split),
            "memory": self.memory and dict(self.memory),
            "notices": list(self.notices),
        }


def dry_run(path: str | Path, *, force: bool = False, listen: Listener = silent) -> DryRun:
    """Read, clean, count and split as a run does, and say what a run would do then.

    Nothing is trained and nothing is written: no checkpoint, no lock, no directory. What only
    training can tell, such as a figure below the floor, is not found.

    Args:
        path: The TOML file; paths in it are relative to its directory.
        force: Whether the run would train even where nothing has changed.
        listen: Hears progress and notices.

    Raises:
        X2VecError: Whatever would stop the run before it trains, with the same exit code.
    """
    written = read_job(path)
    job = written.located(Path(path).resolve().parent)
    hear, watch = Ear(listen), Watch()
    refuse_place(job)
    read = read_input(job, hear=hear)
    watch.lap("read")
    ready, prepared = read.ready, read.ready.prepared
    if job.evaluate is not None:
        check_cut_offs(job.evaluate.k, len(prepared.vocabulary))
    store = Path(job.publish.store)
    causes = Causes.here(written.fingerprint, read.digests())
    same = None if force else unchanged_since(causes, store, listen=hear)
    return DryRun(
        would_be="published" if same is None else "unchanged",
        job=str(path),
        version=str(store / next_version(store) if same is None else same),
        read=ready.read,
        trained=prepared.ledger,
        split=ready.split,
        n_items=len(prepared.vocabulary),
        n_inferred=0 if read.others is None else read.others.num_rows,
        n_tokens=prepared.corpus.n_tokens,
        n_sequences=len(prepared.corpus),
        memory=_memory(job, prepared.corpus),
        expected_seconds=0.0 if same is not None else _expected(causes, store, prepared.corpus),
        notices=tuple(hear.notices),
        seconds=watch.laps,
    )


def _memory(job: Job, corpus: Corpus) -> dict[str, int] | None:
    found = memory_of(corpus.n_items, job.model, job.training, is_kept=True)
    if found is None:
        return None
    return {"corpus": corpus.rows.nbytes + corpus.offsets.nbytes, **found.parts}


def _expected(causes: Causes, store: Path, corpus: Corpus) -> float | None:
    """Return how long the latest version's run took after reading, for as many events as now."""
    manifest = _latest_manifest(store)
    if manifest is None or manifest.provenance.config.get("job_fingerprint") != causes.job:
        return None
    took = manifest.provenance.metrics.get("seconds")
    n_tokens = manifest.provenance.counts.get("tokens")
    if not isinstance(took, Mapping) or not n_tokens:
        return None
    after_reading = sum(seconds for step, seconds in took.items() if step != "read")
    return float(round(after_reading * corpus.n_tokens / n_tokens, 1))


def _latest_manifest(store: Path) -> Manifest | None:
    try:
        return read_manifest(store / latest(store)) if is_store(store) else None
    except X2VecError:  # nothing whole is published, and that has been told
        return None
