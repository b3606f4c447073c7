"""Deterministic training: rounds of shards, the same for any number of threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.training.engine import keep_chances
from x2vec.training.native.books import Book, Rest
from x2vec.training.native.layout import aligned
from x2vec.training.native.shards import (
    CYCLE,
    N_SHARDS,
    gains,
    merge,
    merge_periods,
    rows_to_merge,
)
from x2vec.training.native.slices import cut
from x2vec.training.native.task import Task

__all__ = ["Rounds"]

_LEAST_WORK = 2e6  # numbers multiplied in a slice: a quarter of a millisecond
_WORK_PER_NUMBER = 4.0  # of a matrix: so much that merging takes less than a seventh of the time
_MERGED_AT_ONCE = 4096  # rows, by one thread


class Rounds:
    """A step is a cycle: some rounds, after which all rows are merged."""

    def __init__(self, task: Task, pool: ThreadPoolExecutor, book: Book) -> None:
        self._task, self._pool = task, pool
        self._matrices = task.start(spare=1)
        work = max(_LEAST_WORK, _WORK_PER_NUMBER * self._matrices[0].size)
        borders = cut(task.corpus, task.parameters, work=work, multiple=N_SHARDS).tolist()
        self._cycles = [
            borders[at : at + N_SHARDS * CYCLE + 1]
            for at in range(0, len(borders) - 1, N_SHARDS * CYCLE)
        ]
        touches = [whole / (len(borders) - 1) for whole in _touches_by_epoch(task)]
        self._periods = merge_periods(np.maximum(*touches))
        self._touches = [of_round * self._periods for of_round in touches]
        self._copies = [aligned((N_SHARDS, *matrix.shape)) for matrix in self._matrices]
        for matrix, copies in zip(self._matrices, self._copies, strict=True):
            copies[:] = matrix
        self._rest = self._rested(book)

    def train(self, book: Book, is_due: Callable[[], bool]) -> Iterator[bool]:
        """Train the cycles that are not in the book; nothing runs after each."""
        parameters = self._task.parameters
        alpha = parameters.alpha_at(book.epoch / parameters.epochs)
        scales = [gains(touches, alpha) for touches in self._touches]
        for cycle in self._cycles[book.done :]:
            tally = (0.0, 0.0)
            n_rounds = (len(cycle) - 1) // N_SHARDS
            for index in range(n_rounds):
                borders = cycle[index * N_SHARDS : (index + 1) * N_SHARDS + 1]
                shards = [
                    (shard, book.epoch, *pair) for shard, pair in enumerate(pairwise(borders))
                ]
                for loss, pairs in self._all(self._train, shards):
                    tally = tally[0] + loss, tally[1] + pairs
                n_rows = self._task.corpus.n_items
                if index + 1 < n_rounds:
                    n_rows = rows_to_merge(self._periods, index)
                self._all(self._merge, _merges(n_rows, scales))
            book.steps.append(tally)
            self._rest = self._rested(book)
            yield True

    def rest(self) -> Rest:
        """Return the matrices after the last whole cycle."""
        return self._rest

    def token(self, done: int) -> int:
        """Return the token at which cycle ``done`` starts."""
        return int(self._cycles[done][0] if done < len(self._cycles) else self._cycles[-1][-1])

    def _rested(self, book: Book) -> Rest:
        """Return where it stands; copied where it may be asked for in the middle of a cycle."""
        vectors, contexts = self._matrices
        if self._task.control.keep is not None:
            vectors, contexts = vectors.copy(), contexts.copy()
        return Rest(book, book.done, (vectors, contexts))

    def _train(self, shard: int, epoch: int, first: int, last: int) -> tuple[float, float]:
        vectors, contexts = (copies[shard] for copies in self._copies)
        nobody = self._task.corpus.n_items
        return self._task.train((vectors, contexts), (first, last), epoch=epoch, nobody=nobody)

    def _merge(self, which: int, scale: NDArray[np.float32], first: int, last: int) -> None:
        merge(self._matrices[which], self._copies[which], scale, first, last)

    def _all(self, call: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call with each job, on all threads; return what came of them in their order."""
        workers = min(self._task.control.workers, len(jobs))
        hands = [
            self._pool.submit(lambda mine: [call(*job) for job in mine], jobs[worker::workers])
            for worker in range(workers)
        ]
        done = [hand.result() for hand in hands]
        return [done[at % workers][at // workers] for at in range(len(jobs))]


def _merges(
    n_rows: int, scales: list[NDArray[np.float32]]
) -> list[tuple[int, NDArray[np.float32], int, int]]:
    """Return the jobs that merge the first rows of both matrices."""
    return [
        (which, scale, first, min(first + _MERGED_AT_ONCE, n_rows))
        for first in range(0, n_rows, _MERGED_AT_ONCE)
        for which, scale in enumerate(scales)
    ]


def _touches_by_epoch(task: Task) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how often each row of either matrix is touched in an epoch, about.

    An in-vector is touched by its pairs, an out-vector by those of its item as a target and by
    those that it is noise for.
    """
    parameters, counts = task.parameters, task.corpus.counts()
    kept = counts * keep_chances(counts, parameters.sample)
    most = inf
    if not task.is_whole:
        most = task.recipe.window * (1 if task.recipe.shrinks else 2) + task.recipe.shrinks
    pairs_of_all = 0.0
    for offsets in task.corpus.stretches():
        lengths = np.diff(offsets)
        pairs_of_all += float(lengths @ np.minimum(lengths - 1.0, most))
    share = kept.sum() / counts.sum()  # of the others in a window, too, some are skipped
    pairs = kept * (pairs_of_all / task.corpus.n_tokens * share)
    noise = counts**parameters.ns_exponent
    return pairs, pairs + pairs.sum() * parameters.negative * noise / noise.sum()
