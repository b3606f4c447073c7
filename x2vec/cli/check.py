"""``x2vec check``: everything about a job that can be known without running it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from x2vec._memory import in_words
from x2vec._text import printable
from x2vec.cli.outcome import print_success
from x2vec.cli.output import AsJson, shown_progress

__all__ = ["command"]


def command(
    job: Annotated[Path, typer.Argument(help="The job file.", readable=False)],
    as_json: AsJson = False,
) -> None:
    """Check a job: its keys, its source's first rows, its item table, its store's place."""
    from x2vec.api import check

    with shown_progress() as listen:
        report = check(job, listen=listen)
    if as_json:
        memory = {"memory": report.memory} if report.memory else {}
        items = {"n_items": report.n_items, "items": report.items}
        noticed = {"notices": [*report.notices], "warnings": [*report.warnings]}
        fit = {"job": report.job, "columns": report.columns, **memory, **items, **noticed}
        print_success("fit", fit)
        return
    for section, values in report.job.items():
        if isinstance(values, dict):
            typer.echo(f"[{section}]")
            for key, value in values.items():
                typer.echo(printable(f"  {key} = {value}"))
    columns = ", ".join(f"{name} ({kind})" for name, kind in report.columns.items())
    typer.echo(printable(f"The source gives {columns}."))
    if report.n_items:
        known = ", ".join(f"{name} ({kind})" for name, kind in report.items.items())
        said = f"says of them: {known}." if known else "holds their ids alone."
        typer.echo(printable(f"The item table holds {report.n_items:,} items, and {said}"))
    if report.memory:
        sizes = ", ".join(f"{in_words(size)} for {n:,} items" for n, size in report.memory.items())
        typer.echo(f"Training takes about {sizes}, beside the corpus.")
    for warning in report.warnings:
        typer.echo(printable(f"Warning: {warning}"))
    mind = ", but mind the warnings" if report.warnings else ""
    typer.echo(printable(f"{job} is fit to run{mind}."))
