"""``x2vec run``: a job from its source to a published store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from x2vec.cli.outcome import print_success
from x2vec.cli.output import AsJson, plain, shown_progress

if TYPE_CHECKING:
    from x2vec.jobs import RunReport

__all__ = ["command"]


def command(
    job: Annotated[Path, typer.Argument(help="The job file.", readable=False)],
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on from the checkpoint of an interrupted run, if any."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run a job: read, train, measure, publish.

    Exits with 0 when a version is published, 2 for a wrong job, 3 for bad data, 4 below the
    quality floor, 5 when reading or writing failed, 130 when interrupted. Unless it is 0, nothing
    is published, but for a report that stdout has no room for, or an interrupt that came too late
    and says so. Interrupted in training, it writes a checkpoint, from which --resume goes on.
    """
    from x2vec.api import run

    version = None
    try:
        with shown_progress() as listen:
            report = run(job, resume=resume, listen=listen)
            version = report.version
        if as_json:
            print_success("published", report.to_dict())
        else:
            _print(report)
    except KeyboardInterrupt as stop:
        if version is not None:
            stop.add_note(f"{version} is published")
        raise


def _print(report: RunReport) -> None:
    typer.echo(f"Read\n{report.read}\n")
    if report.split is not None:
        typer.echo(f"Split: {report.split}\n")
    typer.echo(f"Trained on\n{report.trained}")
    typer.echo(f"{report.n_items:>14,} items with a vector\n")
    if report.losses is not None:
        losses = ", ".join(f"{loss:.4f}" for loss in report.losses)
        typer.echo(f"Loss of a pair, by epoch: {losses}\n")
    if report.early_stopping is not None:
        recalls = ", ".join(f"{recall:.4f}" for recall in report.early_stopping.recalls)
        typer.echo(f"Held-out {report.early_stopping.metric}, by epoch: {recalls}")
        typer.echo(f"Early stopping: {report.early_stopping}\n")
    if report.evaluation is not None:
        typer.echo(f"{report.evaluation}\n")
    seconds = ", ".join(f"{step} {taken:.1f} s" for step, taken in report.seconds.items())
    typer.echo(f"Took: {seconds}")
    typer.echo(f"Published: {plain(report.version)}")
