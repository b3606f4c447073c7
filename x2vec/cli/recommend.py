"""``x2vec recommend``: what comes next for one history, from a store."""

from __future__ import annotations

from typing import Annotated

import typer

from x2vec.cli.items import Store, Version, Where, item_of, titled
from x2vec.cli.output import AsJson, print_json, print_table
from x2vec.errors import UsageError

__all__ = ["command"]


def command(
    store: Store,
    items: Annotated[
        list[str] | None,
        typer.Argument(
            help="The history, its latest item last; put -- before it where one starts with a "
            "minus. None is needed beside --prefer."
        ),
    ] = None,
    k: Annotated[int, typer.Option("-k", help="How many items.")] = 20,
    keep_seen: Annotated[
        bool, typer.Option("--keep-seen", help="Show items of the history too.")
    ] = False,
    where: Where = None,
    exclude: Annotated[
        list[str] | None, typer.Option(help="An item that is not shown; may be repeated.")
    ] = None,
    diversity: Annotated[
        float, typer.Option(help="From 0, the best items, to 1, items as unlike as there are.")
    ] = 0.0,
    max_per: Annotated[
        list[str] | None,
        typer.Option(
            help="How many items of one value of a column, such as category=3; may be repeated."
        ),
    ] = None,
    damping: Annotated[
        float,
        typer.Option(
            help="So many logarithms of its count are taken from a score, or below 0 added."
        ),
    ] = 0.0,
    prefer: Annotated[
        list[str] | None,
        typer.Option(
            help="A value of a column of the item table that is liked, such as genre=Comedy; may "
            "be repeated."
        ),
    ] = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Show what comes next after some items, with the columns of the item table."""
    from x2vec.api import load, recommend

    if not items and not prefer:
        raise UsageError(
            "recommend: name items of a history, or what is liked: --prefer COLUMN=VALUE."
        )
    limits = dict(_limit(text) for text in max_per or [])
    embeddings = load(store, version=version)
    history = [item_of(embeddings, text) for text in items or []]
    found = recommend(
        embeddings,
        [history],
        k,
        exclude_seen=not keep_seen,
        where=where,
        exclude=[item_of(embeddings, text) for text in exclude or []] or None,
        diversity=diversity,
        max_per=limits,
        damping=damping,
        preferences={0: _liked(prefer)} if prefer else None,
        unknown="error",
    ).with_metadata()
    rows = found.to_arrow().drop_columns(["query_id", "source"]).to_pylist()
    if as_json:
        print_json(rows)
        return
    for item in history:
        typer.echo(titled(embeddings, item))
    typer.echo("")
    if rows:
        print_table(list(rows[0]), [list(row.values()) for row in rows])
    else:
        typer.echo("nothing that may be shown")


def _liked(texts: list[str]) -> dict[str, list[str]]:
    """Read ``genre=Comedy``, value by column."""
    liked: dict[str, list[str]] = {}
    for text in texts:
        column, is_there, value = text.partition("=")
        if not column or not is_there:
            raise UsageError(
                f"--prefer {text}: expected a column and a value, such as genre=Comedy."
            )
        liked.setdefault(column, []).append(value)
    return liked


def _limit(text: str) -> tuple[str, int]:
    """Read ``category=3``."""
    column, _, most = text.rpartition("=")
    if not column or not most.isdecimal():
        raise UsageError(f"--max-per {text}: expected a column and a number, such as category=3.")
    return column, int(most)
