"""A scale: the scores of one part, whatever they mean there, become opinions that add up.

In a log-linear pool the opinion of a part is a logarithm of probability up to a constant, so what
is added for an item by one part counts as much as what another one adds.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

__all__ = ["PLAIN", "SCALES", "Kind", "Scale", "Spread"]

Kind = Literal["plain", "standard", "share"]


@dataclass(frozen=True, eq=False)
class Spread:
    """What a scale has to know of all scores of a query, each (..., n_queries) float32.

    Attributes:
        total: The sum of those above 0.
        mean: Their mean.
        deviation: Their standard deviation; 1 where all are alike.
    """

    total: NDArray[np.float32]
    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]

    @classmethod
    def of(cls, scores: NDArray[np.float32]) -> Spread:
        """Measure scores, (n_queries, n_items) float32."""
        total = np.maximum(scores, 0).sum(axis=1, dtype=np.float64)
        deviation = scores.std(axis=1, dtype=np.float64)
        return cls(
            total=np.where(total > 0, total, 1).astype(np.float32),
            mean=scores.mean(axis=1, dtype=np.float64).astype(np.float32),
            deviation=np.where(deviation > 0, deviation, 1).astype(np.float32),
        )

    @property
    def arrays(self) -> tuple[NDArray[np.float32], ...]:
        """All of them, in the order of the attributes."""
        return self.total, self.mean, self.deviation

    def __getitem__(self, key: Any) -> Spread:
        """Return some of them, by an index as NumPy takes it."""
        return Spread(self.total[key], self.mean[key], self.deviation[key])


@dataclass(frozen=True)
class Scale:
    """How scores become opinions.

    - ``plain``: they are, as those of a model that is trained by a softmax or a logistic loss.
    - ``standard``: less their mean, over their standard deviation.
    - ``share``: ``log(1 + share / floor)``, the share of an item in the sum of all scores, those
      below 0 left out. So of an item that a part knows nothing of, its opinion is 0.

    Attributes:
        kind: One of them.
        floor: The share from which on ``share`` looks at more than whether there is one.

    Raises:
        ValueError: A kind that there is not, or a floor that is not above 0.

    Example:
        >>> counts = np.array([[3, 1, 0]], dtype=np.float32)
        >>> Scale("share", floor=0.25).of(counts).round(3)  # log(1 + 0.75 / 0.25), log(1 + 1), 0
        array([[1.386, 0.693, 0.   ]], dtype=float32)
    """

    kind: Kind = "plain"
    floor: float = 1e-3

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}, not {self.kind!r}")
        if not 0 < self.floor < inf:
            raise ValueError(f"floor must be above 0, not {self.floor}")

    def of(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the opinions of all items of some queries, both (n_queries, n_items) float32."""
        if self.kind == "plain":
            return scores
        spread = Spread.of(scores)
        return self.on(scores, spread[:, None])

    def on(self, scores: NDArray[np.float32], spread: Spread) -> NDArray[np.float32]:
        """Return the opinions of some items alone, whose queries' spreads broadcast to scores."""
        if self.kind == "plain":
            return scores
        if self.kind == "standard":
            return (scores - spread.mean) / spread.deviation
        shares = np.maximum(scores, 0) / (spread.total * np.float32(self.floor))
        opinions: NDArray[np.float32] = np.log1p(shares)
        return opinions

    def __str__(self) -> str:
        return f"share {self.floor:g}" if self.kind == "share" else self.kind


PLAIN: Final = Scale("plain")

SCALES: Final = (
    PLAIN,
    Scale("standard"),
    *(Scale("share", floor) for floor in (1e-2, 1e-3, 1e-4, 1e-5)),
)
"""What is tried for each part."""
