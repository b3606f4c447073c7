"""Deterministic training: rounds of shards, the same for any number of threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from x2vec.training.engine import keep_chances
from x2vec.training.native.books import Book, Rest
from x2vec.training.native.gate import break_gate, new_gate
from x2vec.training.native.layout import aligned
from x2vec.training.native.shards import (
    CYCLE,
    N_SHARDS,
    gains,
    merge_kernel,
    merge_periods,
    rows_to_merge,
)
from x2vec.training.native.slices import cut
from x2vec.training.native.task import Task

__all__ = ["Rounds"]

_LEAST_WORK = 2e6  # numbers multiplied in a slice: a quarter of a millisecond
_WORK_PER_NUMBER = 4.0  # of a matrix: so much that merging takes less than a seventh of the time


class Rounds:
    """A step is a cycle: some rounds, after which all rows are merged."""

    def __init__(self, task: Task, pool: ThreadPoolExecutor, book: Book) -> None:
        self._task, self._pool = task, pool
        self._workers = min(task.control.workers, N_SHARDS)
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
        for borders in self._cycles[book.done :]:
            loss, pairs = self._train_cycle(borders, book.epoch, scales)
            book.steps.append((loss, pairs))
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

    def _train_cycle(
        self, borders: list[int], epoch: int, scales: list[NDArray[np.float32]]
    ) -> tuple[float, float]:
        """Train the rounds of a cycle on all threads; return their summed loss and pairs."""
        starts = range(0, len(borders) - 1, N_SHARDS)
        n_rows = [rows_to_merge(self._periods, index) for index in range(len(starts) - 1)]
        cycle = _Cycle(
            epoch,
            [borders[start : start + N_SHARDS + 1] for start in starts],
            [*n_rows, self._task.n_rows],
            scales,
            new_gate(),
            np.zeros((len(starts), N_SHARDS, 2)),
        )
        try:
            hands = [self._pool.submit(self._work, cycle, at) for at in range(self._workers)]
            for hand in hands:
                hand.result()
        except BaseException:  # an interrupt, too: the others need not go on to the cycle's end
            break_gate(cycle.gate)
            raise
        self._task.corpus.release()
        loss, pairs = cycle.tallies.reshape(-1, 2).sum(axis=0).tolist()
        return loss, pairs

    def _work(self, cycle: _Cycle, worker: int) -> None:
        """Do a worker's part of a cycle; where it fails, no other worker waits for it."""
        try:
            self._work_through(cycle, worker)
        except BaseException:
            break_gate(cycle.gate)  # or the others would wait at it for ever
            raise

    def _work_through(self, cycle: _Cycle, worker: int) -> None:
        """Train a worker's shards of each round, and merge its part of the rows after each.

        Between two calls of what is compiled a worker holds the GIL, and the others wait for it, so
        everything is looked up before.
        """
        both = zip(self._matrices, self._copies, cycle.scales, strict=True)
        vectors, contexts = ((matrix, copies, scale) for matrix, copies, scale in both)
        nobody = self._task.n_rows
        mine = range(worker, N_SHARDS, self._workers)
        pairs = [(self._copies[0][shard], self._copies[1][shard]) for shard in mine]
        calls = [
            [
                self._task.call(pair, borders[shard : shard + 2], cycle.epoch, nobody, tally[shard])
                for shard, pair in zip(mine, pairs, strict=True)
            ]
            for borders, tally in zip(cycle.borders, cycle.tallies, strict=True)
        ]
        train, merge_together = self._task.kernel, merge_kernel()
        gate, workers = cycle.gate, self._workers
        for of_round, n_rows in zip(calls, cycle.n_rows, strict=True):
            for call in of_round:
                train(*call)
            if not merge_together(gate, worker, workers, n_rows, vectors, contexts):
                return


class _Cycle(NamedTuple):
    """Some rounds after which all rows are merged.

    Attributes:
        epoch: Its epoch.
        borders: Of the slices of each round, ``N_SHARDS + 1`` a round.
        n_rows: How many rows are merged after each round.
        scales: By what the changes of each matrix's rows are scaled.
        gate: Where the workers meet.
        tallies: (n_rounds, N_SHARDS, 2), loss and pairs of each slice, filled in on the way.
    """

    epoch: int
    borders: list[list[int]]
    n_rows: list[int]
    scales: list[NDArray[np.float32]]
    gate: NDArray[np.int64]
    tallies: NDArray[np.float64]


def _touches_by_epoch(task: Task) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how often each row of either matrix is touched in an epoch, about.

    An in-vector is touched by its pairs, an out-vector by those of its item as a target and by
    those that it is noise for. An attribute is touched with its items, by as much as it weighs: a
    step on a sum goes that far twice, in what it takes and in what it moves.
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
    both = pairs, pairs + pairs.sum() * parameters.negative * noise / noise.sum()
    side = task.control.side
    if side is None:
        return both
    near, far = (np.append(touches, side.touches(touches)) for touches in both)
    return near, far
