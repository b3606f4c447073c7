"""The Parquet files of embeddings, written: items, context vectors, the query matrix.

The layout is plain on purpose: pandas, polars, DuckDB and Spark read it as it is. The same
embeddings give the same bytes, so nothing that changes from run to run may go in here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from x2vec.embeddings.durable import Receipt, writing
from x2vec.embeddings.value import Embeddings
from x2vec.errors import DataError

__all__ = ["expected_bytes", "write_context", "write_items", "write_query"]

_GROUP_ROWS = 16_384  # small enough to read a part, large enough that the footer stays small
_LARGE_GROUP_ROWS = 65_536  # above ten million items, where 16k would make a long footer
_LARGE = 10_000_000
_BYTES_A_PAIR = 16  # of evidence, measured: 11 with examples that are numbers


def write_items(embeddings: Embeddings, path: Path) -> Receipt:
    """Write ``item_id, count, origin, embedding`` and the metadata columns to a new file."""
    fixed = pa.table(
        {
            "item_id": embeddings.items,
            "count": pa.array(embeddings.counts),
            "origin": embeddings.origin,
        }
    )
    return _write(path, fixed, embeddings.vectors, embeddings.metadata)


def write_context(embeddings: Embeddings, path: Path) -> Receipt:
    """Write ``item_id, embedding`` of the output matrix, which must be there, to a new file."""
    assert embeddings.context_vectors is not None
    ids = pa.table({"item_id": embeddings.items})
    return _write(path, ids, embeddings.context_vectors, None)


def write_query(embeddings: Embeddings, path: Path) -> Receipt:
    """Write ``embedding``, the rows of the query matrix, which must be there, to a new file."""
    matrix = embeddings.query_matrix
    assert matrix is not None
    return _write(path, pa.table({"": pa.nulls(len(matrix))}).select([]), matrix, None)


def expected_bytes(embeddings: Embeddings) -> int:
    """Return about how much disk the files take; vectors hardly compress."""
    matrices = 1 if embeddings.context_vectors is None else 2
    columns = [embeddings.items, embeddings.items, embeddings.origin, embeddings.metadata]
    tables = sum(column.nbytes for column in columns if column is not None)
    if embeddings.evidence is not None:
        tables += _BYTES_A_PAIR * len(embeddings.evidence.pairs) + 40 * len(embeddings)
    if embeddings.attributes is not None:
        beside = embeddings.attributes
        tables += beside.vectors.nbytes * matrices + beside.names.nbytes
    return int(embeddings.vectors.nbytes * matrices + tables + embeddings.counts.nbytes) + 2**20


def _write(
    path: Path, fixed: pa.Table, vectors: NDArray[np.float32], metadata: pa.Table | None
) -> Receipt:
    n_items, size = vectors.shape
    group = _LARGE_GROUP_ROWS if n_items > _LARGE else _GROUP_ROWS
    extra = metadata if metadata is not None else pa.table({"": pa.nulls(n_items)}).select([])
    schema = pa.schema(
        [
            *(column.with_nullable(False) for column in fixed.schema),
            pa.field("embedding", pa.list_(pa.float32(), size)),
            *extra.schema,
        ]
    )
    repeating = [name for name in ("origin", *extra.column_names) if name in schema.names]
    with writing(path) as file, _writer(file, schema, repeating) as writer:
        for start in range(0, n_items, group):
            block = vectors[start : start + group]
            embedding = pa.FixedSizeListArray.from_arrays(pa.array(block.reshape(-1)), size)
            columns: list[Any] = [
                *fixed.slice(start, group).columns,
                embedding,
                *extra.slice(start, group).columns,
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=group)
    return file.receipt()


def _writer(file: Any, schema: pa.Schema, repeating: list[str]) -> pq.ParquetWriter:
    try:
        return pq.ParquetWriter(
            file,
            schema,
            version="2.6",
            compression="zstd",
            use_dictionary=repeating,  # none on ids and vectors, which do not repeat
            write_statistics=["item_id", "count", *repeating],
            write_page_checksum=True,
        )
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        raise DataError(
            f"metadata: a column cannot be stored in Parquet: {error}. Convert or drop it."
        ) from error
