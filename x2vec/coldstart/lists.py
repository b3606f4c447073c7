"""How high inferred items may stand in lists of the whole catalogue: as the rarest items do.

What is inferred of an item looks as popular as the items it is made of, and is as sure as if it had
been seen: as trained vectors are asked, new items that nobody took yet would stand before those
that many do. So their context vectors stand about the mean of the rarest items, and only so far
from it that an inferred item enters as many lists as one of these does. All of them are moved
alike, and so their order among themselves stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.targets import Targets
from x2vec.embeddings import Embeddings
from x2vec.recommendation import Histories, ranker_of
from x2vec.search import Excluded

__all__ = ["TrainedLists", "middle_of_rarest", "rarest"]

_LENGTH: Final = 20
"""Items of a list, as many as a page shows."""

_QUERIES: Final = 1_000
"""Lists that are asked for: of a thousand rare items, a million chances to enter one."""

_RAREST: Final = 0.1

_LEAST: Final = 0.1
"""What is kept of how a prediction differs from others, or new items would be all alike."""


def rarest(counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which items have so few events as the tenth with the fewest, (n_items,).

    Items without any are none of them; all that have as many as the last of the tenth are.

    Example:
        >>> rarest(np.array([0, 3, 1, 2, 2, 1, 9])).tolist()
        [False, False, True, False, False, True, False]
    """
    seen = np.sort(counts[counts > 0])
    limit = seen[max(round(_RAREST * len(seen)), 1) - 1] if len(seen) else 0
    return (counts > 0) & (counts <= limit)


def middle_of_rarest(embeddings: Embeddings, scale: Targets) -> NDArray[np.float32] | None:
    """Return the mean context vector of the rarest items in the scale of targets, (vector_size,).

    None where there are no context vectors.
    """
    contexts = embeddings.context_vectors
    if contexts is None:
        return None
    mean = contexts[rarest(embeddings.counts)].mean(axis=0)
    return np.asarray(mean / np.float32(scale.lengths[1]), np.float32)


@dataclass(frozen=True, eq=False)
class TrainedLists:
    """The lists that trained items get where each is a history of its own, drawn by their events.

    A store holds no histories, and these are what comes nearest to them. An item never stands in
    its own list.

    Attributes:
        queries: (n_queries, vector_size) what is asked of context vectors in the scale of targets.
        needed: (n_queries,) the score of the last item of each list, which a new one has to pass.
        share: The share of the lists that a new item may be in.
        middle: (vector_size,) see ``middle_of_rarest``.
    """

    queries: NDArray[np.float32]
    needed: NDArray[np.float32]
    share: float
    middle: NDArray[np.float32]

    @classmethod
    def of(
        cls, embeddings: Embeddings, scale: Targets, *, exposure: float = 1.0, seed: int
    ) -> TrainedLists | None:
        """Ask for the lists as the embeddings say that they are asked, in-out.

        Args:
            embeddings: Inferred items among them are left out.
            scale: That of the targets.
            exposure: In how many times as many lists as one of the rarest items a new one may be.
            seed: Of the draws.

        Returns:
            The lists; None where there are no context vectors, and nothing is asked of them.
        """
        middle, counts = middle_of_rarest(embeddings, scale), embeddings.counts
        if middle is None:
            return None
        ranker = replace(
            ranker_of(embeddings, scoring="in-out"), half_life=None, weighted=False
        )  # of one event each, neither would change anything
        n_trained = int(np.count_nonzero(counts > 0))
        chances = counts / counts.sum()
        rows = np.random.default_rng(seed).choice(len(counts), _QUERIES, p=chances)
        own = np.arange(_QUERIES + 1, dtype=np.int64), rows.astype(np.int32)
        queries = ranker.queries(Histories(own[1], own[0], n_items=len(counts)))
        found = ranker.searchable.best(
            queries, min(_LENGTH, n_trained - 1), exclude=Excluded(*own), allowed=counts > 0
        )
        scores = found.scores.reshape(_QUERIES, -1)
        rare = rarest(counts)
        share = rare[found.rows].sum() / (_QUERIES * np.count_nonzero(rare))
        return cls(
            queries * np.float32(scale.lengths[1]),
            scores[:, -1],
            min(float(exposure * share), 1.0),
            middle,
        )

    def reach(self, predicted: NDArray[np.float32]) -> float:
        """Return how far predictions may stand from the rarest items, in parts of their own length.

        A prediction ``p`` is placed at ``middle + reach p``. For each list and each
        prediction that points its way there is a reach from which on it enters; the one that lets
        in a share of the pairs is a quantile of them.

        Args:
            predicted: (n_items, vector_size) context vectors of hidden items, none or more, as far
                as they differ from what is predicted of an item of which nothing is known.

        Returns:
            The reach, at least 0.1; infinity where none lets in as many, as of no items.
        """
        ahead = self.queries @ predicted.T
        short = np.maximum(self.needed - self.queries @ self.middle, 0)[:, None]
        enters = np.full(ahead.shape, np.inf, np.float32)
        with np.errstate(over="ignore"):
            np.divide(short, ahead, out=enters, where=ahead > 0)
        place = round(self.share * enters.size)
        if place >= enters.size:
            return np.inf
        found = np.partition(enters, place, axis=None)[place]
        return max(float(found), _LEAST)
