"""What a person or a machine sees: tables, JSON, and progress on a terminal."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from x2vec._text import aligned, printable
from x2vec.cli.streams import tell
from x2vec.progress import Listener, Notice, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

__all__ = ["AsJson", "plain", "print_json", "print_table", "shown_progress"]

AsJson = Annotated[bool, typer.Option("--json", help="Print one line of JSON.")]


def print_json(value: Any) -> None:
    """Print a value as one line of JSON; text stays as it is, where the output can hold it.

    What JSON has no form for: numbers that are not finite become null, bytes, dates and decimals
    text.
    """
    finite = _finite(value)
    line = json.dumps(finite, ensure_ascii=False, allow_nan=False, default=_as_text)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # such as half a pair of surrogates, from the bytes of a file name
        line = json.dumps(finite, allow_nan=False, default=_as_text)
    typer.echo(line)


def print_table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print columns of one width: numbers to the right, text to the left."""
    rows = list(rows)
    numeric = {n for row in rows[:1] for n, cell in enumerate(row) if isinstance(cell, int | float)}
    cells = [[plain(cell) for cell in row] for row in [head, *rows]]
    for line in aligned(cells, right=numeric):
        typer.echo(line)


def plain(value: Any) -> str:
    """Return a value as text that cannot move a terminal's cursor."""
    if value is None:
        return ""
    return printable(f"{value:.4f}" if isinstance(value, float) else str(value))


def _finite(value: Any) -> Any:
    """Put null in the place of every number that is not finite, all the way down."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(inside) for key, inside in value.items()}
    return [_finite(inside) for inside in value] if isinstance(value, list | tuple) else value


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


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
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (  # 80 signs in all
        TextColumn("{task.description:<20}"),
        BarColumn(bar_width=16),
        TextColumn("{task.fields[reached]}"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}
        losses: dict[str, str] = {}

        def listen(event: Progress | Notice) -> None:
            if isinstance(event, Notice):
                bars.console.print(f"{event.stage}: {plain(event.text)}", markup=False)
                return
            if any(name.startswith("recall") for name in event.figures):
                line = f"{event.stage}: {_figures(event)}"
                bars.console.print(line, markup=False, highlight=False)
            if event.stage not in tasks:
                _finish(bars)
                tasks[event.stage] = bars.add_task(event.stage, total=None, reached="")
            if "loss" in event.figures:  # without a new one the last one stays
                losses[event.stage] = f", loss {event.figures['loss']:.4g}"
            of = f" of {_short(event.total)}" if event.total else ""
            reached = f"{_short(event.done)}{of} {event.unit}{losses.get(event.stage, '')}"
            if "seconds left" in event.figures:
                reached += f", {event.figures['seconds left']:.0f} s left"
            bars.update(
                tasks[event.stage], completed=event.done, total=event.total, reached=reached
            )

        yield listen
        _finish(bars)


def _finish(bars: Bars) -> None:
    """Stop the bars of the stages that are over: what they reached was all there was."""
    for task in bars.tasks:
        bars.update(task.id, total=task.completed)


class _Lines:
    """Writes a line when a stage begins, then one for each tenth and each epoch of it."""

    def __init__(self) -> None:
        self._tenths: dict[str, int] = {}
        self._epochs: dict[tuple[str, ...], float] = {}

    def __call__(self, event: Progress | Notice) -> None:
        if isinstance(event, Notice):
            tell(f"{event.stage}: {plain(event.text)}")
        elif event.total:
            tenth, epoch = int(10 * event.done / event.total), event.figures.get("epoch", 0)
            what = (event.stage, *event.figures)
            if tenth > self._tenths.get(event.stage, -1) or epoch > self._epochs.get(what, 0):
                self._tenths[event.stage], self._epochs[what] = tenth, epoch
                done = f"{event.done:,.0f} of {event.total:,.0f} {event.unit}"
                tell(", ".join(filter(None, [f"{event.stage}: {done}", _figures(event)])))


def _figures(event: Progress) -> str:
    return ", ".join(f"{name} {_short(value)}" for name, value in event.figures.items())


def _short(number: float) -> str:
    """Return a number in four figures: 12252070 as 12.25M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            return f"{number / (1e3 if letter == 'k' else size):.4g}{letter}"
    return f"{number:.4g}"
