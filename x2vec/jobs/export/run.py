"""An export from a TOML job to rows that are all there, or as they were before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol

from x2vec.adapters import without_secrets
from x2vec.embeddings import Embeddings
from x2vec.jobs.export.config import ExportJob, read_export
from x2vec.jobs.export.database import Database
from x2vec.jobs.export.directory import Directory
from x2vec.jobs.export.journal import Identity, Journal
from x2vec.jobs.export.opened import open_store
from x2vec.jobs.export.output import DATABASES, Output
from x2vec.jobs.export.recommending import HistoryAsker, asking_histories
from x2vec.jobs.export.report import ExportReport
from x2vec.jobs.export.similar import ItemAsker
from x2vec.jobs.export.staging import Staging, staging
from x2vec.jobs.export.writing import write_parts
from x2vec.jobs.watch import Ear
from x2vec.progress import Listener, silent

__all__ = ["export_job", "run_export"]


class _Target(Protocol):
    """Where a finished export goes."""

    def check(self) -> None:
        """Refuse, before anything is read, what an export cannot go to."""

    def found(self, identity: Identity) -> Journal | None:
        """Return what is said of this very export, if it is there already."""

    def publish(self, staged: Staging) -> None:
        """Put the finished partitions there, all at once."""


def export_job(
    path: str | Path, *, dry_run: bool = False, listen: Listener = silent
) -> ExportReport:
    """Run an export job.

    Args:
        path: The TOML file; paths in it are relative to its directory.
        dry_run: Whether only to read and count; nothing is written then.
        listen: Hears progress and notices.

    Raises:
        X2VecError: Whatever went wrong; what was there before still is.
        KeyboardInterrupt: The user stopped it. Its notes say what is kept, from which the next
            run of the same job goes on.
    """
    base = Path(path).resolve().parent
    return run_export(read_export(path), base=base, name=str(path), dry_run=dry_run, listen=listen)


def run_export(
    job: ExportJob,
    *,
    base: Path | None = None,
    name: str = "job",
    dry_run: bool = False,
    listen: Listener = silent,
) -> ExportReport:
    """Run an export job that is a value already; its paths are relative to ``base``, or to here."""
    start, hear = time.perf_counter(), Ear(listen)
    written, job = job, job.located(Path.cwd() if base is None else base)
    target = _target_of(job.output)
    target.check()
    opened = open_store(job.store)
    status: Literal["exported", "unchanged", "checked"] = "checked"
    resumed = 0
    with _asking(job, opened.embeddings, hear) as asker:
        identity = Identity(written.fingerprint, asker.fingerprint, opened.sha256, opened.version)
        done = target.found(identity)
        if done is not None:
            status = "unchanged"
        elif not dry_run:
            about = {"job": written.to_dict(), "read": asker.counts}
            with staging(job.output.place, identity, hear) as staged:
                resumed = len(staged.journal.parts)
                staged.journal = replace(staged.journal, about=about)
                write_parts(job, asker, staged, hear)
                target.publish(staged)
            status, done = "exported", staged.journal
        done = done or Journal(identity)
        return ExportReport(
            job=name,
            status=status,
            path=without_secrets(job.output.path),
            store=opened.version,
            queries=asker.total,
            rows=done.n_rows,
            partitions=len(done.parts),
            resumed=resumed,
            counts={**asker.counts, **done.counts},
            fingerprint={"job": identity.config, "input": identity.input, "store": identity.store},
            notices=tuple(hear.notices),
            seconds=round(time.perf_counter() - start, 3),
        )


def _target_of(output: Output) -> _Target:
    return Database(output) if output.format in DATABASES else Directory(output)


@contextmanager
def _asking(
    job: ExportJob, embeddings: Embeddings, listen: Listener
) -> Iterator[HistoryAsker | ItemAsker]:
    if job.similar is not None:
        yield ItemAsker(embeddings, job.similar)
        return
    with asking_histories(job, embeddings, listen) as asker:
        yield asker
