"""``x2vec index``: build a store's approximate index, and say what it misses."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from x2vec.cli.items import Store, Version
from x2vec.cli.output import AsJson, print_json, shown_progress

__all__ = ["command"]


def command(
    store: Store,
    kind: Annotated[
        Literal["hnsw", "ivf"],
        typer.Option(help="hnsw: a graph, fast and large; ivf: lists, quick to build."),
    ] = "hnsw",
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Build the approximate index of a store, if it has none yet, and print its recall."""
    from x2vec.embeddings import index_store

    with shown_progress() as listen:
        about = index_store(store, version, kind=kind, listen=listen)
    if as_json:
        print_json(about.to_dict())
        return
    typer.echo(about.told)
