"""The border of the embeddings: columns and matrices come in here, checked and in one form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from x2vec.errors import DataError

if TYPE_CHECKING:
    from x2vec.embeddings.value import Embeddings

__all__ = [
    "RESERVED_COLUMNS",
    "as_counts",
    "as_id_column",
    "as_items",
    "as_matrix",
    "as_metadata",
    "as_square",
    "as_text_column",
    "checked_parts",
]

RESERVED_COLUMNS = ("item_id", "count", "origin", "embedding")


def checked_parts(embeddings: Embeddings) -> dict[str, Any]:
    """Return the parts of embeddings by name, each as it should be, and all of one size.

    Raises:
        DataError: One cannot be that; the message says where and what to do.
    """
    items = as_items(embeddings.items)
    n_items = len(items)
    vectors = as_matrix(embeddings.vectors, "vectors", n_items)
    context = embeddings.context_vectors
    if context is not None:
        context = as_matrix(context, "context_vectors", n_items)
        if context.shape != vectors.shape:
            raise DataError(
                f"context_vectors: shape {context.shape}; expected that of the vectors, "
                f"{vectors.shape}."
            )
    if embeddings.evidence is not None and len(embeddings.evidence) != n_items:
        raise DataError(
            f"evidence: of {len(embeddings.evidence)} items; expected one row for each of the "
            f"{n_items}. Take it from the same training, or leave it out."
        )
    if embeddings.attributes is not None:
        embeddings.attributes.check_size(vectors.shape[1])
    return {
        "items": items,
        "vectors": vectors,
        "counts": as_counts(embeddings.counts, n_items),
        "context_vectors": context,
        "query_matrix": None
        if embeddings.query_matrix is None
        else as_square(embeddings.query_matrix, "query_matrix", vectors.shape[1]),
        "origin": as_text_column(embeddings.origin, "origin", n_items),
        "metadata": as_metadata(embeddings.metadata, n_items),
    }


def as_items(items: Any) -> pa.Array:
    """Return items as an Arrow array of string or int64: at least one, none null, all distinct.

    Raises:
        DataError: They are none of that; the message shows where, or up to five duplicates.
    """
    column = as_id_column(items, "items")
    if not len(column):
        raise DataError("items: there are none; embeddings hold at least one item.")
    if column.null_count:
        row = pc.index(column.is_null(), True).as_py()
        raise DataError(
            f"items: {column.null_count} of {len(column)} are null, the first in row {row}; "
            "drop or name them before training."
        )
    n_distinct = pc.count_distinct(column).as_py()
    if n_distinct != len(column):
        counted = column.value_counts()
        twice = counted.filter(pc.greater(counted.field("counts"), 1)).field("values")
        some = ", ".join(repr(item) for item in twice[:5].to_pylist())
        raise DataError(
            f"items: {len(column) - n_distinct} of {len(column)} are duplicates, such as {some}; "
            "every item has one vector."
        )
    return column


def as_id_column(values: Any, name: str) -> pa.Array:
    """Return ids as one Arrow array of string or int64, exactly as they are.

    Raises:
        DataError: They are of another type, mixed, out of int64, or not valid Unicode.
    """
    column = _one_array(values, name)
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    try:
        if _is_text(kind):
            column = column.cast(pa.string())
            column.validate(full=True)
        elif pa.types.is_integer(kind):
            column = column.cast(pa.int64())
        elif pa.types.is_null(kind):
            column = column.cast(pa.string())
        else:
            raise DataError(f"{name}: the type is {kind}; expected text or integers.")
    except pa.ArrowInvalid as error:
        raise DataError(
            f"{name}: {error}. Ids are valid Unicode text or 64-bit integers."
        ) from error
    return column


def as_text_column(values: Any, name: str, n_items: int) -> pa.Array:
    """Return one text an item as an Arrow array of string; a single text stands for all items."""
    if isinstance(values, str):
        return pa.repeat(pa.scalar(values, pa.string()), n_items)
    column = as_id_column(values, name)
    if not pa.types.is_string(column.type) or column.null_count:
        raise DataError(f"{name}: expected text for every item, without nulls; got {column.type}.")
    if len(column) != n_items:
        raise DataError(f"{name}: {len(column)} values for {n_items} items; expected one each.")
    return column


def as_counts(values: Any, n_items: int) -> NDArray[np.int64]:
    """Return (n_items,) int64, read-only, none below zero."""
    given = np.asarray(values)
    if given.shape != (n_items,) or given.dtype.kind not in "iu":
        raise DataError(
            f"counts: shape {given.shape} of {given.dtype}; expected ({n_items},) whole numbers, "
            "how often each item was seen."
        )
    if len(given) and (given.min() < 0 or given.max() > np.iinfo(np.int64).max):
        raise DataError(f"counts: {given.min()} to {given.max()}; expected 0 to 2**63 - 1.")
    return _frozen(np.ascontiguousarray(given, dtype=np.int64))


def as_matrix(values: ArrayLike, name: str, n_items: int) -> NDArray[np.float32]:
    """Return (n_items, vector_size) float32, C-contiguous, finite, read-only; no copy if it is.

    Raises:
        DataError: The shape does not fit, or a number is not finite; the message names the row.
    """
    matrix = np.asarray(values)
    if matrix.ndim != 2 or len(matrix) != n_items or matrix.shape[1] < 1:
        raise DataError(
            f"{name}: shape {matrix.shape}; expected ({n_items}, vector_size), a row an item."
        )
    return _as_finite(matrix, name)


def as_square(values: ArrayLike, name: str, size: int) -> NDArray[np.float32]:
    """Return (size, size) float32, C-contiguous, finite, read-only.

    Raises:
        DataError: The shape does not fit, or a number is not finite; the message names the row.
    """
    matrix = np.asarray(values)
    if matrix.shape != (size, size):
        raise DataError(
            f"{name}: shape {matrix.shape}; expected ({size}, {size}), as the vectors have {size} "
            "dimensions."
        )
    return _as_finite(matrix, name)


def as_metadata(table: Any, n_items: int) -> pa.Table | None:
    """Return metadata without the marks of where it was read, or None if it has no columns."""
    if table is None:
        return None
    if not isinstance(table, pa.Table):
        raise DataError(f"metadata: got {type(table).__name__}; expected a pyarrow.Table.")
    if not table.num_columns:  # and so no rows either, as pyarrow counts them
        return None
    if table.num_rows != n_items:
        raise DataError(
            f"metadata: {table.num_rows} rows for {n_items} items; expected a row an item, "
            "in the same order."
        )
    taken = sorted(set(RESERVED_COLUMNS) & set(table.column_names))
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if taken or twice:
        why = "is ours" if taken else "is there twice"
        raise DataError(f"metadata: the column '{(taken or twice)[0]}' {why}; rename or drop it.")
    plain = pa.schema([c.remove_metadata().with_nullable(True) for c in table.schema])
    return pa.Table.from_arrays(table.columns, schema=plain)


def _as_finite(matrix: NDArray[Any], name: str) -> NDArray[np.float32]:
    if matrix.dtype.kind not in "fiu":
        raise DataError(f"{name}: the type is {matrix.dtype}; expected numbers, float32 at best.")
    with np.errstate(over="ignore"):  # too large for float32 is found below, as not finite
        matrix = np.ascontiguousarray(matrix, dtype=np.float32)
    for start in range(
        0, len(matrix), 65_536
    ):  # a mask of the whole matrix would cost a quarter more
        bad = ~np.isfinite(matrix[start : start + 65_536]).all(axis=1)
        if bad.any():
            row = start + int(np.flatnonzero(bad)[0])
            raise DataError(
                f"{name}: row {row} holds NaN, infinity or a number too large for float32; "
                "expected finite numbers. Was the learning rate too high?"
            )
    return _frozen(matrix)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only view; the caller's own array stays as writable as it was."""
    view = array.view()
    view.flags.writeable = False
    return view


def _one_array(values: Any, name: str) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    if isinstance(values, pa.Array):
        return values
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise DataError(f"{name}: got {type(values).__name__}; expected a list or an array.")
    listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
    if any(isinstance(value, bool) for value in listed):
        raise DataError(f"{name}: a value is True or False; expected text or integers.")
    try:
        return pa.array(listed)
    except UnicodeEncodeError:
        for row, value in enumerate(listed):
            if isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
                raise DataError(
                    f"{name}: row {row} is {value!r}, which holds a lone surrogate and cannot be "
                    "stored as Unicode. Repair the text where it was decoded."
                ) from None
        raise
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise DataError(
            f"{name}: {error}. All must be text, or all integers; convert them first."
        ) from error


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )
