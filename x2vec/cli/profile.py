"""``x2vec profile``: what a job's data are like, before anything is learnt from them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from x2vec._text import printable
from x2vec.cli.output import AsJson, print_json, shown_progress
from x2vec.cli.streams import tell
from x2vec.errors import StorageError

__all__ = ["command"]

_MOST_WIDTH = 100


def command(
    job: Annotated[Path, typer.Argument(help="The job file.", readable=False)],
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page with plots to this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Profile a job's data: figures, what is suspicious, what is dropped, settings that fit.

    Reads the source as a run does; trains and publishes nothing.
    """
    from x2vec.api import profile
    from x2vec.profiling.text import text_of

    with shown_progress() as listen:
        found = profile(job, listen=listen)
    if html is not None:
        try:
            html.write_text(found.to_html(), encoding="utf-8")
        except OSError as error:
            raise StorageError(
                f"{html}: {error.strerror or error}. Name a file in a directory that can be "
                "written to."
            ) from error
    if as_json:
        print_json(found.to_dict())
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _MOST_WIDTH
        typer.echo(text_of(found, width=min(width, _MOST_WIDTH)))
    if html is not None:
        tell(printable(f"The page is {html}"))
