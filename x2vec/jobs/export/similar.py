"""The item-to-item table: what is near each item of a store, in the store's order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa

from x2vec.embeddings import Embeddings, Neighbors
from x2vec.jobs.export.answers import Answers
from x2vec.jobs.export.config import Similar
from x2vec.similarity import complements, substitutes

__all__ = ["ItemAsker"]

_VIEWS: Final[dict[str, Callable[..., Neighbors]]] = {
    "similar": Embeddings.similar,
    "complements": complements,
    "substitutes": substitutes,
}


class ItemAsker:
    """Asks about one item after the other.

    Attributes:
        total: How many items there are.
        query_type: Of the items.
        item_type: The same.
        has_origin: Whether answers say where the vector of an item comes from.
        counts: What was read.
        fingerprint: Of what is asked beside the store: nothing.
    """

    def __init__(self, embeddings: Embeddings, similar: Similar) -> None:
        self._embeddings, self._asked = embeddings, similar
        self.total = len(embeddings)
        self.query_type = self.item_type = embeddings.items.type
        self.has_origin = embeddings.has_inferred
        self.counts = {"items": len(embeddings)}
        self.fingerprint = ""
        self._next = 0
        self._ask(embeddings.items.slice(0, 1))  # refuses what cannot be asked, before any work

    def start(self, after: Any, n_done: int) -> None:
        """Begin behind the first ``n_done`` items."""
        self._next = n_done

    def take(self, n: int) -> Answers:
        """Answer the next ``n`` items; fewer where fewer are left, and none at the end."""
        items = self._embeddings.items.slice(self._next, n)
        self._next += len(items)
        found = self._ask(items)
        source = pa.array([self._asked.view] * len(found), pa.string())
        return Answers.of(items, found.table.append_column("source", source))

    def _ask(self, items: pa.Array) -> Neighbors:
        ask = _VIEWS[self._asked.view]
        return ask(
            self._embeddings,
            items,
            k=self._asked.k,
            where=self._asked.where,
            allow=None,
            exclude=None,
            unknown="error",
        )
