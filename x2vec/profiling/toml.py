"""Chosen settings as TOML, whole sections that take the place of a job's own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from x2vec.profiling.choices import Choice

__all__ = ["written"]


def written(choices: Sequence[Choice], settings: Mapping[str, Mapping[str, Any]]) -> str:
    """Write the choices as TOML, with what a job says beside them in the same sections.

    Args:
        choices: Keys without a value are left out.
        settings: Sections with plain values, lists or flat mappings.

    Example:
        >>> chosen = [Choice("model", "window", 5, "order means something")]
        >>> print(written(chosen, {"model": {"window": 9, "epochs": 3}}))
        [model]
        window = 5
        epochs = 3
    """
    sections = dict.fromkeys(one.section for one in choices)
    return "\n\n".join(_section(name, choices, settings.get(name, {})) for name in sections)


def _section(name: str, choices: Sequence[Choice], said: Mapping[str, Any]) -> str:
    here = {one.key: one.value for one in choices if one.section == name}
    others = {key: value for key, value in said.items() if key not in here}
    lines = [
        f"{key} = {_value(value)}" for key, value in {**here, **others}.items() if value is not None
    ]
    return "\n".join([f"[{name}]", *lines])


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = (f"{key} = {_value(one)}" for key, one in value.items() if one is not None)
        return f"{{ {', '.join(inside)} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)
