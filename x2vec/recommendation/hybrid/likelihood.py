"""The likelihood of the targets under a log-linear pool of parts, and the weights where it is most.

The pool is ``P(item | history) ~ exp(sum over parts of weight * opinion)``, a multinomial logit
(McFadden, "Conditional logit analysis of qualitative choice behavior", 1974), so the loss is convex
in the weights: there is one best point, wherever the search starts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec.recommendation.hybrid.opinions import Opinions

__all__ = ["best_weights", "loss_and_slope", "ranks"]

RIDGE = 1e-4
"""What a squared weight, in standard deviations of its opinions, counts beside the mean loss of a
query: so little that it decides between parts that say the same, and keeps weights finite."""


def loss_and_slope(
    weights: NDArray[np.float64], scaled: NDArray[np.float32], opinions: Opinions
) -> tuple[float, NDArray[np.float64]]:
    """Return the mean negative log-likelihood of the targets, and its gradient.

    Args:
        weights: (n_weights,) float64.
        scaled: (n_weights, n_candidates) float32, what ``opinions`` say on the scales of their
            parts.
        opinions: Where the candidates of each query stand.
    """
    starts, n = opinions.offsets[:-1], len(opinions)
    logits = weights.astype(np.float32) @ scaled
    top = np.maximum.reduceat(logits, starts)
    mass = np.exp(logits - top[opinions.owners]) * opinions.counts
    total = np.add.reduceat(mass, starts)
    loss = np.log(total) + top - logits[opinions.targets]
    expected = scaled @ (mass / total[opinions.owners])
    slope = (expected - scaled[:, opinions.targets].sum(axis=1)) / n
    return float(loss.mean()), slope.astype(np.float64)


def best_weights(
    scaled: NDArray[np.float32], opinions: Opinions, *, n_free: int = 0
) -> tuple[NDArray[np.float64], float]:
    """Return the weights under which the targets are most likely, and the loss of a query.

    Args:
        scaled: (n_weights, n_candidates) float32.
        opinions: Where the candidates of each query stand.
        n_free: So many weights, the last ones, may fall below 0.
    """
    from scipy.optimize import minimize

    size = np.maximum(scaled.std(axis=1), 1e-6).astype(np.float64)

    def objective(units: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        loss, slope = loss_and_slope(units / size, scaled, opinions)
        return loss + RIDGE * float(units @ units), slope / size + 2 * RIDGE * units

    n_bound = len(scaled) - n_free
    found = minimize(
        objective,
        np.concatenate([np.full(n_bound, 1 / max(n_bound, 1)), np.zeros(n_free)]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * n_bound + [(None, None)] * n_free,
    )
    return found.x / size, float(found.fun)


def ranks(
    weights: NDArray[np.float64], scaled: NDArray[np.float32], opinions: Opinions
) -> NDArray[np.float64]:
    """Return the rank of each target among the candidates, (n_queries,); ties count against it."""
    logits = weights.astype(np.float32) @ scaled
    ahead = (logits >= logits[opinions.targets][opinions.owners]) * opinions.counts
    return np.add.reduceat(ahead, opinions.offsets[:-1])
