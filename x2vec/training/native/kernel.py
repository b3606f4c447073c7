"""The training kernel: a slice of the corpus, sequence by sequence, one target at a time.

Each event of a sequence is a target once. Its inputs are the events in its window; they go by small
blocks, and the inputs of a block share their noise rows (Ji et al. 2016, "Parallelizing Word2Vec in
Shared and Distributed Memory"). An item twice in a block counts twice and is written once.

Two inputs a block learn like one after the other: next-item quality in-out is that of gensim within
seed noise, where four lost 1 to 3 % of it in windows. Whole baskets, with their many inputs a
target, show no difference with four, which are a fifth faster.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.training.engine import keep_chances
from x2vec.training.native.block import MOST_OUTPUTS, block, prefetch
from x2vec.training.native.compiled import compiled, revision
from x2vec.training.native.draws import (
    Noise,
    draw_below,
    draw_item,
    make_noise,
    next_bits,
    start_stream,
)
from x2vec.training.native.layout import LANES
from x2vec.training.parameters import SkipGram

__all__ = [
    "Recipe",
    "block_inputs",
    "block_outputs",
    "draw_kept",
    "draw_outputs",
    "gather_inputs",
    "make_recipe",
    "slice_kernel",
]

_INPUTS_IN_WINDOW = 2
_INPUTS_IN_WHOLE = 4
_HALF = np.uint64(32)


class Recipe(NamedTuple):
    """What a kernel needs to know beside corpus and matrices.

    Attributes:
        keep: (n_items,) uint64, ``2**32`` times the chance that an event is trained on.
        noise: The noise distribution.
        window: Events on either side.
        shrinks: Whether a window's reach is drawn from ``1 .. window``.
        alpha: Learning rate at the start.
        min_alpha: Learning rate at the end.
        n_tokens: Tokens of an epoch.
        epochs: Number of epochs.
        seed: The seed.
    """

    keep: NDArray[np.uint64]
    noise: Noise
    window: int
    shrinks: bool
    alpha: float
    min_alpha: float
    n_tokens: int
    epochs: int
    seed: int


def make_recipe(corpus: Corpus, parameters: SkipGram, seed: int) -> Recipe:
    """Write the parameters in the form that the kernels read."""
    counts = corpus.counts()
    return Recipe(
        keep=np.ceil(keep_chances(counts, parameters.sample) * 2.0**32).astype(np.uint64),
        noise=make_noise(counts, parameters.ns_exponent),
        window=0 if parameters.window == "whole" else parameters.window,
        shrinks=parameters.shrink_windows,
        alpha=float(parameters.alpha),
        min_alpha=float(parameters.min_alpha),
        n_tokens=corpus.n_tokens,
        epochs=parameters.epochs,
        seed=seed,
    )


def block_inputs(*, is_whole: bool) -> int:
    """Return how many inputs a block has."""
    return _INPUTS_IN_WHOLE if is_whole else _INPUTS_IN_WINDOW


def block_outputs(negative: int) -> tuple[int, int]:
    """Return how many blocks the outputs of a target take, and how many outputs a block has."""
    n_blocks = -(-(negative + 1) // MOST_OUTPUTS)
    return n_blocks, -(-(negative + 1) // n_blocks)


@compiled
def draw_kept(
    rows: NDArray[np.int32],
    start: int,
    end: int,
    keep: NDArray[np.uint64],
    stream: NDArray[np.uint64],
    kept: NDArray[np.int32],
) -> int:
    """Copy the events of a sequence that subsampling keeps; return how many."""
    n_kept = 0
    for at in range(start, end):
        row = rows[at]
        if (next_bits(stream) >> _HALF) < keep[row]:
            kept[n_kept] = row
            n_kept += 1
    return n_kept


@compiled
def draw_outputs(
    target: int,
    negative: int,
    noise: Noise,
    stream: NDArray[np.uint64],
    outputs: NDArray[np.int32],
    weights: NDArray[np.float32],
    first: int,
) -> None:
    """Fill in the target and its noise rows; one that is there already only gains weight.

    The target itself is no noise for its own inputs: drawn, it is left out, as in word2vec.

    Args:
        target: The true output.
        negative: Noise rows to draw.
        noise: Where from.
        stream: The random draws.
        outputs: The rows go to ``outputs[first : first + negative + 1]``.
        weights: How often each counts; 0 for a place that stands for none.
        first: Where the target goes.
    """
    outputs[first] = target
    weights[first] = 1.0
    for at in range(first + 1, first + negative + 1):
        row = draw_item(stream, noise)
        weight = np.float32(row != target)
        for other in range(first + 1, at):
            if outputs[other] == row:
                weights[other] += weight
                weight = np.float32(0.0)
        outputs[at] = row if weight else len(noise.places)
        weights[at] = weight


@compiled
def gather_inputs(
    kept: NDArray[np.int32],
    low: int,
    target: int,
    high: int,
    nobody: int,
    n_inputs: int,
    inputs: NDArray[np.int32],
    weights: NDArray[np.float32],
) -> int:
    """Copy the events ``low .. high - 1`` without the target's place, filled up to whole blocks."""
    n = 0
    for at in range(low, high):
        if at == target:
            continue
        row = kept[at]
        weight = np.float32(1.0)
        for other in range(n - n % n_inputs, n):
            if inputs[other] == row:
                weights[other] += weight
                weight = np.float32(0.0)
        inputs[n] = row if weight else nobody
        weights[n] = weight
        n += 1
    while n % n_inputs:
        inputs[n] = nobody
        weights[n] = 0.0
        n += 1
    return n


