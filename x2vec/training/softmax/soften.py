"""The softmax of a tile of scores, in few passes over it."""

from __future__ import annotations

from math import exp, log

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled

__all__ = ["soften"]

Matrix = NDArray[np.float32]

_LANES = 16  # sums and maxima run side by side, as a register holds them; fixed, for the bytes
_LOG2_E = np.float32(1.4426950408889634)
_LEAST = np.float32(-126)  # 2**-126 is the least float32 that is normal; below, exp is 0 enough
_BIAS, _FRACTION = np.int32(127), np.int32(23)  # of a float32's exponent, and its bits after it
# 2**x on [-1/2, 1/2]: ln(2)**n / n!, off by 2e-7 at most
_C1, _C2, _C3, _C4, _C5, _C6 = (
    np.float32(np.log(2) ** n / np.prod(range(1, n + 1))) for n in range(1, 7)
)
_ONE, _HALF = np.float32(1), np.float32(0.5)


@compiled
def soften(
    scores: Matrix,
    log_chances: NDArray[np.float32],
    own: NDArray[np.float32],
    slots: NDArray[np.int64],
    heat: float,
    pulls: NDArray[np.float32],
) -> float:
    """Turn scores into gradients of the loss by products of unit sides, in place.

    Args:
        scores: (n_queries, n_sampled) of the sample; becomes ``heat`` times the chance of each.
        log_chances: (n_sampled,) taken from the scores first.
        own: (n_queries,) scores of the targets.
        slots: (n_queries,) where the target is in the sample, that is no rival of its own; -1 where
            it is not.
        heat: What the products were multiplied with.
        pulls: (n_queries,) filled with the gradients by the targets' products.

    Returns:
        The summed loss, in nats.
    """
    powers = np.empty(scores.shape[1], np.float32)
    lanes = np.empty(_LANES, np.float32)
    loss = 0.0
    for one in range(len(scores)):
        row = scores[one]
        for at in range(len(row)):
            row[at] -= log_chances[at]
        if slots[one] >= 0:
            row[slots[one]] = -np.inf
        highest = max(_highest(row, lanes), own[one])
        _exponentials(row, highest, powers)
        mine = exp(own[one] - highest)
        total = _sum(row, lanes) + mine
        share = np.float32(heat / total)
        for at in range(len(row)):
            row[at] *= share
        pulls[one] = heat * (mine / total - 1)
        loss += log(total) - (own[one] - highest)
    return loss


@compiled
def _exponentials(row: NDArray[np.float32], highest: float, powers: NDArray[np.float32]) -> None:
    """Replace each score by ``exp(score - highest)``; none is above the highest.

    ``exp(x) = 2**n * 2**f`` with a whole n, whose power of two is written as the bits of a float32,
    and f from -1/2 to 1/2, whose power is a polynomial. Plain arithmetic, which becomes vectors.
    """
    bits = powers.view(np.int32)
    for at in range(len(row)):
        x = max((row[at] - np.float32(highest)) * _LOG2_E, _LEAST)
        whole = np.int32(x - _HALF)  # towards zero: the nearest, as x is not above it
        f = x - np.float32(whole)
        row[at] = _ONE + f * (_C1 + f * (_C2 + f * (_C3 + f * (_C4 + f * (_C5 + f * _C6)))))
        bits[at] = (whole + _BIAS) << _FRACTION
    for at in range(len(row)):
        row[at] *= powers[at]


@compiled
def _highest(row: NDArray[np.float32], lanes: NDArray[np.float32]) -> float:
    lanes[:] = -np.inf
    whole = len(row) // _LANES * _LANES
    for start in range(0, whole, _LANES):
        for lane in range(_LANES):
            value = row[start + lane]
            lanes[lane] = value if value > lanes[lane] else lanes[lane]
    highest = lanes.max()
    for at in range(whole, len(row)):
        highest = max(highest, row[at])
    return float(highest)


@compiled
def _sum(row: NDArray[np.float32], lanes: NDArray[np.float32]) -> float:
    lanes[:] = 0
    whole = len(row) // _LANES * _LANES
    for start in range(0, whole, _LANES):
        for lane in range(_LANES):
            lanes[lane] += row[start + lane]
    total = 0.0
    for lane in range(_LANES):
        total += lanes[lane]
    for at in range(whole, len(row)):
        total += row[at]
    return total
