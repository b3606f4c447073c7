"""The reference of training with side information: rows composed by a matrix product.

With ``A`` the matrix that holds 1 for an item itself and what its attributes weigh, a row an item
and a column a row of the matrices, the vectors of some items are ``A V``, and what a step changes
of them, ``D``, changes the matrix by ``A' D``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec._draws import draw_below, start_stream
from x2vec.corpus import Corpus
from x2vec.training.native.kernel import (
    SHARED_BY,
    Recipe,
    block_inputs,
    block_outputs,
    draw_outputs,
    draw_piece,
    gather_inputs,
)
from x2vec.training.native.side_kernel import draw_in_segment, make_side_recipe
from x2vec.training.parameters import SkipGram
from x2vec.training.side import Side
from x2vec.training.step import step

__all__ = ["Composed"]


class Composed:
    """Trains sequence by sequence on composed vectors, drawing what the native kernel draws."""

    def __init__(self, corpus: Corpus, side: Side, parameters: SkipGram, recipe: Recipe) -> None:
        self._corpus, self._parameters, self._recipe = corpus, parameters, recipe
        self._side = make_side_recipe(corpus, side, parameters)
        self._n_drawn = 1 + parameters.negative + side.segment_negative
        self._is_whole = parameters.window == "whole" or not corpus.ordered
        self._nobody = corpus.n_items + side.n_attributes
        self._of_items = np.zeros((self._nobody + 1, self._nobody + 1), np.float32)
        for item in range(corpus.n_items):
            pairs = slice(side.offsets[item], side.offsets[item + 1])
            self._of_items[item, item] = 1
            self._of_items[item, self._side.rows[pairs]] = side.weights[pairs]

    def train(
        self,
        vectors: NDArray[np.float32],
        contexts: NDArray[np.float32],
        index: int,
        epoch: int,
        alpha: np.float32,
    ) -> tuple[float, int]:
        """Train one sequence in place; return its summed loss, and its pairs."""
        start, end = self._corpus.offsets[index], self._corpus.offsets[index + 1]
        stream, kept = np.empty(1, np.uint64), np.empty(end - start, np.int32)
        start_stream(stream, self._recipe.seed, epoch, start)
        _, _, n_kept, _ = draw_piece(
            self._corpus.rows, (start, end), (start, end), 0, self._recipe.keep, stream, kept
        )
        loss, n_pairs = 0.0, 0
        for target in range(n_kept if n_kept > 1 else 0):
            sees_all = self._is_whole or (
                self._side.ends[index]
                and target == n_kept - 1
                and kept[target] == self._corpus.rows[end - 1]
            )
            low, high = 0, n_kept
            if not sees_all:
                window = self._recipe.window
                reach = 1 + draw_below(stream, window) if self._recipe.shrinks else window
                low, high = max(0, target - reach), min(n_kept, target + reach + 1)
            n_pairs += high - low - 1
            loss += self._target(vectors, contexts, kept, (low, target, high), stream, alpha)
        return loss, n_pairs

    def _target(
        self,
        vectors: NDArray[np.float32],
        contexts: NDArray[np.float32],
        kept: NDArray[np.int32],
        window: tuple[int, int, int],
        stream: NDArray[np.uint64],
        alpha: np.float32,
    ) -> float:
        """Train one target on the events in its window."""
        low, target, high = window
        n_inputs, loss = block_inputs(is_whole=self._is_whole), 0.0
        inputs, counts = np.empty(high - low + 4, np.int32), np.empty(high - low + 4, np.float32)
        n = gather_inputs(kept, low, target, high, self._nobody, n_inputs, inputs, counts)
        for first in range(0, n, SHARED_BY):
            outputs, weights = self._drawn(int(kept[target]), stream)
            before = self._of_items[outputs] @ contexts
            far = before.copy()
            for at in range(first, min(first + SHARED_BY, n), n_inputs):
                rows = inputs[at : at + n_inputs]
                near_before = self._of_items[rows] @ vectors
                near = near_before.copy()
                loss += self._step(near, far, counts[at : at + n_inputs], weights, alpha)
                vectors += self._of_items[rows].T @ (near - near_before)
            contexts += self._of_items[outputs].T @ (far - before)
        return loss

    def _drawn(
        self, target: int, stream: NDArray[np.uint64]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Draw the outputs of a target, filled up to whole blocks."""
        n_blocks, n_outputs = block_outputs(self._n_drawn - 1)
        outputs = np.full(n_blocks * n_outputs, self._nobody, np.int32)
        weights = np.zeros(n_blocks * n_outputs, np.float32)
        negative, noise = self._parameters.negative, self._recipe.noise
        draw_outputs(target, negative, noise, stream, self._nobody, outputs, weights, 0)
        draw_in_segment(
            self._side, stream, self._nobody, outputs, weights, 1 + negative, self._n_drawn
        )
        return outputs, weights

    def _step(
        self,
        near: NDArray[np.float32],
        far: NDArray[np.float32],
        counts: NDArray[np.float32],
        weights: NDArray[np.float32],
        alpha: np.float32,
    ) -> float:
        """Take the plain step on composed vectors, in blocks of outputs as the kernel does."""
        loss, n_outputs = 0.0, block_outputs(self._n_drawn - 1)[1]
        for at in range(0, len(far), n_outputs):
            part = np.arange(at, at + n_outputs, dtype=np.int32)
            loss += step(
                near, far, np.arange(len(near), dtype=np.int32), counts, part, weights[part],
                positive=np.float32(at == 0), alpha=alpha,
            )  # fmt: skip
        return loss
