"""The reference engine: the model in plain NumPy, block after block, as readable as it gets.

It draws what the native engine draws and takes the same steps in the same order, so that loss and
vectors can be compared number by number.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from x2vec._draws import draw_below, start_stream
from x2vec.corpus import Corpus
from x2vec.progress import Progress
from x2vec.training.control import Control, Matrices
from x2vec.training.engine import refuse_divergence
from x2vec.training.native.kernel import (
    SHARED_BY,
    Recipe,
    block_inputs,
    block_outputs,
    draw_outputs,
    draw_piece,
    gather_inputs,
    make_recipe,
)
from x2vec.training.native.layout import padded, start_vectors
from x2vec.training.parameters import SkipGram
from x2vec.training.reference_side import Composed
from x2vec.training.side import finished
from x2vec.training.step import step

__all__ = ["ReferenceEngine"]

_Block = tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32], NDArray[np.float32]]


class ReferenceEngine:
    """Plain NumPy, one block at a time: for small corpora, and for checking other engines."""

    name = "reference"

    can = frozenset({"deterministic", "is_enough", "side information"})

    def fit(self, corpus: Corpus, parameters: SkipGram, control: Control) -> Matrices:
        """Train; ``workers`` has no effect, as there is one thread."""
        seed, side = control.seed, control.side
        n_items = corpus.n_items
        n_rows = n_items + (0 if side is None else side.n_attributes)
        vectors = padded(n_rows, parameters.vector_size)
        contexts = np.zeros_like(vectors)
        size = parameters.vector_size
        vectors[:-1, :size] = start_vectors(n_rows, size, seed)
        recipe = make_recipe(corpus, parameters, seed)
        both = None if side is None else Composed(corpus, side, parameters, recipe)
        losses: list[float] = []
        last_good = None
        for epoch in range(parameters.epochs):
            loss, n_pairs = 0.0, 0
            for index in range(len(corpus)):
                done = (epoch + corpus.offsets[index] / corpus.n_tokens) / parameters.epochs
                alpha = np.float32(parameters.alpha_at(done))
                if both is not None:
                    more, pairs = both.train(vectors, contexts, index, epoch, alpha)
                    loss, n_pairs = loss + more, n_pairs + pairs
                    continue
                for inputs, counts, outputs, weights in _blocks(
                    corpus, index, epoch, recipe, parameters
                ):
                    n_pairs += int(counts.sum())
                    for at in range(0, len(outputs), block_outputs(parameters.negative)[1]):
                        part = slice(at, at + block_outputs(parameters.negative)[1])
                        loss += step(
                            vectors, contexts, inputs, counts, outputs[part], weights[part],
                            positive=np.float32(at == 0), alpha=alpha,
                        )  # fmt: skip
            losses.append(loss / max(n_pairs, 1))
            own, beside = slice(0, n_items), slice(n_items, n_rows)
            matrices = finished(
                Matrices(
                    vectors[own, :size],
                    contexts[own, :size],
                    tuple(losses),
                    attributes=None if n_rows == n_items else vectors[beside, :size],
                    attribute_contexts=None if n_rows == n_items else contexts[beside, :size],
                ),
                side,
            )
            refuse_divergence(matrices, last_good, epoch=epoch + 1, alpha=float(alpha))
            last_good = matrices
            total = corpus.n_tokens * parameters.epochs
            figures = {"epoch": epoch + 1, "alpha": float(alpha), "loss": losses[-1]}
            tokens = corpus.n_tokens * (epoch + 1)
            control.listen(Progress("train", tokens, total, "tokens", figures))
            if control.is_enough is not None and control.is_enough(matrices):
                break
        return matrices


def _blocks(
    corpus: Corpus, index: int, epoch: int, recipe: Recipe, parameters: SkipGram
) -> Iterator[_Block]:
    """Give the blocks of one sequence: some inputs of a target, and its outputs for them.

    The outputs of a block are drawn before the one ahead of it is trained, as in the kernel, which
    asks the memory for them early; drawn in another order they would be others.
    """
    start, end = corpus.offsets[index], corpus.offsets[index + 1]
    stream, kept = np.empty(1, np.uint64), np.empty(end - start, np.int32)
    start_stream(stream, recipe.seed, epoch, start)
    whole = (start, end)
    _, _, n_kept, _ = draw_piece(corpus.rows, whole, whole, 0, recipe.keep, stream, kept)
    is_whole = parameters.window == "whole" or not corpus.ordered
    n_inputs = block_inputs(is_whole=is_whole)
    n_blocks, n_outputs = block_outputs(parameters.negative)

    def drawn(target: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        outputs = np.full(n_blocks * n_outputs, corpus.n_items, np.int32)
        weights = np.zeros(n_blocks * n_outputs, np.float32)
        draw_outputs(
            kept[target], parameters.negative, recipe.noise, stream, corpus.n_items,
            outputs, weights, 0,
        )  # fmt: skip
        return outputs, weights

    if n_kept < 2:
        return
    now = drawn(0)
    for target in range(n_kept):
        low, high = 0, n_kept
        if not is_whole:
            reach = 1 + draw_below(stream, recipe.window) if recipe.shrinks else recipe.window
            low, high = max(0, target - reach), min(n_kept, target + reach + 1)
        inputs, weights = np.empty(high - low + 4, np.int32), np.empty(high - low + 4, np.float32)
        n = gather_inputs(kept, low, target, high, corpus.n_items, n_inputs, inputs, weights)
        for first in range(0, n, n_inputs):
            is_last = first + n_inputs >= n
            turns = is_last or (first + n_inputs) % SHARED_BY == 0
            then = drawn(target + is_last) if turns and target + is_last < n_kept else now
            yield inputs[first : first + n_inputs], weights[first : first + n_inputs], *now
            now = then
