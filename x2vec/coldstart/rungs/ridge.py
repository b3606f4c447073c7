"""A line from content to vector: ridge regression, for all dimensions at once.

Features are sparse and may be tens of thousands, dimensions a few hundred, so the normal equations
are solved by conjugate gradients (Hestenes and Stiefel 1952), every dimension a system of its own
in one matrix product. scikit-learn's ``Ridge`` solves the same equations one dimension after the
other where features are sparse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.features import Features
from x2vec.coldstart.rungs.rung import Cold, FittedRung, Known, weighted_mean
from x2vec.search import normalized

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Ridge", "solve"]

_PENALTIES: Final = (100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.01)
_STEPS: Final = 60
_EXACT: Final = 1e-4
"""Share of its first length below which a remainder is small enough."""

_INNER: Final = 5
"""One in so many known items is held back to choose the penalty by."""


@dataclass(frozen=True)
class Ridge:
    """Ridge regression from features to vectors.

    Attributes:
        penalty: What a squared weight costs; None for the best of several on a part held back.
    """

    penalty: float | None = None
    name: str = "ridge"

    def fit(self, known: Known, *, seed: int) -> FittedRung:
        """Solve, with the penalty that predicts best the direction of items held back."""
        centre = weighted_mean(known.targets, known.trust)
        penalty = self.penalty
        if penalty is None:
            penalty = _best_penalty(known, centre, seed)
        sparse, dense = _sides(known.features)
        weights = solve(sparse, dense, known.targets - centre, known.trust, penalty)
        return _Line(weights, centre)


@dataclass(frozen=True, eq=False)
class _Line:
    weights: NDArray[np.float32]
    centre: NDArray[np.float32]

    def answers(self, cold: Cold) -> NDArray[np.bool_]:
        return np.asarray(cold.features.evidence.any(axis=1))

    def predict(self, cold: Cold) -> NDArray[np.float32]:
        return self.centre + _times(*_sides(cold.features), self.weights)


def solve(
    sparse: csr_matrix,
    dense: NDArray[np.float32],
    targets: NDArray[np.float32],
    trust: NDArray[np.float32],
    penalty: float,
    start: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return the weights W that make ``sum(trust * |X W - Y|^2) + penalty * |W|^2`` least.

    Args:
        sparse: (n_items, n_sparse) the first columns of X.
        dense: (n_items, n_dense) the other columns.
        targets: (n_items, size) Y.
        trust: (n_items,) what each row weighs.
        penalty: Above 0.
        start: (n_sparse + n_dense, size) where to start; zeros unless given.

    Returns:
        (n_sparse + n_dense, size) float32.
    """
    across = sparse.T.tocsr()

    def back(rows: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.vstack([np.asarray(across @ rows), dense.T @ rows])

    def normal(weights: NDArray[np.float32]) -> NDArray[np.float32]:
        rows = _times(sparse, dense, weights) * trust[:, None]
        return back(rows) + np.float32(penalty) * weights

    goal = back(targets * trust[:, None])
    solved: NDArray[np.float32] = np.zeros_like(goal) if start is None else start.copy()
    squares = _diagonal(sparse, dense, trust) + penalty
    scale = (1 / np.sqrt(squares)).astype(np.float32)[:, None]
    remainder = (goal - normal(solved)) if start is not None else goal.copy()
    remainder *= scale  # Jacobi's preconditioner, on both sides
    direction = remainder.copy()
    lengths = (remainder**2).sum(axis=0)
    least = _EXACT**2 * np.maximum(((goal * scale) ** 2).sum(axis=0), 1e-30)
    for _ in range(_STEPS):
        if (lengths <= least).all():
            break
        turned = normal(direction * scale) * scale
        step = lengths / np.maximum((direction * turned).sum(axis=0), 1e-30)
        solved += scale * direction * step
        remainder -= turned * step
        before, lengths = lengths, (remainder**2).sum(axis=0)
        direction = remainder + direction * (lengths / np.maximum(before, 1e-30))
    return solved.astype(np.float32)


def _best_penalty(known: Known, centre: NDArray[np.float32], seed: int) -> float:
    draws = np.random.default_rng(seed).permutation(len(known))
    n_back = len(known) // _INNER
    if not n_back:
        return _PENALTIES[0]
    back, rest = known.take(np.sort(draws[:n_back])), known.take(np.sort(draws[n_back:]))
    sparse, dense = _sides(rest.features)
    asked = _sides(back.features)
    truth = normalized(back.targets)
    found: list[tuple[float, float]] = []
    weights: NDArray[np.float32] | None = None
    for penalty in _PENALTIES:  # from stiff to loose, each starting where the one before ended
        weights = solve(sparse, dense, rest.targets - centre, rest.trust, penalty, weights)
        units = normalized(centre + _times(*asked, weights))
        found.append((float((back.trust * (units * truth).sum(axis=1)).sum()), penalty))
    return max(found)[1]


def _sides(features: Features) -> tuple[csr_matrix, NDArray[np.float32]]:
    """Return the sparse and the dense side of features, the latter with a constant."""
    constant = np.ones((len(features), 1), np.float32)
    return features.tokens, np.hstack([_TEXT_SCALE * features.text, features.numbers, constant])


_TEXT_SCALE: Final = np.float32(3.0)
"""Text is spread over a hundred dimensions and has length one; an attribute is one dimension and
has length one by itself. So that the penalty takes both alike, text is stretched."""


def _times(
    sparse: csr_matrix, dense: NDArray[np.float32], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    n_sparse = sparse.shape[1]
    product: NDArray[np.float32] = np.asarray(sparse @ weights[:n_sparse])
    product += dense @ weights[n_sparse:]
    return product


def _diagonal(
    sparse: csr_matrix, dense: NDArray[np.float32], trust: NDArray[np.float32]
) -> NDArray[np.float64]:
    squares = np.asarray(sparse.multiply(sparse).T @ trust.astype(np.float64)).ravel()
    return np.concatenate([squares, (dense.astype(np.float64) ** 2).T @ trust])
