"""Priors: what is known of a query beside its history, as a vector, worth so many events."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["Priors"]


@dataclass(frozen=True, eq=False)
class Priors:
    """A vector for each query that stands beside the one its history gives.

    Attributes:
        vectors: (n_queries, vector_size) float32, as queries of a ranker are; zeros where nothing
            is known.
        events: Events of a history that it is worth, above 0.

    Example:
        >>> liked = Priors(np.array([[0, 1], [0, 0]], np.float32), events=2)
        >>> history = np.array([[1, 0], [1, 0]], np.float32)
        >>> liked.beside(history, np.array([2, 2])).tolist()
        [[0.5, 0.5], [1.0, 0.0]]
    """

    vectors: NDArray[np.float32]
    events: float

    def __post_init__(self) -> None:
        if not self.events > 0:
            raise ValueError(f"a prior is worth more than 0 events, not {self.events}")

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which queries have one, (n_queries,) bool."""
        return np.asarray((self.vectors != 0).any(axis=1))

    def take(self, queries: NDArray[np.integer] | NDArray[np.bool_]) -> Priors:
        """Return those of some queries, named by position or by a mask over all."""
        return replace(self, vectors=self.vectors[queries])

    def beside(
        self, queries: NDArray[np.float32], n_events: NDArray[np.integer]
    ) -> NDArray[np.float32]:
        """Return ``(n query + events prior) / (n + events)``, and the query where there is none.

        Args:
            queries: (n_queries, vector_size) what the histories ask.
            n_events: (n_queries,) events that each was made of; 0 leaves the prior alone.
        """
        n = n_events.astype(np.float32)[:, None]
        mixed = (n * queries + np.float32(self.events) * self.vectors) / (n + self.events)
        known = self.known[:, None]
        return np.where(known, mixed, queries).astype(np.float32)
