"""The native engine: epochs of slices, handed to threads that share the matrices.

The threads write without locks, as in Hogwild (Niu et al. 2011): with one worker the same seed
gives the same bytes, with more the outcome depends on who was first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any

import numpy as np
from numba import config
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.progress import Listener, Notice, Progress
from x2vec.training.engine import Matrices, refuse_divergence
from x2vec.training.native.kernel import Recipe, make_recipe, slice_kernel
from x2vec.training.native.layout import padded, start_vectors
from x2vec.training.native.slices import cut
from x2vec.training.parameters import SkipGram

__all__ = ["NativeEngine"]


class NativeEngine:
    """Train by kernels compiled on this machine."""

    name = "native"

    def fit(
        self, corpus: Corpus, parameters: SkipGram, *, seed: int, workers: int, listen: Listener
    ) -> Matrices:
        """Train; with one worker the same seed gives the same bytes."""
        vectors = start_vectors(corpus.n_items, parameters.vector_size, seed)
        contexts = padded(corpus.n_items, parameters.vector_size)
        is_whole = parameters.window == "whole" or not corpus.ordered
        kernel = slice_kernel(vectors.shape[1], parameters.negative, is_whole=is_whole)
        if not config.DISABLE_JIT and not kernel.signatures:  # type: ignore[attr-defined]
            listen(Notice("train", "loading the kernel; the first time on a machine compiles it"))
        recipe = make_recipe(corpus, parameters, seed)
        borders = cut(corpus, parameters, at_least=workers)
        total = corpus.n_tokens * parameters.epochs
        losses: list[float] = []
        last_good = None
        for epoch in range(parameters.epochs):
            tally = np.zeros(2)
            arguments = (vectors, contexts, corpus.rows, corpus.offsets)
            for done in _run(kernel, arguments, borders, epoch, recipe, tally, workers):
                tokens = int(corpus.offsets[done]) + epoch * corpus.n_tokens
                listen(Progress("train", tokens, total, "tokens"))
            losses.append(float(tally[0] / max(tally[1], 1)))
            matrices = _matrices(vectors, contexts, parameters.vector_size, losses)
            alpha = parameters.alpha_at(epoch / parameters.epochs)
            refuse_divergence(matrices, last_good, epoch=epoch + 1, alpha=alpha)
            last_good = matrices
            figures = {"epoch": epoch + 1, "alpha": alpha, "loss": losses[-1]}
            listen(Progress("train", (epoch + 1) * corpus.n_tokens, total, "tokens", figures))
        return matrices


def _run(
    kernel: Any,
    arguments: tuple[Any, ...],
    borders: NDArray[np.int64],
    epoch: int,
    recipe: Recipe,
    tally: NDArray[np.float64],
    workers: int,
) -> Iterator[int]:
    """Train all slices of an epoch; give how many sequences are done after each."""
    stop = np.zeros(1, np.uint8)
    lock = threading.Lock()
    todo = iter(range(len(borders) - 1))

    def one_slice() -> int | None:
        with lock:
            at = next(todo, None)
        if at is None:
            return None
        mine = np.zeros(2)
        first, last = int(borders[at]), int(borders[at + 1])
        kernel(*arguments, first, last, epoch, recipe, stop, mine)
        with lock:
            tally[:] += mine
        return last - first

    done = 0
    with ThreadPoolExecutor(workers, thread_name_prefix="x2vec-train") as pool:
        try:
            running = {pool.submit(one_slice) for _ in range(workers)}
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    n_sequences = future.result()
                    if n_sequences is not None:
                        running.add(pool.submit(one_slice))
                        done += n_sequences
                        yield done
        finally:
            stop[0] = 1


def _matrices(
    vectors: NDArray[np.float32],
    contexts: NDArray[np.float32],
    vector_size: int,
    losses: list[float],
) -> Matrices:
    """Copy the matrices, without what pads them."""
    return Matrices(
        vectors[:-1, :vector_size].copy(),
        contexts[:-1, :vector_size].copy(),
        tuple(losses),
    )
