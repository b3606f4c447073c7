"""What the queries of an export say that they like, looked up in their table run by run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from x2vec.recommendation import Preferences

__all__ = ["Likings"]


class Likings:
    """What is liked, by columns of the item table.

    Args:
        connection: That of the table ``asked``. It is asked through another one beside it, for the
            histories are streamed from this one.
        columns: From columns of the item table to those of ``asked``, which hold lists of text.
    """

    def __init__(self, connection: Any, columns: Mapping[str, str]) -> None:
        self._columns = dict(columns)
        self._connection = connection.cursor() if columns else None

    def check(self, preferences: Preferences) -> None:
        """Refuse values that no item has, before anybody is answered.

        Raises:
            UsageError: There are such; five of them are told.
        """
        distinct = {}
        for column, name in self._columns.items():
            each = f"SELECT unnest({name}) AS one FROM asked"
            distinct[column] = self._column(f"SELECT list(DISTINCT one ORDER BY one) FROM ({each})")
        preferences.by_column(distinct, 1)

    def of(self, queries: pa.Array) -> dict[str, pa.Array]:
        """Return what some queries like, (n_queries,) lists of text.

        Args:
            queries: (n_queries,) ids, ascending, all those of ``asked`` between the first and the
                last.
        """
        if not len(queries):
            return {}
        ends = {"first": queries[0].as_py(), "last": queries[-1].as_py()}
        return {
            column: self._column(
                f"SELECT {name} FROM asked WHERE query BETWEEN $first AND $last ORDER BY query",
                ends,
            )
            for column, name in self._columns.items()
        }

    def _column(self, sql: str, parameters: Any = None) -> pa.Array:
        assert self._connection is not None
        found = self._connection.sql(sql, params=parameters).to_arrow_table()
        return found.column(0).combine_chunks()
