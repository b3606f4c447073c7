"""Where embeddings come from: what the manifest keeps besides the files themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from x2vec.errors import DataError

__all__ = ["Provenance", "plain"]


@dataclass(frozen=True)
class Provenance:
    """How embeddings were made, as far as whoever made them says.

    Everything must be storable as JSON; making one checks that, and turns tuples into lists and
    keys into text, so that a provenance equals itself after a round trip through a file.

    Attributes:
        config: Model, parameters, seed, job: whatever it takes to do it again.
        fingerprint: The content fingerprint of the training input, or None if nobody took it.
        counts: What was read, used and dropped, by name.
        metrics: What the model measured, by name.

    Raises:
        DataError: A part holds something that JSON cannot, such as NaN.

    Examples:
        >>> Provenance(config={"model": "SkipGram", "window": 5}).config["window"]
        5
    """

    config: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str | None = None
    counts: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.fingerprint, str | None):
            raise DataError(
                f"provenance: fingerprint is {type(self.fingerprint).__name__}; expected text."
            )
        for name in ("config", "counts", "metrics"):
            object.__setattr__(self, name, _as_stored(getattr(self, name), name))


def plain(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping of a provenance as a plain dictionary that may be changed."""
    copy: dict[str, Any] = json.loads(json.dumps(dict(mapping)))
    return copy


def _as_stored(mapping: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    if not isinstance(mapping, Mapping):
        raise DataError(f"provenance: {name} is {type(mapping).__name__}; expected a mapping.")
    try:
        return MappingProxyType(json.loads(json.dumps(dict(mapping), allow_nan=False)))
    except (TypeError, ValueError, RecursionError) as error:
        raise DataError(
            f"provenance: {name} cannot be stored as JSON: {error}. Use text, numbers, true, "
            "false, null, lists and mappings; leave out what is not a finite number."
        ) from error
