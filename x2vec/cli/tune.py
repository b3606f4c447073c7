"""``x2vec tune``: settings that win on a validation part, and a job file with them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from x2vec._text import printable
from x2vec.cli.outcome import print_success
from x2vec.cli.output import AsJson, plain, shown_progress

__all__ = ["command"]


def command(
    job: Annotated[Path, typer.Argument(help="The job file.", readable=False)],
    budget: Annotated[
        str | None,
        typer.Option("--budget", help="How long, from reading to the report; 10m unless given."),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option("--trials", help="How many trials instead; the same seed finds the same."),
    ] = None,
    metric: Annotated[
        str, typer.Option("--metric", help="What settings are judged by, such as hr@10.")
    ] = "ndcg@20",
    to: Annotated[
        Path | None,
        typer.Option("--to", help="The directory of what is found; JOB-tuning unless given."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the trials in that directory, if any.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Tune a job: search the settings of its model and query on a part of its training part.

    Writes trials.jsonl (each trial when it is over), tuning.html (what was found, and what
    mattered) and job.toml (the job with the winner's settings). The test part of the job is asked
    once, when the winner is known, beside the job as it was and gensim's text defaults. An
    interrupted tuning goes on with --resume. Needs the extra: tune.
    """
    from x2vec.api import tune

    directory = job.with_name(f"{job.stem}-tuning") if to is None else to
    if budget is None and trials is None:
        budget = "10m"
    with shown_progress() as listen:
        tuned = tune(
            job,
            budget=budget,
            trials=trials,
            metric=metric,
            to=directory,
            resume=resume,
            listen=listen,
        )
    if as_json:
        print_success("tuned", tuned.to_dict())
        return
    for line in str(tuned).splitlines():
        typer.echo(printable(line))
    typer.echo(f"Written: {plain(directory / 'job.toml')}, {plain(directory / 'tuning.html')}")
