"""The native engine: epochs of slices, trained by threads.

Free running, the threads share the matrices and write without locks, as in Hogwild (Niu et al.
2011): with one worker the same seed gives the same bytes, with more the outcome depends on who was
first. ``deterministic`` trains shards apart and merges them: the same bytes for any number of
workers.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba import config
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.progress import Listener, Notice, Progress
from x2vec.training.engine import Matrices, refuse_divergence
from x2vec.training.native.kernel import Recipe, make_recipe, slice_kernel
from x2vec.training.native.layout import padded, start_vectors
from x2vec.training.native.shards import N_SHARDS, merge_rows, train_shard
from x2vec.training.native.slices import cut
from x2vec.training.parameters import SkipGram

__all__ = ["NativeEngine"]

_ROUNDS = 8  # of shards in an epoch, at least: what they learn apart must not grow far apart
_MERGE_SHARE = 100  # work of a slice for each number that is merged after it, at least
_MERGE_ROWS = 4096  # rows merged by one thread at a time


class NativeEngine:
    """Train by kernels compiled on this machine."""

    name = "native"

    def fit(
        self,
        corpus: Corpus,
        parameters: SkipGram,
        *,
        seed: int,
        workers: int,
        listen: Listener,
        deterministic: bool = False,
    ) -> Matrices:
        """Train; the same seed gives the same bytes with one worker, or where deterministic."""
        state = _State.start(corpus, parameters, seed)
        _tell_of_compiling(state, listen)
        total = corpus.n_tokens * parameters.epochs
        last_good = None
        with _threads(workers, state.stop) as pool:
            run = _Rounds(state, pool, workers) if deterministic else _FreeRun(state, pool, workers)
            for epoch in range(parameters.epochs):
                state.tally[:] = 0
                for n_sequences in run.epoch(epoch):
                    tokens = int(corpus.offsets[n_sequences]) + epoch * corpus.n_tokens
                    listen(Progress("train", tokens, total, "tokens"))
                state.losses.append(float(state.tally[0] / max(state.tally[1], 1)))
                matrices = state.matrices()
                alpha = parameters.alpha_at(epoch / parameters.epochs)
                refuse_divergence(matrices, last_good, epoch=epoch + 1, alpha=alpha)
                last_good = matrices
                figures = {"epoch": epoch + 1, "alpha": alpha, "loss": state.losses[-1]}
                tokens = (epoch + 1) * corpus.n_tokens
                listen(Progress("train", tokens, total, "tokens", figures))
        return matrices


@dataclass(frozen=True, eq=False)
class _State:
    """What is trained, and what it is trained on.

    Attributes:
        tally: (2,) float64, loss and pairs of the epoch so far.
        stop: (1,) uint8, set where the kernels shall return.
    """

    corpus: Corpus
    parameters: SkipGram
    recipe: Recipe
    vectors: NDArray[np.float32]
    contexts: NDArray[np.float32]
    losses: list[float] = field(default_factory=list)
    tally: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    stop: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(1, np.uint8))

    @classmethod
    def start(cls, corpus: Corpus, parameters: SkipGram, seed: int) -> _State:
        return cls(
            corpus,
            parameters,
            make_recipe(corpus, parameters, seed),
            start_vectors(corpus.n_items, parameters.vector_size, seed),
            padded(corpus.n_items, parameters.vector_size),
        )

    @property
    def kernel(self) -> Callable[..., int]:
        is_whole = self.parameters.window == "whole" or not self.corpus.ordered
        width = self.vectors.shape[1]
        return slice_kernel(width, self.parameters.negative, is_whole=is_whole)

    def matrices(self) -> Matrices:
        """Copy the matrices, without what pads them."""
        size = self.parameters.vector_size
        return Matrices(
            self.vectors[:-1, :size].copy(), self.contexts[:-1, :size].copy(), tuple(self.losses)
        )

    def slice_arguments(self, first: int, last: int, epoch: int) -> tuple[Any, ...]:
        """Return the kernel's arguments after the matrices, all but the tally."""
        corpus = self.corpus
        return corpus.rows, corpus.offsets, first, last, epoch, self.recipe, self.stop


