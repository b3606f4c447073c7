"""Print the command-line reference, made from ``--help``; ``make docs`` writes it to cli.md."""

from __future__ import annotations

from typer.testing import CliRunner

from x2vec.cli.program import app

_HEAD = """# The command line

Made from `--help` by `make docs`; a test compares the two.

Results go to stdout, everything else to stderr. Exit codes: 0 done, 2 wrong use or configuration,
3 bad data, 4 quality floor not met, 5 reading or writing failed, 130 interrupted, by Ctrl-C or
SIGTERM ([long trainings](checkpoints.md)).
"""


def reference() -> str:
    """Return the help of the program and of each of its commands as Markdown."""
    commands = [command.name for command in app.registered_commands]
    pages = [("x2vec", []), *((f"x2vec {name}", [name]) for name in commands)]
    return _HEAD + "".join(
        f"\n## `{title}`\n\n```text\n{_help(arguments)}\n```\n" for title, arguments in pages
    )


def _help(arguments: list[str]) -> str:
    result = CliRunner().invoke(app, [*arguments, "--help"], prog_name="x2vec", terminal_width=100)
    return "\n".join(line.rstrip() for line in result.output.strip().splitlines())


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 - that is what it is for
