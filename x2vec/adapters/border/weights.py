"""The one rule on weights and kinds: finite numbers from 0 on, and text; null where unknown."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from x2vec.adapters.base import KIND, WEIGHT, Place
from x2vec.adapters.border.casts import CastFailed, cast_rows, plain
from x2vec.adapters.tables.json_values import decode_json, is_json
from x2vec.errors import SourceError

__all__ = ["read_kinds", "read_weights"]

_LARGEST: Final = float(np.finfo(np.float32).max)


def read_weights(column: pa.Array, place: Place) -> pa.Array:
    """Return weights as float64; NaN is null.

    Raises:
        SourceError: A value is no number, below 0, or beyond what float32 holds; names the row.
    """
    weights = _cast(column, pa.float64(), WEIGHT, place)
    weights = pc.if_else(pc.is_nan(weights), None, weights)
    fits = pc.and_(pc.greater_equal(weights, 0), pc.less_equal(weights, _LARGEST))
    if fits.false_count:
        index = fits.index(False).as_py()
        raise SourceError(
            f"{place.at(index)}: weight is {weights[index].as_py()}; expected a number from 0 to "
            f"{_LARGEST:.3g}. Mend or remove the row."
        )
    return weights


def read_kinds(column: pa.Array, place: Place) -> pa.Array:
    """Return kinds as text; empty text is null.

    Raises:
        SourceError: A value cannot be read as text; names the row.
    """
    kinds = _cast(column, pa.string(), KIND, place)
    return pc.if_else(pc.equal(pc.binary_length(kinds), 0), None, kinds)


def _cast(column: pa.Array, kind: pa.DataType, name: str, place: Place) -> pa.Array:
    column = plain(column)
    if is_json(column.type):
        column = decode_json(column).values
    if pt.is_nested(column.type) or (pt.is_boolean(column.type) and name == WEIGHT):
        raise SourceError(
            f"{place.source}: {name} is of type {column.type}; expected "
            f"{'numbers' if name == WEIGHT else 'text'}. Choose another column."
        )
    try:
        return cast_rows(column, lambda part: part.cast(kind))
    except CastFailed as failed:
        raise SourceError(
            f"{place.at(failed.index)}: {name} is {failed.value.as_py()!r}, which cannot be read "
            f"as {kind}. Mend or remove the row."
        ) from failed
