"""The options of the adapter ``sql``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from x2vec.adapters.base import TIME_UNITS, TimeUnit
from x2vec.adapters.files.paths import absolute_path
from x2vec.adapters.sql.addresses import file_in, refuse_password
from x2vec.errors import UsageError

__all__ = ["SqlOptions"]

_READS: Final = ("SELECT", "WITH", "VALUES", "FROM", "TABLE")
_BEFORE: Final = re.compile(r"(\s|\(|--[^\n]*(\n|$)|/\*.*?\*/)*", re.DOTALL)


@dataclass(frozen=True)
class SqlOptions:
    """Where the database is, what is asked of it, and what the columns of the answer mean.

    Attributes:
        path: A file of SQLite or DuckDB, or its address, ``sqlite:///shop.db`` or
            ``duckdb:///shop.duckdb``; an address ``postgresql://...``, in which a password is
            written ``${NAME}``, the environment variable that holds it; in Python also a
            connection by DB-API 2, or a function without arguments that makes one.
        query: One query that only reads.
        sequence: The column that says to which sequence a row belongs.
        item: The column of items.
        time: The column of times; None where rows stand in their order already.
        time_unit: What numbers in the time column count.
        weight: The column of weights, if any.
        ordered: Whether order inside a sequence means something; false reads baskets.
    """

    path: Any
    query: str
    sequence: str
    item: str
    time: str | None = None
    time_unit: TimeUnit = "auto"
    weight: str | None = None
    ordered: bool = True

    def __post_init__(self) -> None:
        if self.time_unit not in TIME_UNITS:
            allowed = ", ".join(map(repr, TIME_UNITS))
            raise UsageError(f"time_unit: expected one of {allowed}, got {self.time_unit!r}.")
        names = list(self.columns.values())
        if len(set(names)) < len(names):
            raise UsageError(
                f"{', '.join(self.columns)} are {', '.join(map(repr, names))}; they must be "
                "different columns."
            )
        first = self.query[_BEFORE.match(self.query).end() :]  # type: ignore[union-attr]
        word = re.match(r"\w*", first)[0].upper()  # type: ignore[index]
        if word not in _READS:
            raise UsageError(
                f"query starts with {word or 'nothing'}; expected one query that reads, such as "
                "SELECT user, item FROM orders."
            )
        if isinstance(self.path, str):
            refuse_password(self.path)

    @property
    def columns(self) -> dict[str, str]:
        """The columns of the answer that are wanted, by option."""
        wanted = {"sequence": self.sequence, "item": self.item}
        more = {"time": self.time, "weight": self.weight}
        return wanted | {option: name for option, name in more.items() if name is not None}

    def located(self, base: Path) -> SqlOptions:
        """Return the options with the database's file made absolute, relative to a directory."""
        path = self.path
        if not isinstance(path, str | Path):
            return self
        scheme, file = file_in(str(path))
        absolute = absolute_path(file if scheme else path, base)
        return replace(self, path=f"{scheme}:///{absolute}" if scheme else absolute)
