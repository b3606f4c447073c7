"""Embeddings that are trained already, as a ranker over another vocabulary than their own."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.corpus import Vocabulary
from x2vec.embeddings import Embeddings
from x2vec.errors import DataError
from x2vec.recommendation import Histories, Ranker, check_askable, ranker_of

__all__ = ["Rewritten", "ranker_of_trained"]


@dataclass(frozen=True, eq=False)
class Rewritten:
    """A ranker that is asked in the rows of another vocabulary.

    Items of the histories that it does not know are left out; items of the catalogue that it does
    not know come last, all alike.

    Attributes:
        inner: The ranker, in rows of its own.
        rows: (n_items,) int32, its row of each item of the vocabulary asked in.
        known: (n_items,) bool, whether it has one; where not, ``rows`` means nothing.
        name: What reports call it.
    """

    inner: Ranker
    rows: NDArray[np.int32]
    known: NDArray[np.bool_]
    name: str

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary asked in."""
        return len(self.rows)

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer the queries that the ranker itself answers."""
        return self.inner.answers(self._inside(histories))

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Score every item, (n_queries, n_items) float32."""
        check_askable(self, histories)
        inner = self.inner.scores(self._inside(histories))
        scores = np.empty((len(histories), self.n_items), dtype=np.float32)
        scores[:, self.known] = inner[:, self.rows[self.known]]
        least = scores[:, self.known].min(axis=1) if self.known.any() else np.zeros(len(histories))
        scores[:, ~self.known] = (least - 1 - np.abs(least))[:, None]
        return scores

    def _inside(self, histories: Histories) -> Histories:
        """Write histories in the ranker's own rows, without the items that it does not know."""
        kept = histories.keep(self.known[histories.rows])
        return dataclasses.replace(kept, rows=self.rows[kept.rows], n_items=self.inner.n_items)


def ranker_of_trained(embeddings: Embeddings, vocabulary: Vocabulary, *, name: str) -> Ranker:
    """Return embeddings as a ranker over a vocabulary.

    They are asked as their manifest says; see ``ranker_of``.

    Raises:
        DataError: They hold none of the items.
    """
    rows = pa.nulls(len(vocabulary), pa.int32())
    if embeddings.items.type == vocabulary.items.type:
        rows = pc.index_in(vocabulary.items, value_set=embeddings.items)
    known = np.asarray(rows.is_valid())
    if not known.any():
        raise DataError(
            f"{name}: the embeddings hold none of the {len(vocabulary):,} items of the training "
            f"part; they have {embeddings.items.type} ids such as {embeddings.items[0]}, those are "
            f"{vocabulary.items.type}, such as {vocabulary.items[0]}"
        )
    inner = dataclasses.replace(ranker_of(embeddings), name=name)
    return Rewritten(inner, np.asarray(rows.fill_null(0), dtype=np.int32), known, name)
