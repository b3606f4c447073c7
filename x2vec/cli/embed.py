"""``x2vec embed``: vectors of new items, from a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from x2vec.cli.items import Version
from x2vec.cli.outcome import print_success
from x2vec.cli.output import AsJson, plain, shown_progress
from x2vec.errors import UsageError

__all__ = ["command"]

Columns = list[str] | None


def command(
    store: Annotated[Path, typer.Argument(help="A store or a saved directory.", readable=False)],
    items: Annotated[
        list[str],
        typer.Argument(help="Tables of new items: Parquet, CSV or JSON Lines; a glob in quotes."),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The Parquet file to write.")
    ] = None,
    append: Annotated[
        bool, typer.Option("--append", help="Publish a version of the store with the new items.")
    ] = False,
    item: Annotated[
        str | None, typer.Option(help="The column of ids; as the store says unless given.")
    ] = None,
    text: Annotated[
        Columns, typer.Option(help="A column of titles or descriptions; may be repeated.")
    ] = None,
    categories: Annotated[
        Columns, typer.Option(help="A column of one value an item; may be repeated.")
    ] = None,
    tags: Annotated[
        Columns, typer.Option(help="A column of several values an item; may be repeated.")
    ] = None,
    numbers: Annotated[Columns, typer.Option(help="A column of numbers; may be repeated.")] = None,
    booleans: Annotated[
        Columns, typer.Option(help="A column of true or false; may be repeated.")
    ] = None,
    dates: Annotated[Columns, typer.Option(help="A column of dates; may be repeated.")] = None,
    encoder: Annotated[str | None, typer.Option(help="Of text: tfidf, wordllama or sbert.")] = None,
    rungs: Annotated[
        Columns, typer.Option(help="A way to infer that is tried, such as ridge; may be repeated.")
    ] = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Infer vectors of new items from what is known about them, with where each comes from.

    The store says which columns it looks at, if its job has a section [cold_start]; else name
    them. Items with a trained vector are left out, and counted. Exits with 0, 2 for wrong use, 3
    for bad data, 5 when reading or writing failed.
    """
    from x2vec.api import embed

    if output is None and not append:
        raise UsageError("say where the vectors go: -o FILE.parquet, --append, or both")
    said = {
        "item": item,
        "text": text,
        "categories": categories,
        "tags": tags,
        "numbers": numbers,
        "booleans": booleans,
        "dates": dates,
        "encoder": encoder,
        "rungs": rungs,
    }
    columns = {name: value for name, value in said.items() if value}
    with shown_progress() as listen:
        done = embed(
            store, items, output=output, append=append, version=version, listen=listen, **columns
        )
    if as_json:
        print_success(done.status, done.to_dict())
        return
    if done.inferred is None:
        typer.echo(f"Unchanged: {plain(done.store)} has these items already.")
        return
    typer.echo(f"{done.report!r}\n")
    by_rung = ", ".join(f"{n:,} by {rung}" for rung, n in done.inferred.sources.items())
    typer.echo(f"{len(done.inferred):,} new items: {by_rung or 'none'}")
    if done.output is not None:
        typer.echo(f"Wrote: {plain(done.output)}")
    if done.version is not None:
        typer.echo(f"Published: {plain(done.version)}; {done.n_replaced:,} items replaced")
