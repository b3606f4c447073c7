"""Inferred vectors: for items that training never saw, with source and confidence.

What made them - a model of cold start, a file of someone else's - is of no matter here.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec._text import aligned, printable
from x2vec.embeddings.checks import as_id_column, as_items, as_matrix, as_text_column
from x2vec.errors import DataError

if TYPE_CHECKING:
    from x2vec.embeddings.value import Embeddings

__all__ = ["CONFIDENCE", "INFERRED_SHARE", "Inferred", "with_inferred"]

CONFIDENCE: Final = "confidence"
"""The metadata column that keeps the confidence of inferred vectors; null for trained ones."""

INFERRED_SHARE: Final = "inferred_share"
"""The metadata column that keeps how much of a blended vector is inferred; null for others."""

_SHOWN: Final = 10


@dataclass(frozen=True, eq=False, repr=False)
class Inferred:
    """Vectors for items without events.

    Attributes:
        items: (n_items,) string or int64, distinct, not null.
        vectors: (n_items, vector_size) float32, finite.
        source: (n_items,) string, what each was inferred by.
        confidence: (n_items,) float32 from 0 to 1, the chance that the vector is nearer than the
            catalogue centroid to the one that training would give; 0 where that centroid is it.
        context_vectors: Of the shape of ``vectors``, or None where the model has none.
        metadata: What the item table says of the items, a row each, or None.

    Raises:
        DataError: Something of this does not hold.

    Example:
        >>> found = Inferred(["new"], [[1.0, 0.0]], "ridge", [0.9])
        >>> found.to_pandas().columns.to_list()
        ['item_id', 'source', 'confidence', 'embedding']
    """

    items: pa.Array
    vectors: NDArray[np.float32]
    source: pa.Array
    confidence: NDArray[np.float32]
    context_vectors: NDArray[np.float32] | None = None
    metadata: pa.Table | None = None

    def __post_init__(self) -> None:
        items = as_id_column(self.items, "items") if not len(self.items) else as_items(self.items)
        n_items = len(items)
        confidence = np.asarray(self.confidence, dtype=np.float32)
        if confidence.shape != (n_items,) or not ((confidence >= 0) & (confidence <= 1)).all():
            raise DataError(f"confidence: expected {n_items} numbers from 0 to 1, one an item.")
        context = self.context_vectors
        checked = {
            "items": items,
            "vectors": as_matrix(self.vectors, "vectors", n_items),
            "source": as_text_column(self.source, "source", n_items),
            "confidence": confidence,
            "context_vectors": None
            if context is None
            else as_matrix(context, "context_vectors", n_items),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.items)

    @property
    def sources(self) -> dict[str, int]:
        """How many items were inferred by what, most first.

        Example:
            >>> Inferred(["a", "b", "c"], [[1], [2], [3]], ["x", "y", "y"], [0, 0, 0]).sources
            {'y': 2, 'x': 1}
        """
        counted = pc.value_counts(self.source).to_pylist()
        counted.sort(key=lambda one: (-one["counts"], one["values"]))
        return {one["values"]: one["counts"] for one in counted}

    def to_arrow(self) -> pa.Table:
        """Return ``item_id, source, confidence, embedding``, and ``context_embedding`` if any."""
        columns = {
            "item_id": self.items,
            "source": self.source,
            CONFIDENCE: pa.array(self.confidence),
            "embedding": _fixed(self.vectors),
        }
        if self.context_vectors is not None:
            columns["context_embedding"] = _fixed(self.context_vectors)
        return pa.table(columns)

    def to_pandas(self) -> Any:
        """Return the table as a pandas DataFrame."""
        return self.to_arrow().to_pandas()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Offer the table to whatever speaks Arrow: polars, DuckDB, pandas."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        shown = self.to_arrow().select(["item_id", "source", CONFIDENCE]).slice(0, _SHOWN)
        rows = [
            [printable(str(row["item_id"])), row["source"], f"{row[CONFIDENCE]:.2f}"]
            for row in shown.to_pylist()
        ]
        more = [f"... {_SHOWN} of {len(self):,} items"] if len(self) > _SHOWN else []
        return "\n".join([*aligned([["item_id", "source", CONFIDENCE], *rows], right={2}), *more])


def with_inferred(embeddings: Embeddings, inferred: Inferred, *, replace: bool) -> Embeddings:
    """Add items after those of embeddings; see ``Embeddings.with_inferred``."""
    _check(embeddings, inferred, may_replace=replace)
    if not len(inferred):
        return embeddings
    order = _order(embeddings, inferred)
    n_new = len(order) - len(embeddings)
    contexts = embeddings.context_vectors
    if contexts is not None:
        assert inferred.context_vectors is not None
        contexts = np.concatenate([contexts, inferred.context_vectors])[order]
    places = pa.array(order)
    return dataclasses.replace(
        embeddings,
        items=pa.concat_arrays([embeddings.items, inferred.items]).take(places),
        vectors=np.concatenate([embeddings.vectors, inferred.vectors])[order],
        counts=np.append(embeddings.counts, np.zeros(n_new, np.int64)),
        context_vectors=contexts,
        origin=pa.concat_arrays([embeddings.origin, inferred.source]).take(places),
        metadata=_metadata(embeddings, inferred).take(places),
        evidence=embeddings.evidence and embeddings.evidence.extended(n_new),
    )


def _order(embeddings: Embeddings, inferred: Inferred) -> NDArray[np.int64]:
    """Return which row of both, one after the other, each item of the result is.

    An item that is there already keeps its place and takes the new row.
    """
    order = np.arange(len(embeddings) + len(inferred))
    known = pc.index_in(inferred.items, value_set=embeddings.items)
    is_new = np.asarray(known.is_null())
    order[np.asarray(known.drop_null())] = len(embeddings) + np.flatnonzero(~is_new)
    rows: NDArray[np.int64] = order[np.append(np.ones(len(embeddings), np.bool_), is_new)]
    return rows


def _check(embeddings: Embeddings, inferred: Inferred, *, may_replace: bool) -> None:
    if not isinstance(inferred, Inferred):
        raise DataError(
            f"with_inferred: got {type(inferred).__name__}; expected Inferred, as embed of a "
            "fitted ColdStart makes it."
        )
    if inferred.items.type != embeddings.items.type:
        raise DataError(
            f"with_inferred: the new items are {inferred.items.type}, those of the embeddings "
            f"{embeddings.items.type}. Write both in one type."
        )
    if inferred.vectors.shape[1] != embeddings.vector_size:
        raise DataError(
            f"with_inferred: {inferred.vectors.shape[1]} dimensions beside "
            f"{embeddings.vector_size}. Infer them from these embeddings."
        )
    if embeddings.context_vectors is not None and inferred.context_vectors is None:
        raise DataError(
            "with_inferred: the embeddings have context vectors, the new items have none. Infer "
            "them from these embeddings."
        )
    there = embeddings.items
    if may_replace:
        there = there.filter(pa.array(embeddings.counts > 0))
    both = inferred.items.filter(pc.is_in(inferred.items, value_set=there))
    if len(both):
        some = ", ".join(repr(item) for item in both[:5].to_pylist())
        raise DataError(
            f"with_inferred: {len(both):,} items are there already, such as {some}. Infer those "
            "alone that training never saw."
        )


def _metadata(embeddings: Embeddings, inferred: Inferred) -> pa.Table:
    """Return the metadata of both, one after the other; what one side lacks is null there."""
    known, n_known, n_new = embeddings.metadata, len(embeddings), len(inferred)
    columns: dict[str, pa.ChunkedArray] = {}
    for name, column in (
        [] if known is None else zip(known.column_names, known.columns, strict=True)
    ):
        if name == CONFIDENCE:
            continue
        columns[name] = pa.chunked_array(
            [*column.chunks, *_like(inferred.metadata, name, column.type, n_new)], column.type
        )
    before: list[pa.Array] = [pa.nulls(n_known, pa.float32())]
    if known is not None and CONFIDENCE in known.column_names:
        if known[CONFIDENCE].type != pa.float32():
            raise DataError(
                f"with_inferred: the metadata have a column {CONFIDENCE!r} already, of "
                f"{known[CONFIDENCE].type}. Rename it."
            )
        before = known[CONFIDENCE].chunks
    columns[CONFIDENCE] = pa.chunked_array([*before, pa.array(inferred.confidence)], pa.float32())
    return pa.table(columns).combine_chunks()


def _like(table: pa.Table | None, name: str, kind: pa.DataType, n_new: int) -> list[pa.Array]:
    """Return a column of new items in the type of the known ones, nulls where it is missing."""
    if table is None or name not in table.column_names:
        return [pa.nulls(n_new, kind)]
    column = table[name]
    if pa.types.is_string(column.type) and not pa.types.is_string(kind):  # an empty cell of a CSV
        column = pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), None, column)
    try:
        return list(column.cast(kind).chunks)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(
            f"with_inferred: the column {name!r} is {table[name].type} for the new items and "
            f"{kind} for the known ones: {error}. Write both in one type."
        ) from error


def _fixed(vectors: NDArray[np.float32]) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
