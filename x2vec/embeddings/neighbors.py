"""The answer to "what is near": one table, the same for every kind of query."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.errors import UsageError

__all__ = ["Neighbors"]

_COLUMNS = ("query_id", "item_id", "rank", "score")
_SHOWN = 20  # rows of a table that a person looks at


@dataclass(frozen=True, eq=False, repr=False)
class Neighbors:
    """For every query its nearest items, best first.

    Attributes:
        table: ``query_id`` (string or int64), ``item_id`` (string or int64), ``rank`` (int32,
            1 to k without gaps within a query), ``score`` (float32 cosine), then columns of the
            items' metadata where they were asked for. Fewer answers are fewer rows.
        unknown: The queries that the embeddings do not hold, in the order they were asked.
        catalogue: All items' metadata, for ``with_metadata``; None where there is none.
        rows: (n_answers,) int64, the rows of the catalogue that ``item_id`` names.

    Raises:
        UsageError: The table's first columns are not those four, or the ranks have gaps.
    """

    table: pa.Table
    unknown: tuple[Any, ...] = ()
    catalogue: pa.Table | None = None
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        if tuple(self.table.column_names[:4]) != _COLUMNS:
            raise UsageError(
                f"Neighbors: columns {self.table.column_names}; expected {', '.join(_COLUMNS)}."
            )
        rank = np.asarray(self.rank)
        follows = np.diff(rank, prepend=0) == 1
        if not (follows | (rank == 1)).all():
            raise UsageError("Neighbors: ranks count 1, 2, 3 ... within a query, without gaps.")

    @property
    def query_id(self) -> pa.ChunkedArray:
        """Return what was asked, for every answer."""
        return self.table["query_id"]

    @property
    def item_id(self) -> pa.ChunkedArray:
        """Return the items that answer."""
        return self.table["item_id"]

    @property
    def rank(self) -> pa.ChunkedArray:
        """Return int32 ranks, from 1 within each query."""
        return self.table["rank"]

    @property
    def score(self) -> pa.ChunkedArray:
        """Return float32 cosines."""
        return self.table["score"]

    def with_metadata(self, columns: Iterable[str] | None = None) -> Neighbors:
        """Return the same answers with columns of the items' metadata beside them.

        A column whose name is taken, such as ``score``, comes as ``item_score``.

        Args:
            columns: Which; None takes all there are.

        Raises:
            UsageError: There is no such column; the message lists those there are.
        """
        known = [] if self.catalogue is None else self.catalogue.column_names
        wanted = known if columns is None else [columns] if isinstance(columns, str) else [*columns]
        table = self.table
        for name in wanted:
            if self.catalogue is None or name not in known:
                raise UsageError(
                    f"No metadata column '{name}'; there are: {', '.join(known) or 'none'}."
                )
            free = name if name not in table.column_names else f"item_{name}"
            table = table.append_column(free, self.catalogue[name].take(pa.array(self.rows)))
        return Neighbors(table, self.unknown, self.catalogue, self.rows)

    def to_arrow(self) -> pa.Table:
        """Return the answers as an Arrow table, without a copy."""
        return self.table

    def to_pandas(self) -> Any:
        """Return the answers as a pandas DataFrame."""
        return self.table.to_pandas()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Offer the answers to whatever speaks Arrow: polars, DuckDB, pandas."""
        return self.table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        """Return the number of answers, over all queries."""
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        head, rows = self._shown()
        rows = [[_printable(cell) for cell in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in [head, *rows]
        ]
        return "\n".join([*lines, *map(_printable, self._notes())])

    def _repr_html_(self) -> str:
        """Return a table for a notebook; whatever ids and titles hold is shown as text."""
        head, rows = self._shown()
        cells = "".join(f"<th>{html.escape(name)}</th>" for name in head)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self._notes())
        return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>{notes}"

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        head = self.table.column_names
        columns = self.table.slice(0, _SHOWN).columns
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        return head, [[_cell(value) for value in row] for row in rows]

    def _notes(self) -> list[str]:
        notes = []
        if len(self) > _SHOWN:
            notes.append(f"... {_SHOWN} of {len(self):,} rows")
        if self.unknown:
            some = ", ".join(map(repr, self.unknown[:5]))
            more = f" and {len(self.unknown) - 5} more" if len(self.unknown) > 5 else ""
            notes.append(f"unknown: {some}{more}")
        return notes


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _printable(text: str) -> str:
    """Return text that cannot move a terminal's cursor: what is no sign is written as an escape."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
