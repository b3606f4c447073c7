"""Confidence: the chance of an event that is said precisely, and checked.

The event: the inferred vector has a higher cosine with the vector that training gives the item
than the catalogue centroid has; in words, knowing the item's features was better than knowing
nothing. Its chance is fitted on items whose vectors were hidden (Platt, "Probabilistic Outputs for
Support Vector Machines", 1999): a logistic curve over a few signals that are there for any rung.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.search import normalized

__all__ = ["Calibration", "calibration_error", "cross_fitted", "signals"]

_SPREAD: Final = 1e-6
_STIFF: Final = 1.0
_FAR: Final = 3.0
"""Deviations beyond which a square grows no more: few items tell what it is worth out there."""

_FOLDS: Final = 5
_BINS: Final = 10
_LEAST_IN_BIN: Final = 100
"""Items of a bin, below which chance alone puts it off by more than five hundredths."""

_STEPS: Final = 50


def signals(
    predicted: NDArray[np.float32], centroid: NDArray[np.float32], n_known: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return what confidence follows from, (n_items, 3).

    How far the prediction left the centroid in direction and in length, for a model that knows
    little shrinks to the middle; and how much is known of the item.

    Args:
        predicted: (n_items, vector_size) before any rescaling.
        centroid: (vector_size,) the catalogue's.
        n_known: (n_items,) attributes and ranges that are known of it.
    """
    units = normalized(predicted)
    middle = normalized(centroid[None])[0]
    off = np.linalg.norm(predicted.astype(np.float64) - centroid, axis=1)
    return np.column_stack([units @ middle, np.log(off + _SPREAD), np.log1p(n_known)])


@dataclass(frozen=True, eq=False)
class Calibration:
    """A logistic curve over standardised signals and their squares.

    The squares let the chance rise fast at first and then no more, or fall again; a curve without
    them was off by more than what chance explains.

    Attributes:
        mean: (n_signals,) of the hidden items.
        deviation: (n_signals,) theirs.
        weights: (2 * n_signals + 1,) the curve: signals, squares, constant.

    Example:
        >>> far = np.array([[0.0], [0.0], [4.0], [4.0]] * 50)
        >>> curve = Calibration.fit(far, np.array([False, True, True, True] * 50))
        >>> np.round(curve(np.array([[0.0], [4.0]])), 1).tolist()
        [0.5, 1.0]
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    weights: NDArray[np.float64]

    @classmethod
    def fit(cls, found: NDArray[np.float64], happened: NDArray[np.bool_]) -> Calibration:
        """Fit by Newton's method, its slopes held back a little, its constant free.

        Args:
            found: (n_items, n_signals) of hidden items.
            happened: (n_items,) whether the event did.

        Targets are Platt's, not quite 0 and 1, so that no item is ever certain.
        """
        mean, deviation = found.mean(axis=0), found.std(axis=0)
        deviation = np.where(deviation > _SPREAD, deviation, 1.0)
        signs = _terms((found - mean) / deviation)
        n_yes = np.count_nonzero(happened)
        n_no = len(happened) - n_yes
        target = np.where(happened, (n_yes + 1) / (n_yes + 2), 1 / (n_no + 2))
        weights = np.append(np.zeros(signs.shape[1] - 1), np.log((n_yes + 1) / (n_no + 1)))
        stiff = np.append(np.full(signs.shape[1] - 1, _STIFF), 1e-6)
        for _ in range(_STEPS):
            chance = _logistic(signs @ weights)
            slope = signs.T @ (target - chance) - stiff * weights
            curve = (signs.T * (chance * (1 - chance))) @ signs + np.diag(stiff)
            step = np.linalg.solve(curve, slope)
            weights = weights + step
            if np.abs(step).max() < 1e-9:
                break
        return cls(mean, deviation, weights)

    def to_dict(self) -> dict[str, list[float]]:
        """Return it as JSON can hold it; ``Calibration.of`` reads it, to the last bit."""
        named = {"mean": self.mean, "deviation": self.deviation, "weights": self.weights}
        return {name: array.tolist() for name, array in named.items()}

    @classmethod
    def of(cls, plain: Mapping[str, Sequence[float]]) -> Calibration:
        """Return what ``to_dict`` wrote down."""
        return cls(**{name: np.asarray(values, np.float64) for name, values in plain.items()})

    def __call__(self, found: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the chance of the event, (n_items,) from 0 to 1."""
        return _logistic(_terms((found - self.mean) / self.deviation) @ self.weights)


def _terms(signals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return standardised signals, their squares, and a constant, (n_items, 2 * n_signals + 1)."""
    squares = np.clip(signals, -_FAR, _FAR) ** 2
    return np.column_stack([signals, squares, np.ones(len(signals))])


def cross_fitted(
    found: NDArray[np.float64], happened: NDArray[np.bool_], *, seed: int
) -> NDArray[np.float64]:
    """Return each item's chance by a curve fitted to the other folds, (n_items,)."""
    fold = np.random.default_rng(seed).permutation(np.arange(len(found)) % _FOLDS)
    chances = np.empty(len(found))
    for one in range(_FOLDS):
        inside = fold == one
        if inside.any():
            chances[inside] = Calibration.fit(found[~inside], happened[~inside])(found[inside])
    return chances


def calibration_error(chances: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over up to ten bins of as many items each.

    That is the mean distance, over items, between what a bin promises and what happened in it
    (Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian
    Binning", 2015). No items have no error.

    Example:
        >>> calibration_error(np.array([0.5, 0.5]), np.array([True, False]))
        0.0
    """
    if not len(chances):
        return 0.0
    n_bins = max(1, min(_BINS, len(chances) // _LEAST_IN_BIN))
    order = np.argsort(chances, kind="stable")
    error = 0.0
    for inside in np.array_split(order, n_bins):
        error += abs(float(chances[inside].mean()) - float(happened[inside].mean())) * len(inside)
    return error / len(chances)


def _logistic(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -35, 35))))
