"""An adapter's options from a mapping, and the adapter itself from its name."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from typing import Any, cast

from x2vec import _plugins
from x2vec.adapters.base import Adapter
from x2vec.errors import PluginError, UsageError

__all__ = ["make_adapter", "make_options"]


def make_adapter(name: str) -> Adapter:
    """Find and make the adapter of a name.

    Raises:
        PluginError: There is none, two, or one that is broken.
    """
    offered = _plugins.find(_plugins.ADAPTERS, name)
    try:
        adapter = offered()
    except Exception as error:  # a plug-in may fail in any way
        raise PluginError(
            f"The adapter '{name}' cannot be made: {type(error).__name__}: {error}. "
            "An adapter is a class that takes no arguments."
        ) from error
    missing = [
        part for part in ("name", "options", "ordered", "read") if not hasattr(adapter, part)
    ]
    if missing:
        raise PluginError(f"The adapter '{name}' lacks {', '.join(missing)}; see docs/adapters.md.")
    if not dataclasses.is_dataclass(adapter.options):
        raise PluginError(f"The adapter '{name}': its options are no dataclass.")
    return cast("Adapter", adapter)


def make_options(adapter: Adapter, options: object) -> Any:
    """Return the adapter's options, made from a mapping where they are not made yet.

    Raises:
        UsageError: A field is unknown (the closest is suggested) or missing, or the options are
            those of another adapter.
    """
    expected = adapter.options
    if isinstance(options, expected):
        return options
    if not isinstance(options, Mapping):
        raise UsageError(
            f"adapter '{adapter.name}': expected {expected.__name__} or a mapping, got "
            f"{type(options).__name__}."
        )
    fields = {f.name: f for f in dataclasses.fields(cast("Any", expected)) if f.init}
    problems = [_unknown(str(key), list(fields)) for key in options if key not in fields]
    problems += [
        f"'{name}' is missing"
        for name, field in fields.items()
        if name not in options
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    ]
    if problems:
        raise UsageError(f"adapter '{adapter.name}': {'; '.join(problems)}.")
    return expected(**options)


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(known)}"
    return f"no option '{name}', {hint}"
