"""Answers for whole tables: export."""

from __future__ import annotations

from pathlib import Path

from x2vec import jobs as _jobs
from x2vec.jobs import ExportReport
from x2vec.progress import Listener, silent

__all__ = ["export"]


def export(job: str | Path, *, dry_run: bool = False, listen: Listener = silent) -> ExportReport:
    """Run a TOML export job: recommendations for every history of a table, or similar items.

    Args:
        job: The TOML file; docs/export.md lists its keys. Paths in it are relative to it.
        dry_run: Whether only to read, check and count; nothing is written then.
        listen: Hears progress, with the seconds that are left, and notices.

    Returns:
        What was read, answered by whom, and written. When this returns, all of it is there.

    Raises:
        X2VecError: Whatever went wrong; what was there before still is.
        KeyboardInterrupt: The user stopped it; run again, it goes on.
    """
    return _jobs.export_job(job, dry_run=dry_run, listen=listen)
