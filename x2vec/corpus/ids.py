"""Ids held in Python's lists, brought to Arrow by the border's rule on ids.

A list may mix what a column cannot. Where numbers and text both occur, all become text, because
``1`` and ``"1"`` must not turn into two items by the accident of who wrote them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters import Place, mixed_note, normalise_ids
from x2vec.adapters.tables.memory import to_arrow
from x2vec.errors import SourceError

__all__ = ["id_array"]


def id_array(values: Sequence[Any], *, what: str = "item") -> tuple[pa.Array, tuple[str, ...]]:
    """Bring ids into one Arrow array of int64 or string, null where an id is missing.

    Args:
        values: Text and whole numbers, Python's or NumPy's. ``None``, NaN and the empty text are
            missing ids.
        what: What the ids name, for messages.

    Returns:
        The array, as long as ``values``, and notes on what was decided.

    Raises:
        SourceError: A value that the border would refuse; the message counts it from 1.

    Example:
        >>> id_array([1, "1", "a"])[0].to_pylist()
        ['1', '1', 'a']
    """
    kinds = dict.fromkeys(type(value) for value in values if value is not None)
    columns = [_of_kind(values, kind, what) for kind in kinds]
    numbers, texts = (
        [column for column in columns if column.type == kind and column.null_count < len(column)]
        for kind in (pa.int64(), pa.string())
    )
    if not texts:
        return pc.coalesce(pa.nulls(len(values), pa.int64()), *numbers), ()
    as_text = [column.cast(pa.string()) for column in numbers]
    notes: tuple[str, ...] = ()
    if numbers:
        both = set().union(*map(_distinct, as_text)) & set().union(*map(_distinct, texts))
        notes = (mixed_note(f"{what}_id", len(both), min(both, default=None)),)
    return pc.coalesce(*texts, *as_text), notes


def _of_kind(values: Sequence[Any], kind: type, what: str) -> pa.Array:
    """Return the ids of one of Python's types, null where a value is of another."""
    place = Place(f"the {what} ids", 1)
    alone = [value if type(value) is kind else None for value in values]
    try:
        column = to_arrow(alone, name=f"{what}_id", place=place)
    except pa.ArrowException as error:
        row = next(row for row, value in enumerate(alone) if value is not None)
        raise SourceError(
            f"{place.at(row)}: {what}_id is of type {kind.__name__}; ids are text or whole numbers."
        ) from error
    return normalise_ids(column, name=f"{what}_id", place=place)


def _distinct(texts: pa.Array) -> set[str]:
    return set(texts.unique().drop_null().to_pylist())
