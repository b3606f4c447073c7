"""``x2vec compare``: two reports on the same queries, model against model."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from x2vec.cli.output import AsJson, plain, print_json, print_table

__all__ = ["command"]


def command(
    one: Annotated[
        Path, typer.Argument(help="A report's directory, or its report.json.", readable=False)
    ],
    other: Annotated[Path, typer.Argument(help="Another, on the same queries.", readable=False)],
    metric: Annotated[
        str | None, typer.Option(help="Such as 'ndcg@20 tail'; the main one unless given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two reports: their models on trial, then each model that both have.

    Query by query, with 95 % intervals of a paired bootstrap; both have to be of the same queries.
    """
    from x2vec.evaluation import Report, compare_reports

    found = compare_reports(Report.load(one), Report.load(other), metric=metric)
    if as_json:
        print_json([{**dataclasses.asdict(each), "verdict": each.verdict} for each in found])
        return
    typer.echo(plain(f"{found[0].metric} on {found[0].n:,} queries; first {one}, second {other}"))
    rows = [
        [each.one, each.other, f"{each.difference:+.4f}", f"{each.low:+.4f}", f"{each.high:+.4f}",
         each.verdict]
        for each in found
    ]  # fmt: skip
    print_table(["model", "against", "difference", "low", "high", "verdict"], rows)
