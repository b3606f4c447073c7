"""DuckDB as x2vec uses it: a private connection that downloads nothing and sees no variables."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa

__all__ = ["connect", "literal", "quoted", "read_errors"]


def connect() -> Any:
    """Return a new connection in memory; it spills to a temporary directory of its own."""
    import duckdb  # late: only reading needs it

    return duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "temp_directory": str(Path(tempfile.gettempdir()) / f"x2vec-{uuid4().hex}"),
        }
    )


def read_errors() -> tuple[type[Exception], ...]:
    """Return what a failing scan raises: DuckDB's errors, and those of Arrow while it streams."""
    import duckdb

    return (duckdb.Error, pa.ArrowException, OSError)


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
