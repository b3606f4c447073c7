"""``x2vec similar``: the nearest items, from a store."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from x2vec.cli.items import Store, Version, Where, item_of
from x2vec.cli.neighbors import K, items_of, show_neighbors
from x2vec.cli.output import AsJson, shown_progress
from x2vec.errors import UsageError

__all__ = ["command"]


def command(
    store: Store,
    items: Annotated[
        list[str] | None,
        typer.Argument(
            help="Items, each a query; put -- before them where one starts with a minus."
        ),
    ] = None,
    k: K = 10,
    like: Annotated[
        list[str] | None, typer.Option(help="Near to the mean of these; may be repeated.")
    ] = None,
    unlike: Annotated[
        list[str] | None, typer.Option(help="And away from these; may be repeated.")
    ] = None,
    where: Where = None,
    approximate: Annotated[
        Literal["hnsw", "ivf"] | None,
        typer.Option(help="Ask this index of the store, built where there is none; it may miss."),
    ] = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Show the nearest items of items, by cosine, with the columns of the item table."""
    from x2vec.api import load

    if bool(items) == bool(like or unlike):
        raise UsageError("name items to ask about, or --like and --unlike, one of the two ways")
    with shown_progress() as listen:
        embeddings = load(store, version=version, index=approximate, listen=listen)
    asked = items_of(embeddings, items or [])
    found = embeddings.similar(
        asked or None,
        k=k,
        like=[item_of(embeddings, text) for text in like or []] if not asked else None,
        unlike=[item_of(embeddings, text) for text in unlike or []] if not asked else None,
        where=where,
        approximate=approximate is not None,
    )
    show_neighbors(embeddings, found, asked, as_json=as_json)
