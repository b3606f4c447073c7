"""A config as plain data for the manifest, and the fingerprint that tells two configs apart."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import hashlib
import json
import math
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import PurePath
from typing import Any

from x2vec.adapters import without_secrets
from x2vec.errors import ConfigError

__all__ = ["fingerprint", "to_dict"]


def to_dict(config: Any) -> dict[str, Any]:
    """Return a config's fields as JSON holds them.

    Dataclasses and mappings become dicts, sequences lists, sets sorted lists, paths and dates
    text, enums their value; the numbers that JSON cannot hold become ``"nan"`` and ``"inf"``. What
    is secret in addresses is hidden.

    Args:
        config: A dataclass of fields of these types; one without fields gives an empty dict.

    Raises:
        ConfigError: A field holds something else, such as a table; its name and type are given.

    Example:
        >>> from dataclasses import dataclass
        >>> @dataclass(frozen=True)
        ... class Model:
        ...     alpha: float = 0.025
        ...     layers: tuple[int, ...] = (64, 32)
        >>> to_dict(Model())
        {'alpha': 0.025, 'layers': [64, 32]}
    """
    return {
        field.name: _plain(getattr(config, field.name), field.name)
        for field in dataclasses.fields(config)
        if field.init
    }


def fingerprint(config: Any, *, leave_out: Collection[str] = ()) -> str:
    """Return the sha256, in hexadecimal, of a config's canonical JSON.

    The order of fields does not count, nor whether a whole number is written ``1`` or ``1.0``.

    Args:
        config: A dataclass, as for ``to_dict``.
        leave_out: Fields that do not count.

    Raises:
        ConfigError: As ``to_dict``.

    Example:
        >>> from dataclasses import dataclass
        >>> @dataclass(frozen=True)
        ... class Model:
        ...     alpha: float = 0.025
        >>> fingerprint(Model())[:8]  # sha256 of {"alpha":0.025}
        'af4718ce'
    """
    counted = {key: value for key, value in to_dict(config).items() if key not in leave_out}
    text = json.dumps(_whole(counted), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: Any, where: str) -> Any:
    """Turn one value into what JSON holds; ``where`` names it in the error."""
    if isinstance(value, enum.Enum):
        return _plain(value.value, where)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return without_secrets(str(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return to_dict(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inside, f"{where}.{key}") for key, inside in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((_plain(inside, where) for inside in value), key=repr)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(inside, f"{where}[{n}]") for n, inside in enumerate(value)]
    if isinstance(value, PurePath):
        return value.as_posix()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    raise ConfigError(
        f"{where} holds a {type(value).__name__}, which a manifest cannot record; "
        "expected numbers, text, lists or dataclasses of them"
    )


def _whole(value: Any) -> Any:
    """Turn whole floats into ints, all the way down."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [_whole(inside) for inside in value]
    return value
