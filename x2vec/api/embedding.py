"""Vectors of new items from a store: embed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from x2vec import jobs as _jobs
from x2vec.jobs import Embedded
from x2vec.progress import Listener, silent

__all__ = ["embed"]


def embed(
    store: str | Path,
    items: Any,
    *,
    output: str | Path | None = None,
    append: bool = False,
    version: str | None = None,
    listen: Listener = silent,
    **columns: Any,
) -> Embedded:
    """Infer vectors of new items from what a store knows of the old ones.

    The ladder is fitted to the columns that the store keeps of its items, each time anew; see
    ``ColdStart``. Items with a trained vector are left out, and counted.

    Args:
        store: A store, or a saved directory that is not appended to.
        items: The new items: a table with ``__arrow_c_stream__``, or the path of Parquet, CSV or
            JSON Lines files, with the columns that the store's were inferred from.
        output: A Parquet file to write: ``item_id``, ``source``, ``confidence``, ``embedding``, and
            ``context_embedding`` where the store has context vectors. What was there is replaced
            once it is written whole.
        append: Whether to publish a version of the store with these items. Items that have an
            inferred vector get a new one; where the latest version has this very table already, or
            the table holds no item that is not trained, nothing is done.
        version: The version that is asked; None takes the latest.
        listen: Hears progress and notices.
        columns: Fields of ``ColdStart``. Where one of them names columns, such as ``text="title"``,
            they stand in the place of what the store says; else they change what it says.

    Returns:
        What was done; its ``inferred`` are the vectors.

    Raises:
        ConfigError: The store does not say how its items are inferred, and no column is named.
        UsageError: Something is to be appended to what is no store, or to an old version.
        SourceError: The table cannot be read, lacks a column, holds an item twice, or a column of
            another type than the store.
        StorageError: Reading or writing failed, or another version was published meanwhile.
        NothingLeftError: The store says something of fewer than 50 trained items.
    """
    return _jobs.embed_items(
        store,
        items,
        output=output,
        append=append,
        version=version,
        columns=columns,
        listen=listen,
    )
