"""An adapter's options from a mapping, and the adapter itself from its name."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from typing import Any, Final, cast, get_type_hints

from x2vec import _plugins
from x2vec.adapters.base import Adapter
from x2vec.errors import PluginError, UsageError

__all__ = ["breaches", "make_adapter", "make_options"]

_PARTS: Final = {
    "name": "the name that users write, a str",
    "options": "a frozen dataclass",
    "ordered": "a bool: does order inside a sequence mean something?",
    "read": "a method that takes the options and yields record batches",
}


def make_adapter(name: str) -> Adapter:
    """Find and make the adapter of a name.

    Raises:
        PluginError: There is none, two, or one that is broken; names the distribution, and all
            that is to be mended.
    """
    offered = _plugins.find(_plugins.ADAPTERS, name)
    home = _plugins.names(_plugins.ADAPTERS)[name]
    try:
        adapter = offered()
    except Exception as error:  # a plug-in may fail in any way
        raise PluginError(
            f"The adapter '{name}' of {home} cannot be made: {type(error).__name__}: {error}. "
            "An adapter is a class that takes no arguments."
        ) from error
    found = breaches(adapter)
    if found:
        raise PluginError(
            f"The adapter '{name}' of {home} breaks the protocol: {' '.join(found)} "
            "Repair or uninstall that distribution."
        )
    return cast("Adapter", adapter)


def breaches(adapter: Any) -> list[str]:
    """Return where an object breaks the protocol of adapters, with what to mend; empty if nowhere.

    >>> from x2vec.adapters.base import Place
    >>> class Unread:
    ...     name, options, ordered = "unread", Place, True
    >>> breaches(Unread())
    ['it lacks read: a method that takes the options and yields record batches.']
    """
    missing = [part for part in _PARTS if not hasattr(adapter, part)]
    if missing:
        expected = "; ".join(_PARTS[part] for part in missing)
        return [f"it lacks {', '.join(missing)}: {expected}."]
    found = []
    if not isinstance(adapter.name, str) or not adapter.name:
        found.append(f"name is {adapter.name!r}; expected a str that is not empty.")
    if not isinstance(adapter.ordered, bool):
        found.append(f"ordered is {adapter.ordered!r}; expected True or False.")
    if not callable(adapter.read):
        found.append(f"read is {adapter.read!r}; expected {_PARTS['read']}.")
    return found + _breaches_of_options(adapter.options)


def _breaches_of_options(options: Any) -> list[str]:
    is_dataclass = isinstance(options, type) and dataclasses.is_dataclass(options)
    if not is_dataclass or not options.__dataclass_params__.frozen:
        found = "are not frozen" if is_dataclass else "are no dataclass"
        return [
            f"its options {found}. Decorate the class with @dataclass(frozen=True), and name the "
            "class itself: options = MyOptions."
        ]
    try:
        get_type_hints(options)
    except Exception as error:  # an annotation is code of the plug-in
        return [
            f"the types of the fields of {options.__name__} cannot be looked up ({error}). Import "
            "what they name at the top of its module, not under TYPE_CHECKING."
        ]
    return []


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
