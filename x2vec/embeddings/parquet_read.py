"""The Parquet files of embeddings, read: every length, type and number is checked on the way in.

The vectors may come as FixedSizeList, which we write, or as a plain list of float or double,
which is what DuckDB, Spark and Delta make of it in a rewrite.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from x2vec.embeddings.checks import RESERVED_COLUMNS, as_id_column
from x2vec.embeddings.value import Embeddings
from x2vec.errors import DamagedError, DataError, StorageError

__all__ = [
    "ItemsFile",
    "check_parquet",
    "check_plausible",
    "damage",
    "read_context",
    "read_items",
    "read_query",
]

_FOREIGN = {
    b"\x80": "a Python pickle; x2vec never opens those, as they run code",
    b"PK": "a zip archive, such as .npz, .xlsx or a PyTorch file",
    b"\x93NUMPY": "a NumPy array file",
}
_PLAUSIBLE_RATIO = 1000  # vectors hardly compress; zeros do, by a few hundred times
_PLAUSIBLE_BYTES = 2**30  # below this nothing can do harm, however well it compresses


class ItemsFile:
    """One Parquet file with a column ``embedding``, opened, its promises checked.

    Args:
        path: The file.
        columns: Those it must have.
        verify: Whether to check the checksum of every page.

    Raises:
        DamagedError: It is no Parquet file, lacks columns, or declares an absurd size.
    """

    def __init__(self, path: Path, columns: tuple[str, ...], *, verify: bool) -> None:
        self.path = path
        self._file = check_parquet(path, verify=verify)
        self.names: list[str] = self._file.schema_arrow.names
        missing = [name for name in columns if name not in self.names]
        if missing:
            raise DamagedError(
                f"{path}: no column '{missing[0]}'; found {', '.join(map(repr, self.names[:20]))}. "
                f"A file of embeddings has {', '.join(columns)}."
            )
        footer = self._file.metadata
        self.n_rows: int = footer.num_rows
        groups = range(footer.num_row_groups)
        check_plausible(self.path, sum(footer.row_group(group).total_byte_size for group in groups))
        self._vector_type = self._file.schema_arrow.field("embedding").type

    def column(self, name: str) -> pa.ChunkedArray:
        """Return one column."""
        return self.table([name])[name]

    def table(self, names: list[str]) -> pa.Table:
        """Return some columns."""
        return self._file.read(columns=names).select(names)

    def matrix(self) -> NDArray[np.float32]:
        """Return (n_rows, vector_size) float32 from the column ``embedding``.

        Raises:
            DamagedError: It is no list of numbers, or not all lists are of one length.
        """
        size = self._size()
        check_plausible(self.path, self.n_rows * size * 4)
        matrix = np.empty((self.n_rows, size), dtype=np.float32)
        row = 0
        for batch in self._file.iter_batches(columns=["embedding"], batch_size=16_384):
            block = self._block(batch.column(0), size, row)
            matrix[row : row + len(block)] = block
            row += len(block)
        if row != self.n_rows:
            raise DamagedError(f"{self.path}: declares {self.n_rows} rows and holds {row}.")
        return matrix

    def _block(self, lists: pa.Array, size: int, start: int) -> NDArray[Any]:
        lengths = np.asarray(lists.value_lengths().fill_null(-1))
        wrong = np.flatnonzero(lengths != size)
        if len(wrong):
            found = int(lengths[wrong[0]])
            raise DamagedError(
                f"{self.path}: the vector in row {start + wrong[0]} "
                f"{'is null' if found < 0 else f'has {found} numbers'}; expected {size}."
            )
        values = lists.flatten()
        if values.null_count:
            raise DamagedError(f"{self.path}: vectors after row {start} hold nulls.")
        with np.errstate(over="ignore"):  # making Embeddings finds what is not finite
            return np.asarray(values).astype(np.float32, copy=False).reshape(-1, size)

    def _size(self) -> int:
        kind = self._vector_type
        is_fixed = pa.types.is_fixed_size_list(kind)
        is_list = is_fixed or pa.types.is_list(kind) or pa.types.is_large_list(kind)
        if not is_list or kind.value_type not in (pa.float32(), pa.float64()):
            raise DamagedError(
                f"{self.path}: column 'embedding' is {kind}; expected a list of float or double."
            )
        if is_fixed:
            return int(kind.list_size)
        first = next(self._file.iter_batches(columns=["embedding"], batch_size=1), None)
        if first is None or first.column(0).null_count:
            raise DamagedError(f"{self.path}: the vector in row 0 is missing.")
        size = len(first.column(0)[0])
        if not size:
            raise DamagedError(f"{self.path}: the vector in row 0 has no numbers.")
        return size


def read_items(path: Path, *, verify: bool) -> Embeddings:
    """Return the embeddings of a bare items file, without context vectors and provenance.

    Raises:
        DamagedError: The file is not what ``write_items`` writes, or a rewrite of that.
    """
    with damage(path):
        file = ItemsFile(path, RESERVED_COLUMNS, verify=verify)
        others = [name for name in file.names if name not in RESERVED_COLUMNS]
        return Embeddings(
            file.column("item_id"),
            file.matrix(),
            counts=_whole_numbers(file.column("count"), path),
            origin=file.column("origin"),
            metadata=file.table(others) if others else None,
        )


def read_context(path: Path, items: pa.Array, *, verify: bool) -> NDArray[np.float32]:
    """Return the output matrix, after checking that it stands in the order of the items."""
    with damage(path):
        file = ItemsFile(path, ("item_id", "embedding"), verify=verify)
        if not as_id_column(file.column("item_id"), "item_id").equals(items):
            raise DamagedError(f"{path}: its items are not those of items.parquet, in their order.")
        return file.matrix()


def read_query(path: Path, *, verify: bool) -> NDArray[np.float32]:
    """Return the query matrix, (n_rows, vector_size); making Embeddings checks that it fits."""
    with damage(path):
        return ItemsFile(path, ("embedding",), verify=verify).matrix()


def check_parquet(path: Path, *, verify: bool) -> pq.ParquetFile:
    """Open a file, or say what it is instead of Parquet."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
            file.seek(max(0, path.stat().st_size - 4))
            tail = file.read(4)
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}.") from error
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            raise DamagedError(f"{path}: this is {name}. Embeddings are read from Parquet only.")
    if not head.startswith(b"PAR1"):
        raise DamagedError(f"{path}: not a Parquet file; it starts with {head[:4]!r}.")
    if tail != b"PAR1":
        raise DamagedError(f"{path}: truncated; a Parquet file ends with b'PAR1', not {tail!r}.")
    with damage(path):
        opened = pq.ParquetFile(path, page_checksum_verification=verify)
        _ = opened.schema_arrow.names  # pyarrow decodes them only now
        return opened


def check_plausible(path: Path, declared: int) -> None:
    """Refuse a file that says it holds far more bytes than its own size can explain.

    Raises:
        DamagedError: It does.
    """
    on_disk = path.stat().st_size
    if declared > max(_PLAUSIBLE_BYTES, on_disk * _PLAUSIBLE_RATIO):
        raise DamagedError(
            f"{path}: {on_disk:,} bytes that declare {declared:,} bytes of content; "
            "refused as a decompression bomb."
        )


@contextmanager
def damage(path: Path) -> Iterator[None]:
    """Turn whatever is said about bytes that make no sense into a ``DamagedError``."""
    try:
        yield
    except DamagedError:
        raise
    except DataError as error:
        raise DamagedError(f"{path}: {error}") from error
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DamagedError(f"{path}: cannot be read: {error}") from error


def _whole_numbers(column: pa.ChunkedArray, path: Path) -> NDArray[Any]:
    if column.null_count or not pa.types.is_integer(column.type):
        raise DamagedError(f"{path}: column 'count' is {column.type}; expected integers, no nulls.")
    return np.asarray(column)
