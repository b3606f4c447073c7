"""One value of a job file against the type of its field."""

from __future__ import annotations

import datetime
import types
from typing import Any, Union, get_args, get_origin

from x2vec.jobs.toml.wording import expected, toml_text

__all__ = ["check_value", "without_none"]

_BOUNDS = frozenset(
    (
        "finite_number",
        "greater_than",
        "greater_than_equal",
        "less_than",
        "less_than_equal",
        "multiple_of",
        "string_pattern_mismatch",
        "string_too_long",
        "string_too_short",
        "too_long",
        "too_short",
    )
)
"""The kinds of pydantic's errors that speak of a bound, not of a type."""


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
        >>> check_value(int, "64")
        Traceback (most recent call last):
        ValueError: expected a whole number
    """
    from pydantic import ConfigDict, TypeAdapter, ValidationError

    rules = ConfigDict(strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)
    adapter: TypeAdapter[Any] = TypeAdapter(annotation, config=rules)
    try:
        if isinstance(value, datetime.date | datetime.time):  # JSON would make them text
            return adapter.validate_python(value)
        made = adapter.validate_json(toml_text(value))
    except ValidationError as error:
        bounds = [found["msg"] for found in error.errors() if found["type"] in _BOUNDS]
        reason = bounds[0].replace("Input", "it") if bounds else f"expected {expected(annotation)}"
        raise ValueError(reason) from None
    if isinstance(value, bool) and not isinstance(made, bool):  # Literal[1] takes true
        raise ValueError(f"expected {expected(annotation)}")
    return made


def without_none(annotation: Any) -> Any:
    """Turn ``X | None`` into ``X``: TOML has no null, a key is there or not.

    Example:
        >>> without_none(int | None), without_none(int | str | None)
        (<class 'int'>, int | str | None)
    """
    if get_origin(annotation) in (Union, types.UnionType):
        some = [argument for argument in get_args(annotation) if argument is not types.NoneType]
        return some[0] if len(some) == 1 else annotation
    return annotation
