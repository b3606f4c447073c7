"""Answers about items of a store on the command line: asked for alike, shown alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from x2vec.cli.items import item_of, titled
from x2vec.cli.output import plain, print_json, print_table

if TYPE_CHECKING:
    from x2vec.embeddings import Embeddings, Neighbors

__all__ = ["K", "Items", "items_of", "show_neighbors", "show_view"]

Items = Annotated[
    list[str],
    typer.Argument(help="Items, each a query; put -- before them where one starts with a minus."),
]
K = Annotated[int, typer.Option("-k", help="Neighbours of each query.")]

_ALONE = "no other item to compare with"


def items_of(embeddings: Embeddings, words: Sequence[str]) -> list[Any]:
    """Return the items that words of the command line mean, each once."""
    return list(dict.fromkeys(item_of(embeddings, word) for word in words))


def show_view(
    view: Callable[..., Neighbors],
    store: Path,
    items: Sequence[str],
    *,
    k: int,
    where: str | None,
    version: str | None,
    as_json: bool,
) -> None:
    """Ask a verb such as ``x2vec.complements`` about items of a store, and print its answer."""
    from x2vec.api import load

    embeddings = load(store, version=version)
    asked = items_of(embeddings, items)
    show_neighbors(embeddings, view(embeddings, asked, k, where=where), asked, as_json=as_json)


def show_neighbors(
    embeddings: Embeddings, found: Neighbors, asked: Sequence[Any], *, as_json: bool
) -> None:
    """Print answers with the columns of the item table, a table for each query.

    Args:
        embeddings: Whose items.
        found: The answers.
        asked: The items asked about; none where the queries are no items.
        as_json: Whether to print one line of JSON instead.
    """
    table = found.with_metadata().to_arrow()
    rows = table.to_pylist()
    if as_json:
        print_json(rows)
        return
    head = [name for name in table.column_names if name != "query_id"]
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
