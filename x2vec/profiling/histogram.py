"""A histogram as a value: edges, and how many lie between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Histogram"]


@dataclass(frozen=True)
class Histogram:
    """Counts between ascending edges; a value on an edge counts to its right.

    Attributes:
        edges: (n_bins + 1,) ascending.
        counts: (n_bins,).

    Example:
        >>> Histogram.of_weighted(np.array([1, 2, 9]), np.array([5, 1, 1]), np.array([1, 4, 16]))
        Histogram(edges=(1.0, 4.0, 16.0), counts=(6, 1))
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.edges) != len(self.counts) + 1:
            raise ValueError(f"{len(self.edges)} edges for {len(self.counts)} counts")

    @classmethod
    def of_weighted(
        cls, values: NDArray[Any], weights: NDArray[Any], edges: NDArray[Any]
    ) -> Histogram:
        """Count values, each so many times; all lie from the first edge on and before the last."""
        places = np.searchsorted(edges, values, side="right") - 1
        counts = np.zeros(len(edges) - 1, np.int64)
        np.add.at(counts, places, weights)
        return cls.of(edges, counts)

    @classmethod
    def of(cls, edges: NDArray[Any], counts: NDArray[Any]) -> Histogram:
        """Make one of arrays."""
        return cls(tuple(map(float, edges)), tuple(map(int, counts)))

    @property
    def total(self) -> int:
        """How many values were counted."""
        return sum(self.counts)

    def trimmed(self) -> Histogram:
        """Return it without the empty bins at both ends."""
        full = [place for place, count in enumerate(self.counts) if count]
        if not full:
            return self
        first, last = full[0], full[-1] + 1
        return Histogram(self.edges[first : last + 1], self.counts[first:last])

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"edges": list(self.edges), "counts": list(self.counts)}
