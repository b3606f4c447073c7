"""One look-up by name for adapters and engines: built-in ones and others come by the same road.

A distribution offers a plug-in by an entry point in the group ``x2vec.adapters`` or
``x2vec.engines``. Nothing is imported before somebody asks for it by name.
"""

from __future__ import annotations

import difflib
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from x2vec.errors import PluginError

__all__ = ["ADAPTERS", "ENGINES", "find", "names"]

ADAPTERS = "x2vec.adapters"
ENGINES = "x2vec.engines"


def names(group: str) -> dict[str, str]:
    """Return the names on offer in a group, each with the distribution that offers it."""
    return {point.name: _distribution(point) for point in sorted(_points(group))}


def find(group: str, name: str) -> Any:
    """Load the one plug-in of that name.

    Args:
        group: ``ADAPTERS`` or ``ENGINES``.
        name: The entry point's name.

    Raises:
        PluginError: No plug-in has the name (the closest is suggested), two have it (both are
            named), or the one that has it does not load.
    """
    kind = group.rpartition(".")[2].removesuffix("s")
    points = _points(group)
    found = [point for point in points if point.name == name]
    if not found:
        known = sorted({point.name for point in points})
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean '{close[0]}'?" if close else ""
        raise PluginError(f"No {kind} is called '{name}'; there are: {', '.join(known)}.{hint}")
    if len(found) > 1:
        offers = " and ".join(sorted(f"{_distribution(p)} ({p.value})" for p in found))
        raise PluginError(
            f"Two plug-ins offer the {kind} '{name}': {offers}. Uninstall one of them."
        )
    try:
        return found[0].load()
    except Exception as error:
        raise PluginError(
            f"The {kind} '{name}' of {_distribution(found[0])} does not load: "
            f"{type(error).__name__}: {error}. Repair or uninstall that distribution."
        ) from error


def _points(group: str) -> list[EntryPoint]:
    """Return the group's entry points, once each even where a path is searched twice."""
    return list(
        {(p.name, p.value, _distribution(p)): p for p in entry_points(group=group)}.values()
    )


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unnamed distribution"
