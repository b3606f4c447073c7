"""The item-to-item table: the nearest items of each item of a store, in the store's order."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from x2vec.corpus.blocks import offsets_of
from x2vec.embeddings import Embeddings
from x2vec.jobs.export.answers import Answers

__all__ = ["ItemAsker"]

SIMILAR: Final = "similar"


class ItemAsker:
    """Asks for the neighbours of one item after the other.

    Attributes:
        total: How many items there are.
        query_type: Of the items.
        item_type: The same.
        counts: What was read.
        fingerprint: Of what is asked beside the store: nothing.
    """

    def __init__(self, embeddings: Embeddings, k: int) -> None:
        self._embeddings, self._k = embeddings, k
        self.total = len(embeddings)
        self.query_type = self.item_type = embeddings.items.type
        self.counts = {"items": len(embeddings)}
        self.fingerprint = ""
        self._next = 0

    def start(self, after: Any, n_done: int) -> None:
        """Begin behind the first ``n_done`` items."""
        self._next = n_done

    def take(self, n: int) -> Answers:
        """Answer the next ``n`` items; fewer where fewer are left, and none at the end."""
        asked = self._embeddings.items.slice(self._next, n)
        self._next += len(asked)
        found = self._embeddings.similar(asked, k=self._k)
        firsts = np.flatnonzero(np.asarray(found.rank) == 1)
        lengths = np.zeros(len(asked), np.int64)
        got = pc.index_in(found.query_id.take(pa.array(firsts)), value_set=asked)
        lengths[np.asarray(got)] = np.diff(np.append(firsts, len(found)))
        return Answers(
            queries=asked,
            sources=pa.array([SIMILAR] * len(asked), pa.string()),
            items=found.item_id.combine_chunks(),
            scores=np.asarray(found.score),
            offsets=offsets_of(lengths),
        )
