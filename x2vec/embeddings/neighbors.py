"""The answer to "what is near": one table, the same for every kind of query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from x2vec._text import aligned, as_html, printable
from x2vec.errors import UsageError
from x2vec.search import TopK

if TYPE_CHECKING:
    from x2vec.embeddings.value import Embeddings

__all__ = ["Neighbors", "answers_of", "some_of"]

_COLUMNS = ("query_id", "item_id", "rank", "score")
_SHOWN = 20  # rows of a table that a person looks at


@dataclass(frozen=True, eq=False, repr=False)
class Neighbors:
    """For every query its nearest items, best first.

    Attributes:
        table: ``query_id`` (string or int64), ``item_id`` (string or int64), ``rank`` (int32,
            1 to k without gaps within a query), ``score`` (float32: the cosine, or what the view
            says that was asked); ``origin`` (string, where the vector of ``item_id`` comes from)
            where the embeddings hold any that is not trained; then columns of the items' metadata
            where they were asked for. Fewer answers are fewer rows.
        unknown: The queries that the embeddings do not hold, in the order they were asked.
        catalogue: The table of all items, for ``with_metadata``: ``item_id``, then their
            metadata; None where there is none.

    Raises:
        UsageError: The table's first columns are not those four, the ranks have gaps, or the
            catalogue's first column is no ``item_id`` of the same type.
    """

    table: pa.Table
    unknown: tuple[Any, ...] = ()
    catalogue: pa.Table | None = None

    def __post_init__(self) -> None:
        if tuple(self.table.column_names[:4]) != _COLUMNS:
            raise UsageError(
                f"Neighbors: columns {self.table.column_names}; expected {', '.join(_COLUMNS)}."
            )
        rank = np.asarray(self.rank)
        follows = np.diff(rank, prepend=0) == 1
        if not (follows | (rank == 1)).all():
            raise UsageError("Neighbors: ranks count 1, 2, 3 ... within a query, without gaps.")
        if self.catalogue is not None:
            first = self.catalogue.schema.field(0) if self.catalogue.num_columns else None
            if first is None or (first.name, first.type) != ("item_id", self.item_id.type):
                raise UsageError(
                    f"Neighbors: the catalogue's first column is {first}; expected item_id of "
                    f"{self.item_id.type}, as in the answers."
                )

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
        """Return float32 scores: cosines, or what the view that was asked says."""
        return self.table["score"]

    def with_metadata(self, columns: Iterable[str] | None = None) -> Self:
        """Return the same answers with columns of the items' metadata beside them.

        A column whose name is taken, such as ``score``, comes as ``item_score``. An item that the
        catalogue does not hold gets nulls.

        Args:
            columns: Which; None takes all there are.

        Raises:
            UsageError: There is no such column; the message lists those there are.
        """
        known = [] if self.catalogue is None else self.catalogue.column_names[1:]
        wanted = known if columns is None else [columns] if isinstance(columns, str) else [*columns]
        for name in wanted:
            if name not in known:
                raise UsageError(
                    f"No metadata column '{name}'; there are: {', '.join(known) or 'none'}."
                )
        if self.catalogue is None:
            return self
        answers = pc.is_in(self.catalogue["item_id"], value_set=self.item_id)
        found = self.catalogue.select(["item_id", *wanted]).filter(answers)
        found = found.take(pc.index_in(self.item_id, value_set=found["item_id"]))
        table = self.table
        for name in wanted:
            free = name if name not in table.column_names else f"item_{name}"
            table = table.append_column(free, found[name])
        return replace(self, table=table)

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
        cells = [[printable(cell) for cell in row] for row in [head, *rows]]
        return "\n".join([*aligned(cells), *map(printable, self._notes())])

    def _repr_html_(self) -> str:
        """Return a table for a notebook; whatever ids and titles hold is shown as text."""
        return as_html(*self._shown(), self._notes())

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
            notes.append(f"unknown: {some_of(self.unknown)}")
        return notes


def answers_of(queries: pa.Array, embeddings: Embeddings, found: TopK) -> pa.Table:
    """Return what a search found as the table of ``Neighbors``.

    Args:
        queries: (n_queries,) ids.
        embeddings: Whose rows were searched.
        found: The answer to each query.
    """
    rows = pa.array(found.rows)
    columns = {
        "query_id": queries.take(pa.array(np.repeat(np.arange(len(found)), found.counts))),
        "item_id": embeddings.items.take(rows),
        "rank": pa.array(found.ranks),
        "score": pa.array(found.scores),
    }
    if embeddings.has_inferred:
        columns["origin"] = embeddings.origin.take(rows)
    return pa.table(columns)


def some_of(ids: Sequence[Any]) -> str:
    """Return the first five ids as text, and how many more there are."""
    more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
    return ", ".join(map(repr, ids[:5])) + more


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)