class _FreeRun:
    """Threads take slice after slice and write into the same matrices."""

    def __init__(self, state: _State, pool: ThreadPoolExecutor, workers: int) -> None:
        self._state, self._pool, self._workers = state, pool, workers
        self._borders = cut(state.corpus, state.parameters, at_least=workers)

    def epoch(self, epoch: int) -> Iterator[int]:
        """Train an epoch; give how many sequences are done, again and again."""
        done = 0
        slices = (
            (first, last, epoch) for first, last in itertools.pairwise(self._borders.tolist())
        )
        for n_sequences, tally in _spread(self._pool, self._workers, self._train, slices):
            self._state.tally[:] += tally
            done += n_sequences
            yield done

    def _train(self, first: int, last: int, epoch: int) -> tuple[int, NDArray[np.float64]]:
        state, tally = self._state, np.zeros(2)
        arguments = state.slice_arguments(first, last, epoch)
        state.kernel(state.vectors, state.contexts, *arguments, tally)
        return last - first, tally


class _Rounds:
    """Shards train apart, and what they changed is merged, round after round."""

    def __init__(self, state: _State, pool: ThreadPoolExecutor, workers: int) -> None:
        self._state, self._pool, self._workers = state, pool, workers
        merged = 2 * state.vectors.size
        self._borders = cut(
            state.corpus,
            state.parameters,
            at_least=N_SHARDS * _ROUNDS,
            work=_MERGE_SHARE * merged,
        )
        shape = (N_SHARDS, *state.vectors.shape)
        self._copies = (np.empty(shape, np.float32), np.empty(shape, np.float32))

    def epoch(self, epoch: int) -> Iterator[int]:
        """Train an epoch; give how many sequences are done after each round."""
        slices = list(itertools.pairwise(self._borders.tolist()))
        for start in range(0, len(slices), N_SHARDS):
            round_ = slices[start : start + N_SHARDS]
            jobs = [(shard, first, last, epoch) for shard, (first, last) in enumerate(round_)]
            tallies = dict(_spread(self._pool, self._workers, self._train, jobs))
            for shard in range(len(jobs)):  # in their order: a sum depends on it
                self._state.tally[:] += tallies[shard]
            rows = range(0, len(self._state.vectors), _MERGE_ROWS)
            merges = [(which, row, len(jobs)) for which in (0, 1) for row in rows]
            for _ in _spread(self._pool, self._workers, self._merge, merges):
                pass
            yield round_[-1][1]

    def _train(
        self, shard: int, first: int, last: int, epoch: int
    ) -> tuple[int, NDArray[np.float64]]:
        state, tally = self._state, np.zeros(2)
        train_shard(
            state.kernel,
            (state.vectors, state.contexts),
            (self._copies[0][shard], self._copies[1][shard]),
            *state.slice_arguments(first, last, epoch),
            tally,
        )
        return shard, tally

    def _merge(self, which: int, row: int, n_shards: int) -> None:
        matrix = (self._state.vectors, self._state.contexts)[which]
        last = min(row + _MERGE_ROWS, len(matrix))
        for idle in range(n_shards, N_SHARDS):  # the last round of an epoch may lack some
            self._copies[which][idle, row:last] = matrix[row:last]
        merge_rows(matrix, self._copies[which], row, last)


@contextmanager
def _threads(workers: int, stop: NDArray[np.uint8]) -> Iterator[ThreadPoolExecutor]:
    """Give threads that are told to stop where the caller leaves early."""
    with ThreadPoolExecutor(workers, thread_name_prefix="x2vec-train") as pool:
        try:
            yield pool
        finally:
            stop[0] = 1


def _spread(
    pool: ThreadPoolExecutor,
    workers: int,
    call: Callable[..., Any],
    jobs: Iterable[tuple[Any, ...]],
) -> Iterator[Any]:
    """Call with each job, on all threads, never more of them waiting than there are threads."""
    waiting = iter(jobs)
    running: set[Future[Any]] = set()
    for job in itertools.islice(waiting, workers):
        running.add(pool.submit(call, *job))
    while running:
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            for job in itertools.islice(waiting, 1):
                running.add(pool.submit(call, *job))
            yield future.result()


def _tell_of_compiling(state: _State, listen: Listener) -> None:
    if not config.DISABLE_JIT and not getattr(state.kernel, "signatures", None):
        listen(Notice("train", "loading the kernel; the first time on a machine compiles it"))
