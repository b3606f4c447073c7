"""``x2vec complements``: what goes with items, from a store."""

from __future__ import annotations

from x2vec.cli.items import Store, Version, Where
from x2vec.cli.neighbors import Items, K, show_view
from x2vec.cli.output import AsJson

__all__ = ["command"]


def command(
    store: Store,
    items: Items,
    k: K = 10,
    where: Where = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Show what goes with items: together with them more often than by chance.

    The score is the lift that the pair has at least: so many times as often as by chance.
    """
    from x2vec.api import complements

    show_view(complements, store, items, k=k, where=where, version=version, as_json=as_json)
