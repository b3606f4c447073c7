"""The one rule for ids held in memory: whole numbers stay numbers, text stays text.

Where both occur, all become text, because ``1`` and ``"1"`` must not turn into two items by the
accident of who wrote them; how many such pairs met is reported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from x2vec.errors import SourceError

__all__ = ["id_array", "mixed_note"]

_LARGEST = 2**63 - 1


def id_array(values: Sequence[Any], *, what: str = "item") -> tuple[pa.Array, tuple[str, ...]]:
    """Bring ids into one Arrow array of int64 or string, null where an id is missing.

    Args:
        values: ``str``, ``int`` and integral ``float`` values, Python's or NumPy's. ``None``,
            NaN and the empty text are missing ids.
        what: What the ids name, for messages.

    Returns:
        The array, as long as ``values``, and notes on what was decided.

    Raises:
        SourceError: An id of another type, a fraction, a number outside int64, or text that is
            not valid Unicode; the message gives its position.

    Example:
        >>> id_array([1, "1", "a"])[0].to_pylist()
        ['1', '1', 'a']
    """
    kinds = {type(value) for value in values}
    if not kinds <= {str, type(None)}:
        values = [_plain(value, row, what) for row, value in enumerate(values)]
    texts = {value for value in values if isinstance(value, str)}
    if not texts:
        return pa.array(values, pa.int64()), ()
    numbers = {value for value in values if isinstance(value, int)}
    notes: tuple[str, ...] = ()
    if numbers:
        collisions = sum(str(number) in texts for number in numbers)
        notes = (mixed_note(what, collisions),)
        values = [str(value) if isinstance(value, int) else value for value in values]
    try:
        return pa.array([value or None for value in values], pa.string()), notes
    except UnicodeEncodeError as error:
        row = next(i for i, value in enumerate(values) if value and not _is_unicode(value))
        raise SourceError(
            f"{what} id at position {row} is not valid Unicode: {values[row]!r} holds a lone "
            "surrogate, which no Parquet file can hold. Decode the source with the right encoding."
        ) from error


def mixed_note(what: str, collisions: int) -> str:
    """Say that ids came both as numbers and as text, and how many met as the same text."""
    return (
        f"{what} ids came both as numbers and as text: all are text now; "
        f"{collisions:,} of the numbers met the same text"
    )


def _plain(value: Any, row: int, what: str) -> str | int | None:
    """Return one id as str, int or None for missing."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, (bool, np.bool_)):
        raise SourceError(f"{what} id at position {row} is {value!r}; ids are text or numbers.")
    if isinstance(value, (float, np.floating)):
        if math.isnan(value):
            return None
        if not float(value).is_integer():
            raise SourceError(
                f"{what} id at position {row} is {value!r}, a fraction; ids are text or whole "
                "numbers. Convert the column to text if these really are ids."
            )
        value = int(value)
    if isinstance(value, (int, np.integer)):
        if not -_LARGEST <= value <= _LARGEST:
            raise SourceError(f"{what} id at position {row}, {value}, is outside int64; use text.")
        return int(value)
    raise SourceError(
        f"{what} id at position {row} is of type {type(value).__name__}; "
        "ids are text or whole numbers."
    )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
