"""Presets: settings for a shape of data, found by tuning; the defaults where a job says nothing.

Which runs found them stands in docs/presets.md. ``SkipGram()`` in Python knows nothing of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Final

from x2vec._text import closest
from x2vec.errors import ConfigError
from x2vec.recommendation import QueryForm
from x2vec.training import KINDS, Elsa, Model, SkipGram

__all__ = ["PRESETS", "SHAPES", "Preset", "preset", "preset_of", "with_preset"]


@dataclass(frozen=True)
class Preset:
    """Settings that suit a shape of data.

    Attributes:
        model: What to learn.
        query: How a history is best asked.
    """

    model: Model
    query: QueryForm


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        "basket": Preset(SkipGram(epochs=10), QueryForm()),
        "session": Preset(
            SkipGram(
                vector_size=128,
                window=2,
                negative=20,
                ns_exponent=0.7,
                epochs=40,
                alpha=0.07,
            ),
            QueryForm(decay=0.3, prior=0.5),
        ),
        "playlist": Preset(SkipGram(window=10, epochs=20), QueryForm(prior=0.5)),
        "ratings": Preset(
            SkipGram(window=20, epochs=20, sample=1e-3, ns_exponent=-0.25), QueryForm(last=1)
        ),
        "walk": Preset(SkipGram(vector_size=128, window=10), QueryForm()),
        "text": Preset(SkipGram(sample=1e-3), QueryForm()),
    }
)
"""By shape."""

SHAPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "baskets": "basket",
        "sessions": "session",
        "playlists": "playlist",
        "ratings": "ratings",
        "walks": "walk",
        "text": "text",
    }
)
"""The shape of what an adapter reads. Of ``events``, ``sql`` and plug-ins nobody knows it: a job
says ``preset = "session"``, or gets what ``SkipGram()`` is."""


def preset(name: str) -> Preset:
    """Return the preset of a shape.

    Raises:
        ConfigError: There is none of that name; the closest is suggested.

    Example:
        >>> preset("session").model.epochs > 0
        True
    """
    if name not in PRESETS:
        close = closest(name, PRESETS)
        hint = f" Did you mean {close!r}?" if close else ""
        raise ConfigError(f"preset is {name!r}; there are {', '.join(PRESETS)}.{hint}")
    return PRESETS[name]


def preset_of(name: str | None, adapter: str) -> Preset | None:
    """Return the preset of that name, or of what an adapter reads; None where nobody knows it."""
    shape = SHAPES.get(adapter) if name is None else name
    return None if shape is None else preset(shape)


def with_preset(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a job says, with the keys of ``[model]`` and ``[query]`` that it leaves out.

    A job that sets another scoring than the preset gets nothing else of its query form, for decay
    and prior were found for that scoring. What is no job yet, such as one of an unknown preset,
    stays as it is: reading it tells what is wrong.
    """
    source = document.get("source", {})
    adapter = source.get("adapter") if isinstance(source, Mapping) else None
    name = document.get("preset", SHAPES.get(adapter) if isinstance(adapter, str) else None)
    chosen = PRESETS.get(name) if isinstance(name, str) else None
    found = dict(document)
    model = document.get("model", {})
    kind = KINDS.get(str(model.get("kind"))) if isinstance(model, Mapping) else None
    if kind is not None and kind is not SkipGram:
        chosen = _as_trained(kind, model)
    if chosen is None:
        return found
    for section, value in (("model", chosen.model), ("query", chosen.query)):
        if section == "model" and not isinstance(value, SkipGram):
            continue  # its defaults are its own
        said = document.get(section, {})
        if not isinstance(said, Mapping) or "choose_by" in said:
            continue
        ours = {one.name: getattr(value, one.name) for one in fields(value)}
        if section == "query" and said.get("scoring", chosen.query.scoring) != chosen.query.scoring:
            # a prior that is said tells this form from the default, which stands for nothing said
            ours = {"prior": 0.0} if isinstance(chosen.model, Elsa) else {}
        filled = {key: one for key, one in ours.items() if one is not None}
        found[section] = {**filled, **said}
    return found


def _as_trained(kind: type[Model], model: Mapping[str, Any]) -> Preset | None:
    """Return a model and the query form it is trained for; None where it is wrong."""
    try:
        made = kind(**{key: value for key, value in model.items() if key != "kind"})
    except (TypeError, ConfigError):
        return None
    return Preset(made, QueryForm.of(made))
