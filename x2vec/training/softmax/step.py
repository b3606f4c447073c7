"""One step of the session softmax: the loss of a batch, and what it does to each matrix.

With ``q`` a query (``turns``), ``u = q / |q|`` and ``c`` the unit vector of an item, the score is
``t u c`` with the temperature ``t``; without one it is ``q c``, no side brought to length 1. The
loss is ``-log softmax`` of the target among itself and the sample, the scores of the sample lowered
by ``log`` of their chance. All sums are matrix products, cut into tiles that do not depend on the
number of threads, so neither do the bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from x2vec.training.softmax.examples import Batch
from x2vec.training.softmax.soften import soften
from x2vec.training.softmax.turns import Asked, Turns

__all__ = ["Gradients", "Sample", "step"]

Matrix = NDArray[np.float32]
T = TypeVar("T")

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
        of_means: (n_examples, vector_size), by the mean of each history.
        of_lasts: (n_examples, vector_size), by what the last event adds beside the mean, or None.
        of_targets: (n_examples, vector_size), by the vector of each target.
        of_sample: (n_sampled, vector_size), by the vectors of the sample.
        of_turns: By what is learnt beside the vectors.
    """

    loss: float
    of_means: Matrix
    of_lasts: Matrix | None
    of_targets: Matrix
    of_sample: Matrix
    of_turns: Turns


def step(
    vectors: Matrix,
    contexts: Matrix,
    turns: Turns,
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
        turns: How queries are made of them.
        batch: The examples.
        sample: What their targets compete with.
        temperature: What the cosine is multiplied with; None for plain products.
        pool: Threads to work in; None works here.
    """
    n_queries, n_sampled = len(batch.targets), len(sample.rows)
    targets, others = contexts[batch.targets], contexts[sample.rows]
    queries, of_targets = np.empty_like(targets), np.empty_like(targets)
    of_means, of_others = np.empty_like(targets), np.empty_like(others)
    of_lasts = None if turns.last_square is None else np.empty_like(targets)
    scores = np.empty((n_queries, n_sampled), np.float32)
    heat = np.float32(1.0 if temperature is None else temperature)
    lengths = None if temperature is None else _shorten(others)
    slots = _slots(batch.targets, sample)

    def over_queries(part: slice) -> tuple[float, Turns]:
        asked = Asked.of(vectors, turns, batch, part)
        turned, mine, row_scores = asked.queries, targets[part], scores[part]
        both = [None, None] if temperature is None else [_shorten(turned), _shorten(mine)]
        queries[part] = turned
        np.matmul(turned * heat, others.T, out=row_scores)
        own = heat * np.einsum("ij,ij->i", turned, mine)
        pull = np.empty(len(own), np.float32)
        loss = soften(row_scores, sample.log_chances, own, slots[part], float(heat), pull)
        of_queries = row_scores @ others
        of_queries += pull[:, None] * mine
        of_targets[part] = pull[:, None] * turned
        _lengthen(of_queries, turned, both[0])
        _lengthen(of_targets[part], mine, both[1])
        of_means[part], of_last, of_turns = asked.back(of_queries)
        if of_lasts is not None:
            of_lasts[part] = of_last
        return loss, of_turns

    def over_sample(part: slice) -> None:
        np.matmul(scores[:, part].T, queries, out=of_others[part])
        _lengthen(of_others[part], others[part], None if lengths is None else lengths[part])

    found = _run(over_queries, n_queries, pool)
    _run(over_sample, n_sampled, pool)
    return Gradients(
        sum(loss for loss, _ in found),
        of_means,
        of_lasts,
        of_targets,
        of_others,
        Turns.sum(of_turns for _, of_turns in found),
    )


def _slots(targets: NDArray[np.int32], sample: Sample) -> NDArray[np.int64]:
    """Return where each target is in the sample, (n_targets,) int64, and -1 where it is not."""
    at = np.minimum(np.searchsorted(sample.rows, targets), len(sample.rows) - 1)
    return np.where(sample.rows[at] == targets, at, -1)


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


def _run(work: Callable[[slice], T], n: int, pool: ThreadPoolExecutor | None) -> list[T]:
    """Do the tiles of some work, one after the other or side by side."""
    borders = [n * tile // TILES for tile in range(TILES + 1)]
    parts = [slice(*both) for both in pairwise(borders) if both[1] > both[0]]
    return [*map(work, parts)] if pool is None else [*pool.map(work, parts)]
