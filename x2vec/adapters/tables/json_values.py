"""JSON columns to Arrow columns of their natural type: text, whole numbers, numbers or truths.

DuckDB hands over a column that mixes 1 and "1" as JSON, in which text still wears its quotes. Such
a column becomes text, and which of its values were numbers is kept, for the rule on ids needs it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["JsonValues", "as_json", "decode_json", "is_json"]


@dataclass(frozen=True)
class JsonValues:
    """A decoded JSON column.

    Attributes:
        values: Of one natural type; still JSON where it holds lists, objects or mixed truths.
        numbers: True where a value of a mixed column was a number; None if the column is not mixed.
    """

    values: pa.Array
    numbers: pa.BooleanArray | None = None


def as_json(texts: pa.Array) -> pa.ExtensionArray:
    """Mark an Arrow array of JSON texts as JSON."""
    return pa.ExtensionArray.from_storage(pa.json_(pa.string()), texts.cast(pa.string()))


def is_json(kind: pa.DataType) -> bool:
    """Say whether a column's type is ``arrow.json``."""
    return isinstance(kind, pa.BaseExtensionType) and kind.extension_name == "arrow.json"


def decode_json(column: pa.Array) -> JsonValues:
    """Decode a JSON column; JSON's null becomes null.

    >>> decode_json(as_json(pa.array(['1', '"1"', None]))).values.to_pylist()
    ['1', '1', None]
    >>> decode_json(as_json(pa.array(['1', '2']))).values.type
    DataType(int64)
    """
    texts = column.storage.cast(pa.string())
    texts = pc.if_else(pc.equal(texts, "null"), None, texts)
    n_values = len(texts) - texts.null_count
    strings = pc.starts_with(texts, '"')
    numbers = pc.match_substring_regex(texts, r"^-?[0-9]")
    n_strings, n_numbers = (pc.sum(mask).as_py() or 0 for mask in (strings, numbers))
    if n_strings == n_values:
        return JsonValues(_unquoted(texts))
    if n_numbers == n_values:
        return JsonValues(_as_numbers(texts))
    if n_strings + n_numbers == n_values:
        strings = strings.fill_null(False)
        bare = pc.replace_with_mask(texts, strings, _unquoted(texts.filter(strings)))
        return JsonValues(bare, numbers)
    if pc.all(pc.is_in(texts.drop_null(), pa.array(["true", "false"]))).as_py():
        return JsonValues(pc.equal(texts, "true"))
    return JsonValues(as_json(texts))


def _unquoted(texts: pa.StringArray) -> pa.StringArray:
    """Take off the quotes; only texts with an escape in them go through a JSON parser."""
    if not pc.any(pc.match_substring(texts, "\\")).as_py():
        return pc.binary_slice(texts.cast(pa.binary()), 1, -1).cast(pa.string())
    distinct = texts.dictionary_encode()
    words = pa.array([json.loads(text) for text in distinct.dictionary.to_pylist()], pa.string())
    return words.take(distinct.indices)


def _as_numbers(texts: pa.StringArray) -> pa.Array:
    whole = pc.all(pc.match_substring_regex(texts, r"^-?[0-9]+$")).as_py()
    for kind in (pa.int64(), pa.uint64()) if whole else ():
        try:
            return texts.cast(kind)
        except pa.ArrowInvalid:  # beyond that type
            continue
    return texts.cast(pa.float64())
