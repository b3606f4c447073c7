"""A column of ratings: numbers, however they are stored, or an error that names the row."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from x2vec.adapters.base import Place
from x2vec.adapters.border.casts import CastFailed, cast_rows, is_text, plain, to_text
from x2vec.adapters.border.checked import Checked, reasons
from x2vec.adapters.tables.json_values import decode_json, is_json
from x2vec.errors import SourceError

__all__ = ["read_scores"]


def read_scores(column: pa.Array, place: Place) -> Checked:
    """Read one batch of ratings as float64, null where a rating is null, NaN or empty text.

    Truths are 1 and 0.

    Raises:
        SourceError: A rating is no number, or not finite.

    >>> read_scores(pa.array(["4.5", "", "3"]), Place("ratings.csv", 1)).values.to_pylist()
    [4.5, None, 3.0]
    """
    column = plain(column)
    if is_json(column.type):
        column = decode_json(column).values
    null, empty = column.is_null(), None
    if is_text(column.type):
        column = pc.utf8_trim_whitespace(_cast(column, to_text, place))
        empty = pc.equal(column, "").fill_null(False)
        column = pc.if_else(empty, None, column)
    if pt.is_temporal(column.type) or pt.is_nested(column.type) or is_json(column.type):
        raise SourceError(
            f"{place.source}: the ratings are of type {column.type}; expected numbers. "
            "Choose another column."
        )
    values = _cast(column, lambda part: part.cast(pa.float64()), place)
    nan = pc.is_nan(values).fill_null(False)
    values = pc.if_else(nan, None, values)
    infinite = pc.is_inf(values).fill_null(False)
    if infinite.true_count:
        raise _no_number(place, infinite.index(True).as_py(), "infinite")
    return Checked(values, reasons("rating", null=null, empty=empty, NaN=nan))


def _cast(column: pa.Array, cast: Callable[[pa.Array], pa.Array], place: Place) -> pa.Array:
    try:
        return cast_rows(column, cast)
    except CastFailed as failed:
        raise _no_number(place, failed.index, repr(failed.value.as_py())) from failed


def _no_number(place: Place, index: int, found: str) -> SourceError:
    return SourceError(
        f"{place.at(index)}: the rating is {found}; expected a number, such as 4 or 4.5. Mend or "
        "remove the row, or name another column as rating."
    )
