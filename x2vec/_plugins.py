"""One look-up by name for adapters and engines: built-in ones and others come by the same road.

A distribution offers a plug-in by an entry point in the group ``x2vec.adapters`` or
``x2vec.engines``. Nothing is imported before somebody asks for it by name.
"""

from __future__ import annotations

import difflib
import sys
from functools import lru_cache
from importlib import metadata
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
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


def entry_points(group: str) -> tuple[EntryPoint, ...]:
    """Return the group's entry points; looks again only where what is installed has changed.

    Reading what all distributions offer takes longer than the other checks of a job together, and
    a job asks dozens of times.
    """
    return _offered(group, tuple((place, _changed(place)) for place in sys.path))


@lru_cache(maxsize=8)
def _offered(group: str, _places: tuple[tuple[str, int | None], ...]) -> tuple[EntryPoint, ...]:
    return tuple(metadata.entry_points(group=group))


def _changed(place: str) -> int | None:
    """Return when something was last put into a place of the search path, or taken from it."""
    try:
        return Path(place).stat().st_mtime_ns
    except OSError:  # a place that is not there
        return None


def _distribution(point: EntryPoint) -> str:
    return "an unnamed distribution" if point.dist is None else _named(point.dist)


@lru_cache(maxsize=128)
def _named(distribution: Distribution) -> str:
    return distribution.name  # read from its files each time it is asked for
