"""How much an inferred direction says beside a trained one, by the events of the item.

Both are noisy views of one direction, the one that very many events would give. The cosine of an
inferred one with it is ``accuracy``, whatever the item; that of one trained by n events is
``sqrt(n / (n + noise))``, as of the mean of n draws whose error has ``noise`` times the square of
the signal. Where the two err apart, the cosine between them is the product of both. It can be seen,
it rises with n, and how it rises tells both numbers: what a few draws say is shrunk toward what is
known otherwise by what the data tell (James and Stein, "Estimation with Quadratic Loss", 1961;
Efron and Morris, "Stein's Estimation Rule and its Competitors", 1973).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import ConfigError

__all__ = ["Shrinkage"]

_NOISES: Final = 2.0 ** np.arange(-4, 12.25, 0.25)
"""Events that are tried as ``noise``; finer than any data can tell apart."""

_WELL_KNOWN: Final = 0.9
"""Share of the items that are known less well than those whose vectors are mostly signal."""

_MOST: Final = 0.99
"""The highest accuracy that is believed: content never says it all."""


@dataclass(frozen=True)
class Shrinkage:
    """From the events of an item to the share of the inferred direction.

    Attributes:
        noise: Events at which a trained direction is half signal, half noise; above 0.
        accuracy: Cosine of an inferred direction with the true one, from 0 up to below 1. At 0
            nothing is inferred, and trained vectors stay as they are.

    Raises:
        ConfigError: A number out of bounds.

    Example:
        >>> believed = Shrinkage(noise=8, accuracy=0.5)
        >>> believed.share(np.array([0, 1, 4, 100])).round(2).tolist()
        [1.0, 0.64, 0.43, 0.05]
    """

    noise: float
    accuracy: float

    def __post_init__(self) -> None:
        if not 0 < self.noise < inf:
            raise ConfigError(f"noise is a finite number of events above 0, not {self.noise!r}")
        if not 0 <= self.accuracy < 1:
            raise ConfigError(f"accuracy is from 0 up to below 1, not {self.accuracy!r}")

    @classmethod
    def fit(cls, cosines: NDArray[np.floating], counts: NDArray[np.integer]) -> Shrinkage:
        """Fit both numbers to items that have a trained and an inferred direction.

        Args:
            cosines: (n_items,) of the two directions, inferred without looking at the item.
            counts: (n_items,) events of each item, from 1 on.

        Least squares of ``cosine = accuracy * sqrt(n / (n + noise))``; no items, or cosines that
        are not above 0, have an accuracy of 0. Cosines that still rise at the largest counts would
        fit any noise, however large, so it is at most the count that one item in ten has.

        Example:
            >>> n = np.array([1, 2, 5, 20, 100])
            >>> Shrinkage.fit(0.6 * np.sqrt(n / (n + 8)), n)
            Shrinkage(noise=8.0, accuracy=0.6)
        """
        n = counts.astype(np.float64)[:, None]
        curves = np.sqrt(n / (n + _NOISES))
        squares = np.maximum((curves**2).sum(axis=0), 1e-30)
        along = np.clip(cosines.astype(np.float64) @ curves / squares, 0, _MOST)
        errors = ((cosines[:, None] - along * curves) ** 2).sum(axis=0)
        if len(counts):
            errors[np.quantile(counts, _WELL_KNOWN) < _NOISES] = np.inf
        best = int(np.argmin(errors))
        return cls(float(_NOISES[best]), round(float(along[best]), 6))

    @property
    def kappa(self) -> float:
        """Events that an inferred direction is worth: beside so many, far above ``noise``, half."""
        return self.noise * self.accuracy / (1 - self.accuracy**2)

    def share(self, counts: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return what the inferred unit vector weighs, (n_items,) from 0 to 1.

        It is the least squares combination of two unit vectors, ``kappa / (kappa + m)``, where
        ``m`` is ``sqrt(n (n + noise))``, for a trained unit vector of few events hides how little
        of it is signal. Without events it is 1.
        """
        n = counts.astype(np.float64)
        if not self.kappa:
            return np.where(n > 0, 0.0, 1.0)
        return np.asarray(self.kappa / (self.kappa + np.sqrt(n * (n + self.noise))))
