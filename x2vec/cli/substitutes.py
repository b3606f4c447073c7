"""``x2vec substitutes``: what is taken instead of items, from a store."""

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
    """Show what is taken instead of items: like them, and seldom together with them.

    The score is the cosine, damped by the lift that the pair has at most.
    """
    from x2vec.api import substitutes

    show_view(substitutes, store, items, k=k, where=where, version=version, as_json=as_json)
