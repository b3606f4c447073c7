"""The noise of a batch: the items that all its targets compete with, and what their chance was."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Noise"]


class Noise:
    """Draws items from ``count ** exponent``, each at most once a batch.

    Where the sample would be the catalogue, it is: an exact softmax.
    """

    def __init__(self, counts: NDArray[np.int64], size: int, exponent: float) -> None:
        logs = exponent * np.log(np.maximum(counts, 1).astype(np.float64))
        shares = np.exp(logs - logs.max())
        shares /= shares.sum()
        self._size = size
        self._all = np.arange(len(counts), dtype=np.int32) if size >= len(counts) else None
        self._steps = np.cumsum(shares)
        self._log_chances = _log_chances(shares, size)

    def draw(self, draws: np.random.Generator) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Draw the items of one batch.

        Returns:
            Rows, ascending, and the logarithm of each one's chance to be among them.
        """
        if self._all is not None:
            return self._all, np.zeros(len(self._all), np.float32)
        found = np.searchsorted(self._steps, draws.random(self._size), side="right")
        rows = np.unique(np.minimum(found, len(self._steps) - 1)).astype(np.int32)
        return rows, self._log_chances[rows]


def _log_chances(shares: NDArray[np.float64], size: int) -> NDArray[np.float32]:
    """Return ``log(1 - (1 - share) ** size)``, what a share's chance is in ``size`` draws."""
    with np.errstate(divide="ignore"):  # a share of 1: log(1 - 0)
        never = size * np.log1p(-shares)
    logs: NDArray[np.float64] = np.log(-np.expm1(never))
    return logs.astype(np.float32)
