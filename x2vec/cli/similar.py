"""``x2vec similar``: the nearest items, from a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from x2vec.cli.items import Store, Version, Where, item_of, titled
from x2vec.cli.output import AsJson, plain, print_json, print_table, shown_progress
from x2vec.errors import UsageError

if TYPE_CHECKING:
    from x2vec.embeddings import Embeddings, Neighbors

__all__ = ["command"]

_ALONE = "no other item to compare with"


def command(
    store: Store,
    items: Annotated[
        list[str] | None,
        typer.Argument(
            help="Items, each a query; put -- before them where one starts with a minus."
        ),
    ] = None,
    k: Annotated[int, typer.Option("-k", help="Neighbours of each query.")] = 10,
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
    asked = list(dict.fromkeys(item_of(embeddings, text) for text in items or []))
    found = embeddings.similar(
        asked or None,
        k=k,
        like=[item_of(embeddings, text) for text in like or []] if not asked else None,
        unlike=[item_of(embeddings, text) for text in unlike or []] if not asked else None,
        where=where,
        approximate=approximate is not None,
    ).with_metadata()
    if as_json:
        print_json(found.to_arrow().to_pylist())
    else:
        _print(embeddings, found, asked)


def _print(embeddings: Embeddings, found: Neighbors, asked: list[Any]) -> None:
    rows = found.to_arrow().to_pylist()
    head = [name for name in found.to_arrow().column_names if name != "query_id"]
    for query in asked or dict.fromkeys(row["query_id"] for row in rows):
        typer.echo(titled(embeddings, query) if asked else plain(query))
        mine = [row for row in rows if row["query_id"] == query]
        if mine:
            print_table(head, [[row[name] for name in head] for row in mine])
        else:
            typer.echo(_ALONE)
        typer.echo("")
    if not asked and not rows:
        typer.echo(_ALONE)
