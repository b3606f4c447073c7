"""DuckDB as x2vec uses it: a private connection that downloads nothing and sees no variables."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pyarrow as pa

__all__ = [
    "connect",
    "hushed",
    "interruptible",
    "literal",
    "path_literal",
    "quoted",
    "read_errors",
]


_INTERRUPTED: Final = "Query interrupted"


def connect() -> Any:
    """Return a new connection in memory; it spills to a temporary directory of its own."""
    import duckdb  # late: only reading needs it

    return hushed(
        duckdb.connect(
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "python_enable_replacements": "false",
                "temp_directory": str(Path(tempfile.gettempdir()) / f"x2vec-{uuid4().hex}"),
            }
        )
    )


def hushed(connection: Any) -> Any:
    """Return a connection that draws no bars on stdout, as DuckDB does for a person."""
    connection.execute("SET enable_progress_bar = false")
    return connection


def read_errors() -> tuple[type[Exception], ...]:
    """Return what a failing scan raises: DuckDB's errors, and those of Arrow while it streams."""
    import duckdb

    return (duckdb.Error, pa.ArrowException, OSError)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise ``KeyboardInterrupt`` where DuckDB turned it into an error of its own.

    Ctrl-C inside a running query surfaces as a bare ``RuntimeError``, which would pass for a fault
    of the source.
    """
    try:
        yield
    except RuntimeError as error:
        if str(error) == _INTERRUPTED:
            raise KeyboardInterrupt from error
        raise


def quoted(name: str) -> str:
    """Return a name as an SQL identifier.

    >>> print(quoted("order id"))
    "order id"
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """Return a text as an SQL literal.

    >>> print(literal("it's"))
    'it''s'
    """
    return "'" + str(text).replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """Return one file's path as an SQL literal for a scan, which takes ``*``, ``?``, ``[`` as glob.

    >>> print(path_literal(Path("a[1].csv")))
    'a[[]1].csv'
    """
    return literal(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))
