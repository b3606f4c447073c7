"""Asking a view: items go in, the items that it ranks highest come back as one table."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from x2vec.embeddings import Embeddings, Neighbors, Unknown, allowed_items, answers_of
from x2vec.recommendation import Histories, Ranker, top_items
from x2vec.similarity.views import Complements, Substitutes

__all__ = ["complements", "substitutes"]


def complements(embeddings: Embeddings, items: Any, k: int = 10, **filters: Any) -> Neighbors:
    """Return what goes with items; see ``x2vec.complements``."""
    return _ask(Complements.of(embeddings), embeddings, items, k, **filters)


def substitutes(embeddings: Embeddings, items: Any, k: int = 10, **filters: Any) -> Neighbors:
    """Return what is taken instead of items; see ``x2vec.substitutes``."""
    return _ask(Substitutes.of(embeddings), embeddings, items, k, **filters)


def _ask(
    view: Ranker,
    embeddings: Embeddings,
    items: Any,
    k: int,
    *,
    where: str | None,
    allow: Any,
    exclude: Any,
    unknown: Unknown,
) -> Neighbors:
    rows, missing = embeddings.lookup.found(items, unknown=unknown)
    among, unlisted = allowed_items(
        embeddings, where=where, allow=allow, exclude=exclude, unknown=unknown
    )
    histories = Histories.of(rows[:, None], n_items=len(embeddings))
    found = top_items(view, histories, k, allowed=among)
    table = answers_of(embeddings.items.take(pa.array(rows)), embeddings, found)
    return Neighbors(table, tuple(dict.fromkeys(missing + unlisted)), embeddings.catalogue)
