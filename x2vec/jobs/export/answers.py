"""Answers to a run of queries, and the tables they are written as: long, of lists, numbered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of

__all__ = ["Answers", "Asker", "Shape", "schema_of", "table_of"]

Shape = Literal["long", "lists", "numbered"]


@dataclass(frozen=True, eq=False)
class Answers:
    """What some queries got, in the order of the queries.

    Attributes:
        queries: (n_queries,) string or int64, the ids.
        sources: (n_queries,) string, who answered; null where nobody did.
        items: (n_answers,) string or int64, best first within a query.
        scores: (n_answers,) float32.
        offsets: (n_queries + 1,) int64; query ``i`` got ``items[offsets[i]:offsets[i + 1]]``.
        origins: (n_answers,) string, where the vectors of the items come from; None where all of
            the store are trained.
        counts: What there is to count beside that, such as unknown items, by name.
    """

    queries: pa.Array
    sources: pa.Array
    items: pa.Array
    scores: NDArray[np.float32]
    offsets: NDArray[np.int64]
    origins: pa.Array | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, queries: pa.Array, found: pa.Table, counts: dict[str, int] | None = None
    ) -> Answers:
        """Take the answers of a table, such as that of ``Neighbors``.

        Args:
            queries: (n_queries,) who was asked about, each once.
            found: ``query_id``, ``item_id``, ``rank``, ``score``, ``source`` and perhaps
                ``origin``, query by query in the same order; a query without an answer has no row.
            counts: See above.
        """
        firsts = pa.array(np.flatnonzero(np.asarray(found["rank"]) == 1))
        got = pc.index_in(queries, value_set=found["query_id"].take(firsts))
        lengths = np.diff(np.append(np.asarray(firsts), found.num_rows))
        return cls(
            queries=queries,
            sources=found["source"].take(firsts.take(got)).combine_chunks(),
            items=found["item_id"].combine_chunks(),
            scores=np.asarray(found["score"]),
            offsets=offsets_of(np.asarray(pa.array(lengths).take(got).fill_null(0))),
            origins=found["origin"].combine_chunks() if "origin" in found.column_names else None,
            counts=counts or {},
        )

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many items each query got, (n_queries,)."""
        return np.diff(self.offsets)

    def answered(self) -> Answers:
        """Return the queries that got something."""
        got = self.lengths > 0
        if got.all():
            return self
        kept = pa.array(got)
        return Answers(
            self.queries.filter(kept),
            self.sources.filter(kept),
            self.items,
            self.scores,
            offsets_of(self.lengths[got]),
            self.origins,
            self.counts,
        )


class Asker(Protocol):
    """Asks one query after the other, in an order that is always the same.

    Attributes:
        total: How many queries there are.
        query_type: Of their ids.
        item_type: Of the items.
        has_origin: Whether answers say where the vector of an item comes from.
    """

    total: int
    query_type: pa.DataType
    item_type: pa.DataType
    has_origin: bool

    def start(self, after: Any, n_done: int) -> None:
        """Begin behind the query ``after``, the last of ``n_done``; at the first if that is 0."""

    def take(self, n: int) -> Answers:
        """Answer the next ``n`` queries; fewer where fewer are left, and none at the end."""


def schema_of(
    shape: Shape, queries: pa.DataType, items: pa.DataType, k: int, *, has_origin: bool = False
) -> pa.Schema:
    """Return the columns of a table.

    Args:
        shape: ``long``: a row an answer; ``lists``: a row a query, with lists; ``numbered``: a
            row a query, with a column for each rank.
        queries: The type of the queries' ids.
        items: The type of the items.
        k: How many items a query gets at most.
        has_origin: Whether it says where the vector of each item comes from.
    """
    query, source = pa.field("query_id", queries, False), pa.field("source", pa.string(), False)
    if shape == "lists":
        lists = [("item_ids", pa.list_(items)), ("scores", pa.list_(pa.float32()))]
        lists += [("origins", pa.list_(pa.string()))] * has_origin
        return pa.schema([query, *lists, source])
    if shape == "numbered":
        ranks = range(1, k + 1)
        columns = [(f"item_{rank}", items) for rank in ranks]
        columns += [(f"score_{rank}", pa.float32()) for rank in ranks]
        columns += [(f"origin_{rank}", pa.string()) for rank in ranks if has_origin]
        return pa.schema([query, *columns, source])
    item, score = pa.field("item_id", items, False), pa.field("score", pa.float32(), False)
    origin = [pa.field("origin", pa.string(), False)] * has_origin
    return pa.schema([query, item, pa.field("rank", pa.int32(), False), score, source, *origin])


def table_of(answers: Answers, shape: Shape, schema: pa.Schema) -> pa.RecordBatch:
    """Return the answers with the columns of ``schema_of``; queries that got nothing have no row.

    Example:
        >>> two = Answers(
        ...     pa.array(["ann", "bob"]), pa.array(["model", None], pa.string()),
        ...     pa.array(["tea", "jam"]), np.array([3, 1], np.float32), np.array([0, 2, 2]),
        ... )
        >>> schema = schema_of("long", pa.string(), pa.string(), 2)
        >>> table_of(two, "long", schema).to_pydict()["rank"]
        [1, 2]
    """
    got = answers.answered()
    scores = pa.array(got.scores)
    origins = [] if got.origins is None else [got.origins]
    if shape == "lists":
        offsets = pa.array(got.offsets.astype(np.int32))
        lists = [
            pa.ListArray.from_arrays(offsets, values) for values in (got.items, scores, *origins)
        ]
        return pa.RecordBatch.from_arrays([got.queries, *lists, got.sources], schema=schema)
    if shape == "numbered":
        k = (len(schema) - 2) // (2 + len(origins))
        places = got.offsets[:-1, None] + np.arange(k)
        is_there = np.arange(k) < got.lengths[:, None]
        columns = [
            values.take(pa.array(places[:, rank], mask=~is_there[:, rank]))
            for values in (got.items, scores, *origins)
            for rank in range(k)
        ]
        return pa.RecordBatch.from_arrays([got.queries, *columns, got.sources], schema=schema)
    owners = pa.array(np.repeat(np.arange(len(got.queries)), got.lengths))
    ranks = np.arange(1, len(got.items) + 1) - np.repeat(got.offsets[:-1], got.lengths)
    return pa.RecordBatch.from_arrays(
        [
            got.queries.take(owners),
            got.items,
            pa.array(ranks.astype(np.int32)),
            scores,
            got.sources.take(owners),
            *origins,
        ],
        schema=schema,
    )
