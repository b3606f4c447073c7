"""Columns of Python's values, which may mix numbers and text as no Arrow column can."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pyarrow as pa

from x2vec.adapters.base import Place
from x2vec.adapters.tables.json_values import as_json
from x2vec.adapters.tables.memory import to_arrow
from x2vec.errors import SourceError

__all__ = ["column_of"]


def column_of(values: Sequence[Any], *, name: str, place: Place) -> pa.Array:
    """Convert values to Arrow; numbers and text together become JSON, for the border to settle.

    Args:
        values: None is null.
        name: What messages call the column.
        place: Where the values come from.

    Raises:
        SourceError: The values are of types that fit into no column, a text is no Unicode, or a
            whole number lies beyond 2^63-1; names the row.

    >>> column_of([1, None, 2], name="id", place=Place("a list", 1)).type
    DataType(int64)
    >>> column_of([1, "1", None], name="id", place=Place("a list", 1)).storage.to_pylist()
    ['1', '"1"', None]
    """
    kinds = {type(value) for value in values} - {type(None)}
    if UUID in kinds:
        values = [str(value) if isinstance(value, UUID) else value for value in values]
        kinds = kinds - {UUID} | {str}
    if str in kinds and kinds & {int, float} and kinds <= {str, int, float}:
        texts = to_arrow([_as_text(value) for value in values], name=name, place=place)
        return as_json(texts)
    try:
        return to_arrow(values, name=name, place=place)
    except (pa.ArrowException, TypeError, ValueError) as error:
        shown = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise SourceError(
            f"{place.source}: the column '{name}' holds values of type {shown} ({error}). "
            "Make it one type."
        ) from error


def _as_text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return json.dumps(value, ensure_ascii=False)
