"""The views as rankers: a history of one item goes in, every item gets a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from x2vec.embeddings import Embeddings, Evidence
from x2vec.errors import UsageError
from x2vec.recommendation import EmbeddingRanker, Histories, check_askable, ranker_of
from x2vec.search import normalized
from x2vec.similarity.lifts import lift_at_least, lift_at_most

__all__ = ["APART", "Complements", "Substitutes", "evidence_of"]

APART: Final = 1.5
"""How much being apart counts for a substitute, beside being alike: with 1, groceries that are
often bought together come first; with 2, rare ones that nobody would have seen together."""


@dataclass(frozen=True, eq=False)
class Complements:
    """Scores an item by how much more often than by chance it goes with the item asked about.

    The guess of ``lifts_of`` is the model's: what it gives the item as the one that comes with it,
    ``P(item | asked)`` by a softmax over its in-out scores, divided by the item's share of all
    meetings.

    Attributes:
        ranker: In-out.
        evidence: What was counted.
        name: What messages call it.
    """

    ranker: EmbeddingRanker
    evidence: Evidence
    name: str = "complements"

    @classmethod
    def of(cls, embeddings: Embeddings) -> Complements:
        """Take both from embeddings.

        Raises:
            UsageError: They have no context vectors, or no evidence.
        """
        evidence = evidence_of(embeddings, "complements")
        if embeddings.context_vectors is None:
            raise UsageError(
                "complements: these embeddings have no context vectors, which say what goes with "
                "what: they were saved without, or their model has none, as Elsa, whose similar "
                "items are those that go together."
            )
        return cls(ranker_of(embeddings, scoring="in-out"), evidence)

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return len(self.evidence)

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer the histories of an item with a vector other than zero."""
        return self.ranker.answers(histories)

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Return the lifts, (n_queries, n_items) float32, for histories of one item each."""
        logits = self.ranker.scores(histories).astype(np.float64)
        logits[np.arange(len(histories)), histories.rows] = -np.inf  # never with itself
        scores = np.empty(logits.shape, dtype=np.float32)
        meetings = np.maximum(self.evidence.meetings, 1)
        for query, row in enumerate(histories.rows.tolist()):
            odds = np.exp(logits[query] - logits[query].max())
            shares = meetings / max(meetings.sum() - meetings[row], 1)
            scores[query] = lift_at_least(self.evidence, row, odds / odds.sum() / shares)
        return scores


@dataclass(frozen=True, eq=False)
class Substitutes:
    """Scores an item by its cosine to the item asked about, less the more they are together.

    Attributes:
        unit: (n_items, vector_size) float32, vectors of length 1 or 0.
        evidence: What was counted.
        name: What messages call it.
    """

    unit: NDArray[np.float32]
    evidence: Evidence
    name: str = "substitutes"

    @classmethod
    def of(cls, embeddings: Embeddings) -> Substitutes:
        """Take both from embeddings.

        Raises:
            UsageError: They have no evidence.
        """
        evidence = evidence_of(embeddings, "substitutes")
        return cls(normalized(embeddings.vectors), evidence)

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return len(self.evidence)

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer the histories of an item with a vector other than zero."""
        return histories.hold((self.unit != 0).any(axis=1))

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Return ``cosine / (1 + lift) ** 1.5`` for histories of one item each."""
        check_askable(self, histories)
        scores = self.unit[histories.rows] @ self.unit.T
        for query, row in enumerate(histories.rows.tolist()):
            scores[query] /= (1 + lift_at_most(self.evidence, row)) ** APART
        return scores


def evidence_of(embeddings: Any, verb: str) -> Evidence:
    """Return the evidence that embeddings keep.

    Raises:
        UsageError: They keep none.
    """
    if not isinstance(embeddings, Embeddings):
        raise UsageError(
            f"{verb}: got {type(embeddings).__name__}; expected Embeddings. Open a store by load."
        )
    if embeddings.evidence is None:
        raise UsageError(
            f"{verb}: these embeddings keep no evidence of which items were together: they were "
            "made by an older x2vec, with [publish] evidence = false, or without sequences. Train "
            "again."
        )
    return embeddings.evidence
