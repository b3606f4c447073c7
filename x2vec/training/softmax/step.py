"""One step of the session softmax: the loss of a batch, and what it does to each matrix.

With ``q`` the mean of a history's vectors, ``u = (q + qW) / |q + qW|`` and ``c`` the unit vector of
an item, the score is ``t u c`` with the temperature ``t``; without one it is ``(q + qW) c``, no
side brought to length 1. The loss is ``-log softmax`` of the target among itself and the sample,
the scores of the sample lowered by ``log`` of their chance. All sums are matrix products, cut into
tiles that do not depend on the number of threads, so neither do the bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from x2vec.training.softmax.examples import Batch
from x2vec.training.softmax.rows import gather

__all__ = ["Gradients", "Sample", "step"]

Matrix = NDArray[np.float32]

TILES = 4  # as many threads as a step has work for; a fixed number, for the bytes depend on it
_TINY = np.float32(1e-12)


@dataclass(frozen=True, eq=False)
class Sample:
    """The items that a batch shares: (n_sampled,) rows, ascending, and logs of their chances."""

    rows: NDArray[np.int32]
    log_chances: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Gradients:
    """What a step found.

    Attributes:
        loss: Summed over the batch, in nats.
        of_queries: (n_examples, vector_size), by the plain mean of each history.
        of_targets: (n_examples, vector_size), by the vector of each target.
        of_sample: (n_sampled, vector_size), by the vectors of the sample.
        of_square: (vector_size, vector_size), by W, or None without one.
    """

    loss: float
    of_queries: Matrix
    of_targets: Matrix
    of_sample: Matrix
    of_square: Matrix | None


def step(
    vectors: Matrix,
    contexts: Matrix,
    square: Matrix | None,
    batch: Batch,
    sample: Sample,
    *,
    temperature: float | None,
    pool: ThreadPoolExecutor | None = None,
) -> Gradients:
    """Return loss and gradients of a batch; nothing is moved.

    Args:
        vectors: (n_items, vector_size), what queries are made of.
        contexts: (n_items, vector_size), what they are held against; the same array if tied.
        square: (vector_size, vector_size), W, or None.
        batch: The examples.
        sample: What their targets compete with.
        temperature: What the cosine is multiplied with; None for plain products.
        pool: Threads to work in; None works here.
    """
    size = vectors.shape[1]
    n_queries, n_sampled = len(batch.targets), len(sample.rows)
    means = np.empty((n_queries, size), np.float32)
    queries, targets = np.empty_like(means), contexts[batch.targets]
    others = contexts[sample.rows]
    of_queries, of_targets = np.empty_like(means), np.empty_like(means)
    of_others = np.empty_like(others)
    scores = np.empty((n_queries, n_sampled), np.float32)
    losses = np.zeros(TILES)
    heat = np.float32(1.0 if temperature is None else temperature)
    other_lengths = target_lengths = None
    if temperature is not None:
        other_lengths, target_lengths = _shorten(others), _shorten(targets)

    def over_queries(part: slice, tile: int) -> None:
        gather(vectors, batch.rows[part], batch.weights[part], means[part])
        turned, mine = queries[part], targets[part]
        turned[:] = means[part]
        if square is not None:
            turned += means[part] @ square
        lengths = None if temperature is None else _shorten(turned)
        row_scores = scores[part]
        np.matmul(turned * heat, others.T, out=row_scores)
        of_target = _softmax(
            row_scores,
            heat * np.einsum("ij,ij->i", turned, mine),
            batch.targets[part],
            sample,
            heat,
        )
        losses[tile] = of_target.loss
        pull = of_target.pull[:, None]
        np.matmul(row_scores, others, out=of_queries[part])
        of_queries[part] += pull * mine
        of_targets[part] = pull * turned
        _lengthen(of_queries[part], turned, lengths)
        _lengthen(of_targets[part], mine, None if target_lengths is None else target_lengths[part])

    def over_sample(part: slice, _tile: int) -> None:
        np.matmul(scores[:, part].T, queries, out=of_others[part])
        lengths = None if other_lengths is None else other_lengths[part]
        _lengthen(of_others[part], others[part], lengths)

    _run(over_queries, n_queries, pool)
    _run(over_sample, n_sampled, pool)
    of_square = None
    if square is not None:
        of_square = means.T @ of_queries
        of_queries = of_queries + of_queries @ square.T
    return Gradients(float(losses.sum()), of_queries, of_targets, of_others, of_square)


@dataclass(frozen=True, eq=False)
class _Targets:
    loss: float
    pull: NDArray[np.float32]


def _softmax(
    scores: Matrix,
    own: NDArray[np.float32],
    targets: NDArray[np.int32],
    sample: Sample,
    heat: np.float32,
) -> _Targets:
    """Turn the scores of the sample into gradients by products of unit sides, in place.

    Returns:
        The summed loss, and (n_queries,) the gradient by the target's own product.
    """
    scores -= sample.log_chances
    at = np.minimum(np.searchsorted(sample.rows, targets), len(sample.rows) - 1)
    hit = np.flatnonzero(sample.rows[at] == targets)
    scores[hit, at[hit]] = -np.inf  # the target is no rival of its own
    highest = np.maximum(scores.max(axis=1), own)
    scores -= highest[:, None]
    np.exp(scores, out=scores)
    own_part = np.exp(own - highest)
    total = scores.sum(axis=1) + own_part
    scores *= (heat / total)[:, None]
    chance = own_part / total
    loss = float(np.sum(np.log(total) - (own - highest), dtype=np.float64))
    return _Targets(loss, (chance - 1) * heat)


def _shorten(rows: Matrix) -> NDArray[np.float32]:
    """Bring rows to length 1, in place, and return what their lengths were, (n_rows,)."""
    lengths: NDArray[np.float32] = np.sqrt(np.einsum("ij,ij->i", rows, rows)) + _TINY
    rows /= lengths[:, None]
    return lengths


def _lengthen(gradients: Matrix, units: Matrix, lengths: NDArray[np.float32] | None) -> None:
    """Turn gradients by unit rows into gradients by the rows themselves, in place.

    ``d/dx of x/|x|`` takes away what points along the row, and divides by its length.
    """
    if lengths is None:
        return
    along = np.einsum("ij,ij->i", gradients, units)
    gradients -= along[:, None] * units
    gradients /= lengths[:, None]


def _run(work: Callable[[slice, int], None], n: int, pool: ThreadPoolExecutor | None) -> None:
    """Do the tiles of some work, one after the other or side by side."""
    borders = [n * tile // TILES for tile in range(TILES + 1)]
    parts = [slice(*both) for both in pairwise(borders)]
    busy = [(part, tile) for tile, part in enumerate(parts) if part.stop > part.start]
    if pool is None:
        for part, tile in busy:
            work(part, tile)
        return
    for done in [pool.submit(work, part, tile) for part, tile in busy]:
        done.result()
