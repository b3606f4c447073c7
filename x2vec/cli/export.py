"""``x2vec export``: the answers for every history or item of a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from x2vec._text import printable
from x2vec.cli.outcome import print_success
from x2vec.cli.output import AsJson, shown_progress

__all__ = ["command"]


def command(
    job: Annotated[Path, typer.Argument(help="The export job's file.", readable=False)],
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Read, check and count; write nothing."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Export recommendations for every user, session or basket of a table, or items near each item.

    Writes Parquet, CSV, JSON Lines, or a table of SQLite, DuckDB or PostgreSQL: all of it, or
    nothing. Stopped, it goes on where it was when it is run again; where this very export is
    there already, it does nothing. Exits with 0, 2 for a wrong job, 3 for bad data, 5 when
    reading or writing failed, 130 when interrupted.
    """
    from x2vec.api import export

    exported = False
    try:
        with shown_progress() as listen:
            report = export(job, dry_run=dry_run, listen=listen)
            exported = report.status == "exported"
        if as_json:
            print_success(report.status, report.to_dict())
        else:
            for line in str(report).splitlines():
                typer.echo(printable(line))
    except KeyboardInterrupt as stop:
        if exported:
            stop.add_note(f"{report.path} is exported")
        raise
