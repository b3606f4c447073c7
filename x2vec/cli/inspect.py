"""``x2vec inspect``: what a store holds, and how it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from x2vec.cli.output import AsJson, plain, print_json

__all__ = ["command"]


def command(
    store: Annotated[Path, typer.Argument(help="A store or a saved directory.", readable=False)],
    version: Annotated[str | None, typer.Option(help="A version other than the latest.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a store holds: its versions, and the manifest of one of them, verified."""
    from x2vec.api import load
    from x2vec.embeddings import latest, read_manifest, versions

    embeddings = load(store, version=version)
    known = versions(store) if store.is_dir() else []
    directory = store / (version or latest(store)) if known else store
    manifest = read_manifest(directory).to_dict() if directory.is_dir() else {}
    if as_json:
        print_json({"versions": known, "manifest": manifest})
        return
    typer.echo(f"{embeddings!r}")
    if manifest:
        typer.echo(f"{directory}: every checksum agrees.")
    if known:
        typer.echo(f"versions: {', '.join(known)}")
    for key, value in manifest.items():
        typer.echo(f"{key}: {plain(value)}")
