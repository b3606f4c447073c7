"""The native engine: epochs of slices, trained by threads.

The threads share the matrices and write without locks, as in Hogwild (Niu et al. 2011): with one
worker the same seed gives the same bytes, with more the outcome depends on who was first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
from numba import config
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.progress import Listener, Notice, Progress
from x2vec.training.control import Control, Matrices
from x2vec.training.engine import refuse_divergence
from x2vec.training.native.kernel import Recipe, make_recipe, slice_kernel
from x2vec.training.native.layout import padded, start_vectors
from x2vec.training.native.slices import cut
from x2vec.training.parameters import SkipGram

__all__ = ["NativeEngine"]


class NativeEngine:
    """Train by kernels compiled on this machine."""

    name = "native"

    can: frozenset[str] = frozenset()

    def fit(self, corpus: Corpus, parameters: SkipGram, control: Control) -> Matrices:
        """Train; with one worker the same seed gives the same bytes."""
        seed, workers, listen = control.seed, control.workers, control.listen
        state = _State.start(corpus, parameters, seed)
        _tell_of_compiling(state, listen)
        total = corpus.n_tokens * parameters.epochs
        last_good = None
        with _threads(workers, state.stop) as pool:
            for epoch in range(parameters.epochs):
                state.tally[:] = 0
                start = perf_counter()
                for n_sequences in _train_epoch(state, epoch, pool, workers):
                    tokens = int(corpus.offsets[n_sequences]) + epoch * corpus.n_tokens
                    listen(Progress("train", tokens, total, "tokens"))
                state.losses.append(float(state.tally[0] / max(state.tally[1], 1)))
                pace = state.tally[1] / (perf_counter() - start)
                matrices = state.matrices()
                alpha = parameters.alpha_at(epoch / parameters.epochs)
                refuse_divergence(matrices, last_good, epoch=epoch + 1, alpha=alpha)
                last_good = matrices
                loss = state.losses[-1]
                figures = {"epoch": epoch + 1, "alpha": alpha, "loss": loss, "pairs/s": pace}
                tokens = (epoch + 1) * corpus.n_tokens
                listen(Progress("train", tokens, total, "tokens", figures))
        return matrices


@dataclass(frozen=True, eq=False)
class _State:
    """What is trained, and what it is trained on.

    Attributes:
        borders: Where the slices begin and end.
        tally: (2,) float64, loss and pairs of the epoch so far.
        stop: (1,) uint8, set where the kernels shall return.
    """

    corpus: Corpus
    parameters: SkipGram
    recipe: Recipe
    vectors: NDArray[np.float32]
    contexts: NDArray[np.float32]
    borders: list[int]
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
            cut(corpus, parameters).tolist(),
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


def _train_epoch(
    state: _State, epoch: int, pool: ThreadPoolExecutor, workers: int
) -> Iterator[int]:
    """Train all slices; give how many sequences are done, again and again."""

    def train(first: int, last: int) -> tuple[int, NDArray[np.float64]]:
        tally = np.zeros(2)
        corpus = state.corpus
        state.kernel(
            state.vectors, state.contexts, corpus.rows, corpus.offsets, first, last,
            epoch, state.recipe, state.stop, tally,
        )  # fmt: skip
        return last - first, tally

    done = 0
    for n_sequences, tally in _spread(pool, workers, train, itertools.pairwise(state.borders)):
        state.tally[:] += tally
        done += n_sequences
        yield done


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
