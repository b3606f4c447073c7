"""The command line: parse, call, print. One command, one file; the work is done elsewhere.

Results go to stdout, everything else to stderr. Exit codes are those of ``x2vec.errors``, and 130
where the user or a scheduler stopped the work.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import Annotated, Any

import typer

from x2vec.cli import adapters, check, inspect, run, similar
from x2vec.errors import X2VecError

__all__ = ["app", "main"]

INTERRUPTED = 130

app = typer.Typer(
    name="x2vec",
    help="Turns sequences of anything into vectors, and vectors into answers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (run, check, similar, inspect, adapters):
    app.command(name=module.__name__.rpartition(".")[2])(module.command)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("x2vec-engine"))
        raise typer.Exit


@app.callback()
def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Turns sequences of anything into vectors, and vectors into answers."""


def main() -> None:
    """Run the command line, and exit with the code that the outcome means."""
    debug = "--debug" in sys.argv[1:2]
    with contextlib.suppress(ValueError):  # not in the main thread, so nobody to tell
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        _fail("interrupted; nothing was published", INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except X2VecError as error:
        if debug:
            raise
        _fail(f"error: {error}", error.exit_code)
    except Exception as error:
        if debug:
            raise
        _fail(
            f"unexpected {type(error).__name__}: {error}\n"
            "This is a fault of x2vec; `x2vec --debug ...` shows where.",
            X2VecError.exit_code,
        )


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _fail(message: str, code: int) -> None:
    print(f"x2vec: {message}", file=sys.stderr)  # noqa: T201 - the command line may print
    sys.exit(code)
