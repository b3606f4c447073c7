"""The one rule on times: UTC microseconds, or positions; one kind and one unit per source.

Timestamps with a zone go to UTC, those without are taken as UTC, and a mix of the two is refused,
as is a year outside 1990 to 2100, which is nearly always a wrong unit.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from x2vec.adapters.base import Place, TimeUnit
from x2vec.adapters.border.casts import CastFailed, cast_rows, is_text, plain, to_text, type_name
from x2vec.adapters.border.checked import Checked, reasons
from x2vec.adapters.border.iso_times import has_zone, parse_iso
from x2vec.adapters.border.number_times import NumberTimes
from x2vec.adapters.border.time_units import to_moments
from x2vec.adapters.tables.json_values import decode_json, is_json
from x2vec.errors import SourceError

__all__ = ["TimeColumn"]

_NUMBER: Final = r"^[+-]?[0-9]+(\.[0-9]*)?$"
_DAY_SECONDS: Final = 86_400

_ZONED: Final = "times with a time zone"
_NAIVE: Final = "times without a time zone"
_NUMBERS: Final = "bare numbers"


class TimeColumn:
    """The time column over all batches of a source: what the first settles, the others keep to."""

    def __init__(self, unit: TimeUnit = "auto") -> None:
        self._unit = unit
        self._kind: str | None = None
        self._numbers = NumberTimes(unit)

    def read(self, column: pa.Array, place: Place) -> Checked:
        """Check the column of one batch.

        Raises:
            SourceError: A type that is no time, a value that does not parse, a mix of kinds, a
                unit in doubt, or a year outside 1990 to 2100.
        """
        column = plain(column)
        if is_json(column.type):
            column = decode_json(column).values
        null, empty, nan = column.is_null(), None, None
        if is_text(column.type):
            column, empty = _read_text(column, place)
        if pt.is_floating(column.type):
            nan = pc.is_nan(column).fill_null(False)
            column = pc.if_else(nan, None, column)
        if column.null_count == len(column):
            values = pa.nulls(len(column), pa.int64())
        else:
            values = self._values(column, place)
        return Checked(values, reasons("time", null=null, empty=empty, NaN=nan))

    def notes(self) -> list[str]:
        """Return what the user should know, a sentence each."""
        naive = ["time: no time zone is given; taken as UTC"] if self._kind == _NAIVE else []
        return naive + self._numbers.notes

    def _values(self, column: pa.Array, place: Place) -> pa.Array:
        kind = column.type
        if pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind):
            self._settle(_NUMBERS, place)
            return self._numbers.read(column, place)
        if is_text(kind):
            is_zoned = _one_zoning(column, place)
            self._settle(_ZONED if is_zoned else _NAIVE, place)
            micros = parse_iso(column, zoned=is_zoned, place=place)
            return to_moments(micros, "us", place, remedy="")
        if pt.is_timestamp(kind):
            self._settle(_NAIVE if kind.tz is None else _ZONED, place)
            remedy = "It looks like {name} that were converted as another unit."
            return to_moments(column.cast(pa.int64()), kind.unit, place, remedy=remedy)
        if pt.is_date(kind):
            self._settle(_NAIVE, place)
            days = column.cast(pa.date32()).cast(pa.int32()).cast(pa.int64())
            return to_moments(pc.multiply(days, _DAY_SECONDS), "s", place, remedy="")
        raise SourceError(
            f"{place.source}: time is of type {type_name(kind)}; expected timestamps, dates, "
            "ISO 8601 text or numbers. Choose another column."
        )

    def _settle(self, kind: str, place: Place) -> None:
        if self._kind is None:
            if kind != _NUMBERS and self._unit != "auto":
                needed = "whole numbers" if self._unit == "position" else "numbers"
                raise SourceError(
                    f'{place.source}: time_unit = "{self._unit}" needs {needed}, and time holds '
                    f"{kind}. Leave time_unit out."
                )
            self._kind = kind
        elif self._kind != kind:
            raise _mix(f"{place.at(0)} and after", kind, self._kind)


def _read_text(column: pa.Array, place: Place) -> tuple[pa.Array, pa.BooleanArray]:
    """Set empty texts aside; texts that are all numbers become numbers, as in a CSV."""
    try:
        texts = cast_rows(column, to_text)
    except CastFailed as failed:
        raise SourceError(f"{place.at(failed.index)}: time is no UTF-8 text.") from failed
    empty = pc.equal(pc.binary_length(texts), 0).fill_null(False)
    if empty.true_count:
        texts = pc.if_else(empty, None, texts)
    if not pc.all(pc.match_substring_regex(texts, _NUMBER), min_count=0).as_py():
        return texts, empty
    try:
        return texts.cast(pa.int64()), empty
    except pa.ArrowInvalid:  # fractions, or beyond 2^63
        return texts.cast(pa.float64()), empty


def _one_zoning(texts: pa.StringArray, place: Place) -> bool:
    """Say whether all texts have a zone or none has."""
    zoned = has_zone(texts)
    is_zoned = bool(zoned.drop_null()[0].as_py())
    others = pc.not_equal(zoned, is_zoned).fill_null(False)
    if others.true_count:
        index = int(np.flatnonzero(others.to_numpy(zero_copy_only=False))[0])
        kinds = (_NAIVE, _ZONED) if is_zoned else (_ZONED, _NAIVE)
        raise _mix(place.at(index), *kinds)
    return is_zoned


def _mix(where: str, found: str, before: str) -> SourceError:
    return SourceError(
        f"{where}: time holds {found}, and before {before}, so the order is unknown. "
        "Bring all rows to one kind."
    )
