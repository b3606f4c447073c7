"""``x2vec similar``: the nearest items, from a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from x2vec.cli.output import AsJson, plain, print_json, print_table
from x2vec.errors import UsageError

if TYPE_CHECKING:
    from x2vec.embeddings import Embeddings, Neighbors

__all__ = ["command"]


def command(
    store: Annotated[Path, typer.Argument(help="A store, a saved directory or an items.parquet.")],
    items: Annotated[list[str] | None, typer.Argument(help="Items, each a query.")] = None,
    k: Annotated[int, typer.Option("-k", help="Neighbours of each query.")] = 10,
    like: Annotated[
        list[str] | None, typer.Option(help="Near to the mean of these; may be repeated.")
    ] = None,
    unlike: Annotated[
        list[str] | None, typer.Option(help="And away from these; may be repeated.")
    ] = None,
    version: Annotated[str | None, typer.Option(help="A version other than the latest.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the nearest items of items, by cosine, with the columns of the item table."""
    from x2vec.api import load

    if bool(items) == bool(like or unlike):
        raise UsageError("name items to ask about, or --like and --unlike, one of the two ways")
    embeddings = load(store, version=version)
    asked = [_item(embeddings, text) for text in items or []]
    found = embeddings.similar(
        asked or None,
        k=k,
        like=[_item(embeddings, text) for text in like or []] if not asked else None,
        unlike=[_item(embeddings, text) for text in unlike or []] if not asked else None,
    ).with_metadata()
    if as_json:
        print_json(found.to_arrow().to_pylist())
    else:
        _print(embeddings, found)


def _item(embeddings: Embeddings, text: str) -> Any:
    """Return the item that a word of the command line means; whole numbers where items are."""
    try:
        return int(text) if str(embeddings.items.type) == "int64" else text
    except ValueError:
        raise embeddings.unknown_item([text]) from None


def _print(embeddings: Embeddings, found: Neighbors) -> None:
    rows = found.to_arrow().to_pylist()
    head = [name for name in found.to_arrow().column_names if name != "query_id"]
    for query in dict.fromkeys(row["query_id"] for row in rows):
        typer.echo(" ".join([plain(query), *_known_of(embeddings, query)]))
        mine = [row for row in rows if row["query_id"] == query]
        print_table(head, [[row[name] for name in head] for row in mine])
        typer.echo("")


def _known_of(embeddings: Embeddings, query: Any) -> list[str]:
    """Return what the item table says of the item that was asked about."""
    row = embeddings.row(query)
    if row is None or embeddings.metadata is None:
        return []
    values = embeddings.metadata.slice(row, 1).to_pylist()[0].values()
    return [f"· {plain(value)}" for value in values if value is not None]
