"""The columns that a user names, looked for in a table, with advice where they are missing."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Final, Protocol

from x2vec.errors import SourceError

__all__ = ["check_columns"]

_SHOWN: Final = 20
_USUAL: Final = {
    "sequence": ("sequence", "session", "basket", "order", "invoice", "playlist", "user", "cart"),
    "item": ("item", "product", "sku", "stock", "article", "track", "song", "movie", "asin"),
    "session": ("session", "visit"),
    "user": ("user", "reviewer", "customer", "visitor", "client", "member", "profile", "account"),
    "kind": ("kind", "event", "action", "type"),
    "rating": ("rating", "stars", "score", "value", "overall"),
    "time": ("time", "ts", "date", "created", "at"),
}
"""Words by which columns of a role usually go; the first that a column holds is suggested."""


class HasColumns(Protocol):
    """A table, as far as its columns go: what messages call it, and their names, in order."""

    @property
    def name(self) -> str: ...

    @property
    def columns(self) -> tuple[str, ...]: ...


def check_columns(table: HasColumns, wanted: Mapping[str, str]) -> None:
    """Refuse a table that lacks a wanted column, or has it twice.

    Args:
        table: The table; one that holds nothing at all passes.
        wanted: For each option, such as ``item``, the column that it names.

    Raises:
        SourceError: Names every missing column, and suggests what to set instead.
    """
    if not table.columns:
        return
    missing = {option: name for option, name in wanted.items() if name not in table.columns}
    if missing:
        named = " and ".join(f"no column '{name}'" for name in missing.values())
        raise SourceError(
            f"{table.name}: {named}; found {_listed(table)}. {_advice(missing, table)}"
        )
    for name in wanted.values():
        if table.columns.count(name) > 1:
            raise SourceError(
                f"{table.name}: {table.columns.count(name)} columns are called '{name}'. "
                "Rename all but one."
            )


def _advice(missing: Mapping[str, str], table: HasColumns) -> str:
    only = table.columns[0]
    if len(table.columns) == 1:
        for delimiter, shown in (("\t", r"\t"), (";", ";"), ("|", "|"), (",", ",")):
            if delimiter in only:
                return f'Set delimiter = "{shown}".'
    closest = {option: _closest(option, name, table.columns) for option, name in missing.items()}
    advice = [f'Set {option} = "{name}".' for option, name in closest.items() if name is not None]
    others = [option for option, name in closest.items() if name is None]
    if len(others) == 1:
        advice.append(f"Set {others[0]} to one of them.")
    elif others:
        advice.append(f"Set {', '.join(others)} to those of them that hold such.")
    return " ".join(advice)


def _closest(option: str, name: str, columns: tuple[str, ...]) -> str | None:
    lower = {column.lower(): column for column in reversed(columns)}
    close = difflib.get_close_matches(name.lower(), list(lower), n=1)
    if close:
        return lower[close[0]]
    for word in _USUAL.get(option, ()):
        for column in columns:
            if column.lower() == word or (len(word) > 2 and word in column.lower()):
                return column
    return None


def _listed(table: HasColumns) -> str:
    shown = ", ".join(repr(column) for column in table.columns[:_SHOWN])
    more = len(table.columns) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
