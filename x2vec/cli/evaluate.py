"""``x2vec evaluate``: a leaderboard of a job's model and its baselines; nothing is published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from x2vec._text import printable
from x2vec.cli.outcome import print_success
from x2vec.cli.output import AsJson, shown_progress
from x2vec.cli.streams import tell

__all__ = ["command"]


def command(
    job: Annotated[Path, typer.Argument(help="The job file.", readable=False)],
    to: Annotated[
        Path | None,
        typer.Option("--to", help="The report's directory; beside the job's store unless given."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Evaluate a job: hold out, train, and rank the held-out items by the model and baselines.

    Writes report.json, queries.parquet, report.md and report.html. Publishes nothing. Exits with 4
    where the job has a floor and the model stays below it; the report is written all the same.
    """
    from x2vec.evaluation.text import text_of
    from x2vec.evaluation.written import write_report
    from x2vec.jobs import evaluate_job, place_of_report

    directory = place_of_report(job, to)
    with shown_progress() as listen:
        made = evaluate_job(job, listen=listen)
    write_report(made.report, directory)
    floor = made.job.evaluate.floor if made.job.evaluate is not None else None
    if not as_json:
        typer.echo(text_of(made.report))
        seconds = ", ".join(f"{step} {taken:.1f} s" for step, taken in made.seconds.items())
        typer.echo(f"\nTook: {seconds}")
    tell(printable(f"The report is in {directory}"))
    if floor is not None:
        floor.check(made.report)
    if as_json:
        print_success("measured", made.report.to_dict())
