"""One value of a job file against the type of its field, and how messages spell it."""

from __future__ import annotations

import datetime
import json
import types
from typing import Any, Union, get_args, get_origin

__all__ = ["check_value", "value_text", "without_none"]

_SHOWN = 60  # characters of a value: what fits beside its key and the reason on one line


def check_value(annotation: Any, value: Any) -> Any:
    """Return a value as its field holds it.

    The rules are pydantic's strict ones for JSON: a whole number may become a float, a list a tuple
    or a set, text a path; ``"64"`` and ``true`` are no numbers. NaN and infinity are refused.

    Args:
        annotation: The field's type.
        value: What tomllib read.

    Raises:
        ValueError: The value does not fit; the message says only what was expected.

    Example:
        >>> check_value(tuple[float, ...], [1, 0.5])
        (1.0, 0.5)
        >>> check_value(int | None, "64")
        Traceback (most recent call last):
        ValueError: expected a valid integer
    """
    from pydantic import ConfigDict, TypeAdapter, ValidationError

    rules = ConfigDict(strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)
    adapter: TypeAdapter[Any] = TypeAdapter(without_none(annotation), config=rules)
    try:
        if isinstance(value, datetime.date | datetime.time):  # JSON would make them text
            return adapter.validate_python(value)
        return adapter.validate_json(_json(value))
    except ValidationError as error:
        reasons = (found["msg"].removeprefix("Input should be ") for found in error.errors())
        raise ValueError(f"expected {' or '.join(dict.fromkeys(reasons))}") from None


def value_text(value: Any) -> str:
    """Spell a value as it may stand in TOML, on one line, cut where it is long.

    Example:
        >>> value_text("five"), value_text([1, True])
        ('"five"', '[1, true]')
    """
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in _json(value))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def without_none(annotation: Any) -> Any:
    """Turn ``X | None`` into ``X``: TOML has no null, a key is there or not."""
    if get_origin(annotation) in (Union, types.UnionType):
        return Union[tuple(a for a in get_args(annotation) if a is not types.NoneType)]  # noqa: UP007 - made of parts
    return annotation


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):  # Python spells no whole number of many digits
        return '"(too long to show)"'
