"""Does an adapter keep the protocol? Each failure says what to mend."""

from __future__ import annotations

import inspect
from typing import Any

import pyarrow as pa

from x2vec.adapters import Adapter, Events, breaches
from x2vec.errors import X2VecError
from x2vec.progress import silent

__all__ = ["check_adapter"]


def check_adapter(
    adapter: Adapter | type[Adapter], options: Any, *, expected_rows: int | None = None
) -> None:
    """Check that an adapter keeps the protocol on one small source.

    It need not be installed: what is checked is the class, not its entry point.

    Args:
        adapter: The adapter, or its class.
        options: Options that name a small, sound source.
        expected_rows: The rows of that source, where the caller knows.

    Raises:
        AssertionError: What breaks it, and what to mend.

    >>> from x2vec.adapters.baskets import BasketsAdapter, BasketsOptions
    >>> table = pa.table({"order": ["a", "a", "b"], "sku": [7, 8, 7]})
    >>> check_adapter(BasketsAdapter, BasketsOptions(table, "order", "sku"), expected_rows=3)
    """
    made = _made(adapter)
    _check_attributes(made, options)
    raw = _check_batches(made, options)
    n_rows = sum(batch.num_rows for batch in raw)
    _require(
        expected_rows is None or n_rows == expected_rows,
        f"read yields {n_rows} rows; expected {expected_rows}. Yield each row once.",
    )
    again = _check_batches(made, options)
    _require(
        _rows(raw) == _rows(again),
        "reading twice gives different rows. read must start anew at each call, in a fixed order: "
        "keep no state in the adapter, and sort what has no order, such as a directory.",
    )
    _check_border(made, options, n_rows)


def _made(adapter: Adapter | type[Adapter]) -> Adapter:
    if not inspect.isclass(adapter):
        return adapter
    try:
        return adapter()
    except TypeError as error:
        raise AssertionError(
            f"{adapter.__name__}() fails: {error}. x2vec makes an adapter without arguments; what "
            "it needs belongs into its options."
        ) from error


def _check_attributes(adapter: Adapter, options: Any) -> None:
    found = breaches(adapter)
    _require(not found, " ".join(found))
    _require(
        isinstance(options, adapter.options),
        f"check_adapter was given options of type {type(options).__name__}; expected "
        f"{adapter.options.__name__}.",
    )


def _check_batches(adapter: Adapter, options: Any) -> list[pa.RecordBatch]:
    batches = list(adapter.read(options))
    for batch in batches:
        _require(
            isinstance(batch, pa.RecordBatch),
            f"read yields {type(batch).__name__}; expected pyarrow.RecordBatch. "
            "Of a table, yield from table.to_batches().",
        )
        _require(
            batch.schema.equals(batches[0].schema),
            f"batches differ in their schema: {_columns(batches[0])} and {_columns(batch)}. "
            "Give pa.RecordBatch.from_pydict a schema.",
        )
    return batches


def _check_border(adapter: Adapter, options: Any, n_rows: int) -> None:
    """Pass the rows through the border that x2vec passes them through."""
    events = Events(adapter, options, max_missing_share=1.0, listen=silent)
    try:
        n_admitted = sum(batch.num_rows for batch in events)
    except X2VecError as error:
        raise AssertionError(f"x2vec refuses what read yields: {error}") from error
    _require(
        n_rows == 0 or n_admitted > 0,
        f"every row lacks something: {events.set_aside}. Yield some sound rows.",
    )


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)


def _rows(batches: list[pa.RecordBatch]) -> list[dict[str, Any]]:
    return [
        {key: repr(cell) for key, cell in row.items()} for b in batches for row in b.to_pylist()
    ]


def _columns(batch: pa.RecordBatch) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in batch.schema)
