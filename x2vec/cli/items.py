"""Items of a store on the command line: which one a word means, and how one is shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from x2vec.cli.output import plain

if TYPE_CHECKING:
    from x2vec.embeddings import Embeddings

__all__ = ["Store", "Version", "Where", "item_of", "titled"]

Store = Annotated[
    Path, typer.Argument(help="A store, a saved directory or an items.parquet.", readable=False)
]
Version = Annotated[str | None, typer.Option(help="A version other than the latest.")]
Where = Annotated[
    str | None,
    typer.Option(help="What is shown meets this SQL condition over the item table's columns."),
]


def item_of(embeddings: Embeddings, text: str) -> Any:
    """Return the item that a word of the command line means: a whole number where items are.

    Only its one usual spelling is taken for a number: ``007`` is no item ``7``.
    """
    is_number = re.fullmatch(r"0|-?[1-9][0-9]{0,18}", text) is not None
    return int(text) if is_number and str(embeddings.items.type) == "int64" else text


def titled(embeddings: Embeddings, item: Any) -> str:
    """Return an item with what the item table says of it, in one line."""
    known = embeddings.metadata_of(item).values()
    said = [f"· {plain(value)}" for value in known if value is not None]
    return " ".join([plain(item), *said])
