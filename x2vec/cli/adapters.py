"""``x2vec adapters``: what can be read, and with which options."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import typer

from x2vec._plugins import ADAPTERS, names
from x2vec.cli.output import AsJson, print_json
from x2vec.errors import PluginError

__all__ = ["command"]


def command(as_json: AsJson = False) -> None:
    """List the adapters, the distributions they come from, and their options."""
    listed = [_described(name, home) for name, home in names(ADAPTERS).items()]
    if as_json:
        print_json(listed)
        return
    for one in listed:
        typer.echo(f"{one['name']} ({one['distribution']})")
        for line in [one["error"]] if "error" in one else one["options"]:
            typer.echo(f"  {line}")


def _described(name: str, distribution: str) -> dict[str, Any]:
    """Describe one adapter; one that is broken is listed with its error."""
    from x2vec.adapters import make_adapter

    described: dict[str, Any] = {"name": name, "distribution": distribution}
    try:
        options = make_adapter(name).options
    except PluginError as error:
        return {**described, "error": str(error)}
    fields = [field for field in dataclasses.fields(options) if field.init]
    return {**described, "options": [_option(field) for field in fields]}


def _option(field: dataclasses.Field[Any]) -> str:
    kind = field.type if isinstance(field.type, str) else inspect.formatannotation(field.type)
    if field.default is not dataclasses.MISSING:
        return f"{field.name}: {kind} = {field.default!r}"
    needed = field.default_factory is dataclasses.MISSING
    return f"{field.name}: {kind}{' (needed)' if needed else ''}"
