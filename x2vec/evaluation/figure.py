"""One figure with its interval, as the tasks beside next item measure it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.evaluation.intervals import RESAMPLES, interval

__all__ = ["Figure", "mean_of"]


@dataclass(frozen=True)
class Figure:
    """A value, between which values it lies, and of how much it is the value.

    Attributes:
        value: The value.
        low: Lower end of the 95 % interval.
        high: Its upper end.
        n: How many items, pairs, questions or repeats that were.

    Example:
        >>> print(Figure(0.25, 0.2, 0.3125, 400))
        0.250 [0.200, 0.312]
    """

    value: float
    low: float
    high: float
    n: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def mean_of(
    gains: NDArray[np.float64],
    groups: NDArray[np.integer] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Figure:
    """Return the mean, with a bootstrap interval.

    Args:
        gains: (n,) at least one.
        groups: (n,) what is drawn together; each by itself unless given.
        resamples: How often to draw.
        seed: Decides what is drawn.

    Example:
        >>> mean_of(np.ones(3))
        Figure(value=1.0, low=1.0, high=1.0, n=3)
    """
    together = np.arange(len(gains)) if groups is None else groups
    low, high = interval(gains, np.ones(len(gains)), together, resamples=resamples, seed=seed)
    return Figure(float(gains.mean()), low, high, len(gains))
