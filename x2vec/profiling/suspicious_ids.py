"""What is suspicious about ids: floats written as text, and spellings of one thing."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.profiling.finding import Finding, percent

__all__ = ["float_ids", "spellings"]

_FLOAT: Final = r"^-?\d+\.0+$|^-?\d\.\d+[eE]\+\d+$"
"""A whole number that went through a float: 12.0, or 1.2345e+15."""

_FLOAT_SHARE: Final = 0.1
"""A few ids of this form may be versions or prices; a tenth of all are not."""

_SPELLING_WARNING: Final = 0.01
"""Share of the events from which on spellings are more than a blemish."""


def float_ids(ids: pa.Array, *, what: str) -> Finding | None:
    """Find ids of text that look like floats: many of them, or one beside its whole number.

    Args:
        ids: (n,) string or int64, distinct.
        what: ``"item"`` or ``"sequence"``.
    """
    if not pa.types.is_string(ids.type) or not len(ids):
        return None
    floats = ids.filter(pc.match_substring_regex(ids, _FLOAT))
    if not len(floats):
        return None
    whole = pc.replace_substring_regex(floats, r"\.0+$", "")
    twins = floats.filter(pc.is_in(whole, value_set=ids))
    share = len(floats) / len(ids)
    if share < _FLOAT_SHARE and not len(twins):
        return None
    one = (twins if len(twins) else floats)[0].as_py()
    beside = f", of which {len(twins):,} are there as whole numbers too" if len(twins) else ""
    return Finding(
        f"float_{what}_ids",
        "warning" if len(twins) else "note",
        f"{len(floats):,} of {len(ids):,} {what} ids ({percent(share)}) look like floats{beside}.",
        share,
        repr(one) + (f" beside {one.split('.')[0]!r}" if len(twins) else ""),
        "A tool before turned whole numbers into floats, as pandas does where ids are missing. "
        f"Write the {what} column as whole numbers (Int64 in pandas), or cast it in sql = ...: "
        "CAST(CAST(id AS DOUBLE) AS BIGINT).",
    )


def spellings(ids: pa.Array, events_of: NDArray[np.int64] | None, *, what: str) -> Finding | None:
    """Find ids that differ only in upper and lower case, or in blanks around them.

    Args:
        ids: (n,) string or int64, distinct.
        events_of: (n,) how many events each has, for the share of them; of all ids without.
        what: ``"item"`` or ``"sequence"``.
    """
    if not pa.types.is_string(ids.type) or not len(ids):
        return None
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(ids)).dictionary_encode()
    groups = np.asarray(plain.indices)
    several = np.bincount(groups)[groups] > 1
    if not several.any():
        return None
    weights = np.ones(len(ids), np.int64) if events_of is None else events_of
    share = float(weights[several].sum() / weights.sum())
    first = int(np.flatnonzero(several)[0])
    same = np.flatnonzero(groups == groups[first])[:3]
    example = ", ".join(repr(one) for one in ids.take(pa.array(same)).to_pylist())
    n = int(several.sum())
    of_events = "" if events_of is None else f", with {percent(share)} of the events"
    return Finding(
        f"{what}_spellings",
        "warning" if share >= _SPELLING_WARNING else "note",
        f"{n:,} {what} ids differ from another only in case or blanks around them{of_events}.",
        share,
        example,
        f"If they mean one {what}, write them alike in sql = ...: SELECT * REPLACE "
        "(upper(trim(id)) AS id) FROM source, with the name of the column for id.",
    )
