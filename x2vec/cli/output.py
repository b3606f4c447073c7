"""What a person or a machine sees: tables, JSON, and progress on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from x2vec.progress import Listener, Notice, Progress

__all__ = ["AsJson", "plain", "print_json", "print_table", "shown_progress"]

AsJson = Annotated[bool, typer.Option("--json", help="Print one line of JSON.")]


def print_json(value: Any) -> None:
    """Print a value as one line of JSON; text stays as it is, in UTF-8."""
    typer.echo(json.dumps(value, ensure_ascii=False, allow_nan=False))


def print_table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print columns of one width: numbers to the right, text to the left."""
    cells = [[plain(cell) for cell in row] for row in rows]
    kinds = [isinstance(cell, (int, float)) for cell in next(iter(rows), [])]
    numeric = [*kinds, *[False] * (len(head) - len(kinds))]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    for row in [list(head), *cells]:
        aligned = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        typer.echo("  ".join(aligned).rstrip())


def plain(value: Any) -> str:
    """Return a value as text that cannot move a terminal's cursor."""
    if value is None:
        return ""
    text = f"{value:.4f}" if isinstance(value, float) else str(value)
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


@contextmanager
def shown_progress() -> Iterator[Listener]:
    """Give a listener: bars on a terminal, a line a stage in a log; notices in both. On stderr."""
    if sys.stderr.isatty():
        with _bars() as listen:
            yield listen
    else:
        yield _Lines()


@contextmanager
def _bars() -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def listen(event: Progress | Notice) -> None:
            if isinstance(event, Notice):
                bars.console.print(f"{event.stage}: {plain(event.text)}", markup=False)
                return
            if event.stage not in tasks:
                tasks[event.stage] = bars.add_task(event.stage, total=None, unit=event.unit)
            bars.update(tasks[event.stage], completed=event.done, total=event.total)

        yield listen
        for task in bars.tasks:
            if task.total is None:  # nobody knew before it was over
                bars.update(task.id, total=task.completed)


class _Lines:
    """Writes a line when a stage begins, and then one for each tenth of it."""

    def __init__(self) -> None:
        self._tenths: dict[str, int] = {}

    def __call__(self, event: Progress | Notice) -> None:
        if isinstance(event, Notice):
            typer.echo(f"{event.stage}: {plain(event.text)}", err=True)
        elif event.total:
            tenth = int(10 * event.done / event.total)
            if tenth > self._tenths.get(event.stage, -1):
                self._tenths[event.stage] = tenth
                typer.echo(
                    f"{event.stage}: {event.done:,.0f} of {event.total:,.0f} {event.unit}", err=True
                )
