"""Times written as text, in ISO 8601, to microseconds since 1970 UTC."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters.base import Place
from x2vec.adapters.border.casts import CastFailed, cast_rows
from x2vec.errors import SourceError

__all__ = ["has_zone", "parse_iso"]

_ZONE: Final = r"[T ][0-9:.]+(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
_BEYOND_MICROSECONDS: Final = r"(\.[0-9]{6})[0-9]+"


def has_zone(texts: pa.StringArray) -> pa.BooleanArray:
    """Say of each text whether it ends in ``Z`` or in an offset such as ``+02:00``.

    >>> has_zone(pa.array(["2014-04-07", "2014-04-07T00:01:23Z"])).to_pylist()
    [False, True]
    """
    return pc.match_substring_regex(texts, _ZONE)


def parse_iso(texts: pa.StringArray, *, zoned: bool, place: Place) -> pa.Int64Array:
    """Return microseconds since 1970 UTC; finer fractions are cut off.

    Args:
        texts: ``(n_rows,)``, null where there is no time.
        zoned: True where all texts have a zone; otherwise none has, and UTC is meant.
        place: Where the texts come from.

    Raises:
        SourceError: A text is no time in ISO 8601.
    """
    kind = pa.timestamp("us", "UTC" if zoned else None)
    if pc.any(pc.match_substring_regex(texts, _BEYOND_MICROSECONDS)).as_py():
        texts = pc.replace_substring_regex(texts, _BEYOND_MICROSECONDS, r"\1")
    try:
        return cast_rows(texts, lambda part: part.cast(kind)).cast(pa.int64())
    except CastFailed as failed:
        raise SourceError(
            f"{place.at(failed.index)}: time is '{failed.value.as_py()}'; expected ISO 8601, such "
            "as 2014-04-07 00:01:23 or 2014-04-07T00:01:23+02:00. Other forms: use sql with "
            "strptime(...)."
        ) from failed
