"""``x2vec explain``: what a store says of two items."""

from __future__ import annotations

from typing import Annotated

import typer

from x2vec.cli.items import Store, Version, item_of, titled
from x2vec.cli.output import AsJson, print_json

__all__ = ["command"]


def command(
    store: Store,
    a: Annotated[str, typer.Argument(help="An item; put -- before one that starts with a minus.")],
    b: Annotated[str, typer.Argument(help="Another one.")],
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Say why two items are near or far: how alike, how often together, with what, and where."""
    from x2vec.api import explain, load

    embeddings = load(store, version=version)
    why = explain(embeddings, item_of(embeddings, a), item_of(embeddings, b))
    if as_json:
        print_json(why.to_dict())
        return
    for item in (why.a, why.b):
        typer.echo(titled(embeddings, item))
    typer.echo(str(why).partition("\n")[2])
