"""The program: its commands under one name, and what each outcome of them means."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from x2vec.cli import (
    adapters,
    check,
    compare,
    complements,
    embed,
    evaluate,
    explain,
    export,
    index,
    inspect,
    profile,
    recommend,
    run,
    similar,
    substitutes,
    tune,
)
from x2vec.cli.outcome import print_failure, wants_json
from x2vec.cli.streams import dropping, silence, tell
from x2vec.errors import StorageError, X2VecError

__all__ = ["app", "run_program"]

_ABOUT_ITEMS = ("similar", "complements", "substitutes", "explain", "recommend")

app = typer.Typer(
    name="x2vec",
    help="Turns sequences of anything into vectors, and vectors into answers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (
    run,
    evaluate,
    compare,
    check,
    profile,
    tune,
    similar,
    complements,
    substitutes,
    explain,
    recommend,
    embed,
    export,
    index,
    inspect,
    adapters,
):
    app.command(name=module.__name__.rpartition(".")[2])(module.command)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("x2vec-engine"))
        raise typer.Exit


@app.callback()
def _root(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; for every command.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Turns sequences of anything into vectors, and vectors into answers."""


def run_program(words: Sequence[str]) -> int:
    """Run the command that some words name, and return the exit code of its outcome.

    Errors are told on stderr, and with ``--json`` on stdout too, in one line. A reader that closes
    stdout has seen enough, which is no error.
    """
    arguments, debug = _without_debug(words)
    try:
        # Not app(): it would exit by itself when interrupted, and with 1 when stdout is closed.
        with typer.main.get_command(app).make_context("x2vec", arguments) as context:
            context.command.invoke(context)
    except BrokenPipeError:
        silence(sys.stdout)
    except typer.Exit as stop:
        return stop.exit_code
    except Exception as error:
        if debug:
            with dropping():
                traceback.print_exc()
        return _told(error, arguments)
    return 0


def _without_debug(words: Sequence[str]) -> tuple[list[str], bool]:
    """Take ``--debug`` out, wherever it stands before a ``--``, after which all are items."""
    end = words.index("--") if "--" in words else len(words)
    options = [word for word in words[:end] if word != "--debug"]
    return [*options, *words[end:]], len(options) < end


def _told(error: Exception, arguments: Sequence[str]) -> int:
    """Tell an error on stderr, and as JSON where asked; return the exit code that it means."""
    code, text = _meaning(error)
    if isinstance(error, typer.TyperException):  # wrong use; it knows its command's usage
        with dropping():
            error.show()  # type: ignore[attr-defined] # every one that parsing raises has it
        command = arguments[0] if arguments else ""
        if command in _ABOUT_ITEMS and any(re.match(r"-\d", word) for word in arguments):
            tell(f"Items that start with a minus stand after --: x2vec {command} STORE -- -12")
    else:
        tell(f"x2vec: error: {text}")
    if wants_json(arguments):
        print_failure(error, text, exit_code=code)
    elif isinstance(error, OSError):
        silence(sys.stdout)  # perhaps it is what failed, and it must not fail again at the exit
    return code


def _meaning(error: Exception) -> tuple[int, str]:
    """Return the exit code that an error means, and what to say of it."""
    if isinstance(error, X2VecError):
        return error.exit_code, str(error)
    if isinstance(error, typer.TyperException):
        return error.exit_code, error.format_message()
    if isinstance(error, OSError):
        text = f"reading or writing failed: {error}. Is there room, and permission?"
        return StorageError.exit_code, text
    if isinstance(error, MemoryError):
        return (
            StorageError.exit_code,
            f"not enough memory: {error or 'nothing more is known'}. Set a smaller "
            "vector_size, or a higher min_count for fewer items.",
        )
    return (
        X2VecError.exit_code,
        f"unexpected {type(error).__name__}: {error}\n"
        "This is a fault of x2vec; `x2vec --debug ...` shows where.",
    )
