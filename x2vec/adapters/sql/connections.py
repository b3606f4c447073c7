"""Connections to databases: opened to read only, or the user's own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from x2vec.adapters.files.paths import find_files
from x2vec.adapters.files.streams import name_of
from x2vec.adapters.sql.addresses import expanded, file_in, scheme_of
from x2vec.adapters.sql.failures import telling
from x2vec.adapters.tables.duck import hushed
from x2vec.errors import MissingPackageError, SourceError, UsageError

__all__ = ["Connected", "connected"]

_WAIT: Final = 5.0
"""Seconds for which a database that another program writes to is waited for."""

_HEADER: Final = 100
"""Bytes: https://sqlite.org/fileformat2.html#the_database_header."""

_STEPS: Final = 1_000_000
"""SQLite's steps, some tens of milliseconds, between two looks for Ctrl-C."""


@dataclass(frozen=True)
class Connected:
    """An open connection.

    Attributes:
        name: What messages call the database.
        connection: By DB-API 2.
        secrets: What must not stand in messages.
    """

    name: str
    connection: Any
    secrets: tuple[str, ...] = ()


@contextmanager
def connected(source: Any) -> Iterator[Connected]:
    """Open what a user names as a database; close it afterwards, unless it is the user's own.

    Raises:
        SourceError: It cannot be opened, or is no database.
        UsageError: The source is nothing that names one.
        MissingPackageError: The driver is not installed.
    """
    if callable(getattr(source, "cursor", None)):
        yield Connected(f"the {_kind(source)}", source)
        return
    opened = _made(source) if callable(source) else _opened(source)
    try:
        yield opened
    finally:
        opened.connection.close()


def _made(make: Any) -> Connected:
    name = f"the connection that {getattr(make, '__name__', 'the function')} makes"
    with telling(name):
        connection = make()
    if not callable(getattr(connection, "cursor", None)):
        raise UsageError(
            f"path: {name} is a {type(connection).__name__}; expected a connection by DB-API 2, "
            "which has cursor()."
        )
    return Connected(f"the {_kind(connection)}", connection)


def _opened(source: Any) -> Connected:
    if not isinstance(source, str | Path):
        raise UsageError(
            f"path: expected a database's file or address, a connection by DB-API 2, or a function "
            f"that makes one; got {type(source).__name__}."
        )
    address = str(source)
    scheme, file = file_in(address)
    if not scheme and scheme_of(address) in ("postgresql", "postgres"):
        return _postgresql(address)
    if not scheme and scheme_of(address):
        raise UsageError(
            f"path: {scheme_of(address)}:// is no address of a database known here: sqlite:///, "
            "duckdb:/// and postgresql:// are. In Python, pass a connection."
        )
    [path, *others] = find_files(file if scheme else source)
    if others:
        raise UsageError(f"path: {address} matches {1 + len(others)} files; name one database.")
    kind = _kind_of_file(path)
    if scheme and kind != scheme:
        raise SourceError(f"{name_of(path)}: no database of {scheme}. Check the path.")
    return _sqlite(path) if kind == "sqlite" else _duckdb(path)


def _kind_of_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(_HEADER)
    except OSError as error:
        raise SourceError(f"{name_of(path)}: cannot be read: {error}.") from error
    if start.startswith(b"SQLite format 3\0"):
        _refuse_truncated(path, start)
        return "sqlite"
    if start[8:12] == b"DUCK":
        return "duckdb"
    raise SourceError(
        f"{name_of(path)}: neither a SQLite nor a DuckDB database (or one of no bytes). "
        "Check the path."
    )


def _refuse_truncated(path: Path, header: bytes) -> None:
    """Refuse a file of SQLite that is shorter than it says: SQLite reads zeros where it ends."""
    if len(header) < _HEADER or header[24:28] != header[92:96]:  # written before SQLite 3.7
        return
    page = int.from_bytes(header[16:18], "big")
    expected = int.from_bytes(header[28:32], "big") * (65_536 if page == 1 else page)
    found = path.stat().st_size
    if found < expected:
        raise SourceError(
            f"{name_of(path)}: a truncated SQLite database ({found:,} bytes of {expected:,}). "
            "Copy it again."
        )


def _sqlite(path: Path) -> Connected:
    import sqlite3

    name = name_of(path)
    with telling(name):
        uri = f"file:{quote(str(path.absolute()))}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, timeout=_WAIT, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        connection.set_progress_handler(lambda: 0, _STEPS)  # Ctrl-C is heard between two
    return Connected(name, connection)


def _duckdb(path: Path) -> Connected:
    import duckdb

    name = name_of(path)
    config = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "enable_external_access": "false",
        "python_enable_replacements": "false",
        "temp_directory": str(Path(tempfile.gettempdir()) / f"x2vec-{uuid4().hex}"),
    }
    with telling(name):
        return Connected(name, hushed(duckdb.connect(str(path), read_only=True, config=config)))


def _postgresql(address: str) -> Connected:
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError as error:
        raise MissingPackageError(
            f"{address} needs a driver. Run: pip install adbc-driver-postgresql"
        ) from error
    full, secrets = expanded(address)
    with telling(address, secrets=tuple(secrets)):
        connection = dbapi.connect(full)
        connection.adbc_connection.set_options(**{"adbc.connection.readonly": "true"})
    return Connected(address, connection, tuple(secrets))


def _kind(connection: Any) -> str:
    module = type(connection).__module__.partition(".")[0].lstrip("_")
    return f"{module} {type(connection).__name__}"