@cache
def slice_kernel(width: int, negative: int, *, is_whole: bool) -> Callable[..., int]:
    """Return the kernel for rows of that width and that many noise rows, compiled when called.

    The kernel trains sequences ``first .. last - 1`` in one epoch, adds loss and pairs to
    ``tally``, (2,) float64, and returns the first sequence that it did not train, because ``stop``,
    (1,) uint8, was set.
    """
    n_blocks, n_outputs = block_outputs(negative)
    n_registers = width // LANES
    n_inputs = block_inputs(is_whole=is_whole)
    n_columns = n_blocks * n_outputs
    source = revision()

    @compiled
    def train_slice(
        vectors: Any, contexts: Any, rows: Any, offsets: Any, first: int, last: int,
        epoch: int, recipe: Any, stop: Any, tally: Any,
    ) -> int:  # fmt: skip
        _ = source  # a part of the key under which this is cached
        nobody = len(vectors) - 1
        longest = 0
        for sequence in range(first, last):
            longest = max(longest, offsets[sequence + 1] - offsets[sequence])
        kept = np.empty(longest, np.int32)
        inputs = np.empty(longest + n_inputs, np.int32)
        input_weights = np.empty(longest + n_inputs, np.float32)
        outputs = np.full(2 * n_columns, nobody, np.int32)
        output_weights = np.zeros(2 * n_columns, np.float32)
        stream = np.empty(1, np.uint64)
        loss = 0.0
        n_pairs = 0
        for sequence in range(first, last):
            if stop[0]:
                tally[0] += loss
                tally[1] += n_pairs
                return sequence
            start_stream(stream, recipe.seed, epoch, sequence)
            start, end = offsets[sequence], offsets[sequence + 1]
            done = (epoch + start / recipe.n_tokens) / recipe.epochs
            alpha = np.float32(recipe.alpha - (recipe.alpha - recipe.min_alpha) * done)
            n_kept = draw_kept(rows, start, end, recipe.keep, stream, kept)
            if n_kept < 2:
                continue
            now, then = 0, n_columns  # outputs of this block, and those asked for ahead of the next
            draw_outputs(kept[0], negative, recipe.noise, stream, outputs, output_weights, now)
            for target in range(n_kept):
                low, high = 0, n_kept
                if not is_whole:
                    reach = recipe.window
                    if recipe.shrinks:
                        reach = 1 + draw_below(stream, reach)
                    low, high = max(0, target - reach), min(n_kept, target + reach + 1)
                n = gather_inputs(kept, low, target, high, nobody, n_inputs, inputs, input_weights)
                n_pairs += high - low - 1
                for first_input in range(0, n, n_inputs):
                    coming = target + (first_input + n_inputs >= n)
                    if coming < n_kept:
                        draw_outputs(
                            kept[coming], negative, recipe.noise, stream,
                            outputs, output_weights, then,
                        )  # fmt: skip
                        for at in range(then, then + negative + 1):
                            prefetch(contexts, outputs[at])
                    for at in range(n_blocks):
                        loss += block(
                            vectors, contexts, inputs, input_weights, first_input,
                            outputs, output_weights, now + at * n_outputs,
                            np.float32(at == 0), alpha, n_inputs, n_outputs, n_registers,
                        )  # fmt: skip
                    now, then = then, now
        tally[0] += loss
        tally[1] += n_pairs
        return last

    return train_slice
