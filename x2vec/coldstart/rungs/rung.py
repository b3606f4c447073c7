"""The protocol of a rung: fitted to known items, it predicts the vectors of cold ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.features import Features

__all__ = ["Cold", "FittedRung", "Known", "Rung", "weighted_mean"]


@dataclass(frozen=True, eq=False)
class Cold:
    """What is known about items that have no vector.

    Attributes:
        features: By group of columns, (n_items, ...).
        content: (n_items, content_size) float32 at length one; zeros where nothing is known.
    """

    features: Features
    content: NDArray[np.float32]

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.content)


@dataclass(frozen=True, eq=False)
class Known(Cold):
    """Items with vectors.

    Attributes:
        targets: (n_items, size) float32, what is to be predicted: an item's vector and beside it
            its context vector, where there are any.
        trust: (n_items,) float32 above 0, what an item weighs; the vector of an item that was
            seldom seen is mostly noise.
    """

    targets: NDArray[np.float32]
    trust: NDArray[np.float32]

    def take(self, rows: NDArray[Any]) -> Known:
        """Return the items in some rows, or those of a mask."""
        return Known(
            self.features.take(rows), self.content[rows], self.targets[rows], self.trust[rows]
        )


class FittedRung(Protocol):
    """A rung that is ready."""

    def answers(self, cold: Cold) -> NDArray[np.bool_]:
        """Return which items it has something to say about, (n_items,) bool."""

    def predict(self, cold: Cold) -> NDArray[np.float32]:
        """Return (n_items, size) float32, finite; whatever it is where it has no answer."""


class Rung(Protocol):
    """A way from what is known about an item to its vector; a frozen value, nothing fitted.

    The same known items and the same seed fit the same.
    """

    @property
    def name(self) -> str:
        """What tables and ``origin`` call it."""

    def fit(self, known: Known, *, seed: int) -> FittedRung:
        """Learn from items that have a vector; there is at least one."""


def weighted_mean(values: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of rows by weight, (size,) float32."""
    mean: NDArray[np.float64] = weights.astype(np.float64) @ values / weights.sum(dtype=np.float64)
    return mean.astype(np.float32)
