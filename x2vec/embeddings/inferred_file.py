"""A file of inferred vectors, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow.parquet as pq

from x2vec.embeddings.durable import (
    check_platform,
    check_space,
    making_directory,
    storage_errors,
    sync_directory,
    writing,
)
from x2vec.embeddings.inferred import Inferred
from x2vec.errors import ConfigError, StorageError

__all__ = ["check_inferred_file", "write_inferred"]

_GROUP_ROWS = 16_384  # as of a store's items


def check_inferred_file(path: Path) -> None:
    """Refuse a path that no file of inferred vectors can have, before they are inferred.

    Raises:
        ConfigError: It does not end in ``.parquet``.
        StorageError: Something else is there.
    """
    if path.suffix != ".parquet":
        raise ConfigError(f"{path}: inferred vectors are written as Parquet; end it in .parquet.")
    if not os.path.lexists(path):
        return
    try:
        columns = pq.read_schema(path).names if path.is_file() and not path.is_symlink() else []
    except (OSError, ValueError):  # ArrowInvalid is a ValueError
        columns = []
    if columns[:4] != ["item_id", "source", "confidence", "embedding"]:
        raise StorageError(
            f"{path}: something else is there, no inferred vectors; it is never overwritten."
        )


def write_inferred(inferred: Inferred, path: Path) -> None:
    """Write ``item_id, source, confidence, embedding`` and ``context_embedding`` to a file.

    What was there stays until the new one is on disk, and is then replaced.

    Raises:
        ConfigError, StorageError: As ``check_inferred_file``; or the disk is full or refuses.
    """
    check_platform()
    check_inferred_file(path)
    table = inferred.to_arrow()
    beside = path.with_name(f".{path.name}.staging-{os.getpid()}")
    with storage_errors(path.parent, table.nbytes), making_directory(path.parent):
        check_space(path.parent, table.nbytes)
        try:
            beside.unlink(missing_ok=True)
            with writing(beside) as file:
                pq.write_table(
                    table,
                    file,
                    row_group_size=_GROUP_ROWS,
                    version="2.6",
                    compression="zstd",
                    use_dictionary=["source"],
                    write_page_checksum=True,
                )
            beside.replace(path)
            sync_directory(path.parent)
        finally:
            beside.unlink(missing_ok=True)
