"""``x2vec run``: a job from its source to a published store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from x2vec._memory import in_words
from x2vec.cli.outcome import print_success
from x2vec.cli.output import AsJson, plain, shown_progress
from x2vec.errors import UsageError

if TYPE_CHECKING:
    from x2vec.jobs import DryRun, RunReport

__all__ = ["command"]


def command(
    job: Annotated[Path, typer.Argument(help="The job file.", readable=False)],
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on from the checkpoint of an interrupted run, if any."),
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Train and publish, even where nothing has changed."),
    ] = False,
    is_dry: Annotated[
        bool,
        typer.Option("--dry-run", help="Read and count all, and say what would be done."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run a job: read, train, measure, publish.

    Where the latest version is of the same job, input and libraries, nothing is trained.

    Exits with 0 when a version is published or nothing has changed, 2 for a wrong job, 3 for bad
    data, 4 below the quality floor, 5 when reading or writing failed or another run is at work,
    130 when interrupted. Unless it is 0, nothing is published, but for a report that stdout has
    no room for, or an interrupt that came too late and says so. Interrupted in training, it writes
    a checkpoint, from which --resume goes on.
    """
    from x2vec.api import run

    if is_dry:
        if resume:
            raise UsageError("--dry-run trains nothing, so --resume has nothing to go on with")
        _tell_what_would_be(job, force=force, as_json=as_json)
        return
    version = None
    try:
        with shown_progress() as listen:
            report = run(job, resume=resume, force=force, listen=listen)
            version = report.version
        if as_json:
            print_success(report.status, report.to_dict())
        else:
            _print(report)
    except KeyboardInterrupt as stop:
        if version is not None:
            stop.add_note(f"{version} is published")
        raise


def _tell_what_would_be(job: Path, *, force: bool, as_json: bool) -> None:
    from x2vec.api import dry_run

    with shown_progress() as listen:
        would = dry_run(job, force=force, listen=listen)
    if as_json:
        print_success("dry-run", would.to_dict())
        return
    _print_input(would)
    if would.n_inferred:
        typer.echo(f"{would.n_inferred:>14,} items without events would get an inferred one\n")
    if would.memory is not None:
        typer.echo(f"Training takes about {in_words(sum(would.memory.values()))} of memory")
    if would.expected_seconds:
        typer.echo(f"It takes about {would.expected_seconds:,.0f} s, as the run before did")
    done = "Would publish" if would.would_be == "published" else "Unchanged since"
    typer.echo(f"{done}: {plain(would.version)}; this was a dry run")


def _print_input(report: RunReport | DryRun) -> None:
    typer.echo(f"Read\n{report.read}\n")
    if report.split is not None:
        typer.echo(f"Split: {report.split}\n")
    typer.echo(f"For training\n{report.trained}")
    typer.echo(f"{report.n_items:>14,} items with a vector\n")


def _print(report: RunReport) -> None:
    _print_input(report)
    if report.status == "unchanged":
        since = "the job, its input and the libraries are the same"
        typer.echo(f"Unchanged since {plain(report.version)}: {since}. --force runs it anyway.")
        return
    if report.losses is not None:
        losses = ", ".join(f"{loss:.4f}" for loss in report.losses)
        typer.echo(f"Loss of a {report.loss_of}, by epoch: {losses}\n")
    if report.early_stopping is not None:
        recalls = ", ".join(f"{recall:.4f}" for recall in report.early_stopping.recalls)
        typer.echo(f"Held-out {report.early_stopping.metric}, by epoch: {recalls}")
        typer.echo(f"Early stopping: {report.early_stopping}\n")
    if report.cold_start is not None:
        typer.echo(f"Cold start\n{report.cold_start.report!r}")
        typer.echo(f"{report.cold_start}\n")
    if report.evaluation is not None:
        typer.echo(f"{report.evaluation}\n")
    seconds = ", ".join(f"{step} {taken:.1f} s" for step, taken in report.seconds.items())
    typer.echo(f"Took: {seconds}")
    typer.echo(f"Published: {plain(report.version)}")
