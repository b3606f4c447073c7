"""The Parquet file of attributes: ``column, value, count, embedding``, a row an attribute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from x2vec.embeddings.attributes import Attributes
from x2vec.embeddings.durable import Receipt, writing
from x2vec.embeddings.parquet_read import check_parquet, check_plausible, damage
from x2vec.errors import DamagedError

__all__ = ["read_attributes", "write_attributes"]

_CONTEXT = "context_embedding"
_COLUMNS = ("column", "value", "count", "embedding")


def write_attributes(attributes: Attributes, path: Path) -> Receipt:
    """Write the attributes, and their context vectors where there are any, to a new file."""
    columns = {
        "column": attributes.columns,
        "value": attributes.values,
        "count": pa.array(attributes.counts),
        "embedding": _fixed(attributes.vectors),
    }
    if attributes.context_vectors is not None:
        columns[_CONTEXT] = _fixed(attributes.context_vectors)
    table = pa.table(columns)
    schema = pa.schema([field.with_nullable(False) for field in table.schema])
    with writing(path) as file:
        pq.write_table(
            table.cast(schema),
            file,
            version="2.6",
            compression="zstd",
            use_dictionary=["column"],
            write_page_checksum=True,
        )
    return file.receipt()


def read_attributes(path: Path, *, verify: bool) -> Attributes:
    """Read attributes.

    Raises:
        DamagedError: The file is not what was written.
    """
    with damage(path):
        file = check_parquet(path, verify=verify)
        names = file.schema_arrow.names
        missing = [name for name in _COLUMNS if name not in names]
        if missing:
            raise DamagedError(f"{path}: no column {missing[0]!r}; found {', '.join(names[:20])}.")
        groups = range(file.metadata.num_row_groups)
        check_plausible(path, sum(file.metadata.row_group(at).total_byte_size for at in groups))
        table = file.read([*_COLUMNS, *(name for name in names if name == _CONTEXT)])
        return Attributes(
            table["column"].combine_chunks(),
            table["value"].combine_chunks(),
            np.asarray(table["count"]),
            _matrix(table["embedding"]),
            _matrix(table[_CONTEXT]) if _CONTEXT in names else None,
        )


def _fixed(vectors: NDArray[np.float32]) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])


def _matrix(column: pa.ChunkedArray) -> NDArray[np.float32]:
    lists = column.combine_chunks()
    lengths = np.unique(np.asarray(lists.value_lengths().fill_null(-1)))
    if len(lengths) > 1 or (lengths < 1).any():
        raise ValueError(f"vectors have {', '.join(map(str, lengths))} numbers; expected one size")
    return np.asarray(lists.flatten(), np.float32).reshape(len(lists), -1)
