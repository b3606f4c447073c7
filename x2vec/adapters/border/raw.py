"""The batches of an adapter as they come, with its failures told in one way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from x2vec.adapters.base import ITEM_ID, KIND, SEQUENCE_ID, TIME, WEIGHT, Adapter
from x2vec.adapters.tables.duck import interruptible
from x2vec.errors import SourceError, X2VecError

__all__ = ["raw_batches"]

_KNOWN = (SEQUENCE_ID, ITEM_ID, TIME, WEIGHT, KIND)


def raw_batches(adapter: Adapter, options: Any) -> Iterator[pa.RecordBatch]:
    """Yield what the adapter reads, checked for its columns.

    Raises:
        SourceError: The adapter fails with an error of its own, yields what is no batch of
            events, or changes its columns on the way. Errors of x2vec pass with the adapter's
            name put before them, and ``KeyboardInterrupt`` passes as it is.
    """
    rows = 0
    columns: list[str] | None = None
    try:
        with interruptible():
            for batch in adapter.read(options):
                _check_columns(batch)
                columns = columns or sorted(batch.schema.names)
                if sorted(batch.schema.names) != columns:
                    raise SourceError(
                        f"a batch has the columns {', '.join(sorted(batch.schema.names))} after "
                        f"{rows:,} rows; expected {', '.join(columns)}, as in the first batch. "
                        "Fill what is missing with nulls."
                    )
                rows += batch.num_rows
                yield batch
    except X2VecError as error:
        error.args = (f"adapter '{adapter.name}': {error}",)
        raise
    except Exception as error:  # a plug-in may fail in any way
        raise SourceError(
            f"adapter '{adapter.name}' failed after {rows:,} rows: {type(error).__name__}: {error}"
        ) from error


def _check_columns(batch: Any) -> None:
    if not isinstance(batch, pa.RecordBatch):
        raise SourceError(
            f"read yielded {type(batch).__name__}; expected pyarrow.RecordBatch "
            "(a Table has to_batches())."
        )
    names = batch.schema.names
    missing = [name for name in (SEQUENCE_ID, ITEM_ID) if name not in names]
    unknown = sorted(set(names) - set(_KNOWN))
    if missing or unknown or len(set(names)) < len(names):
        raise SourceError(
            f"a batch has the columns {', '.join(names)}; expected {SEQUENCE_ID} and {ITEM_ID}, "
            f"optionally {TIME}, {WEIGHT} and {KIND}, and no others."
        )
