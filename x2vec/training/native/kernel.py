"""The training kernel: a slice of the corpus, sequence by sequence, one target at a time.

Each event of a sequence is a target once. Its inputs are the events in its window; they go by small
blocks. The inputs of a block share their noise rows (Ji et al. 2016, "Parallelizing Word2Vec in
Shared and Distributed Memory"), and so do a few blocks of one target: each step sees the vectors as
the one before left them, but the rows are drawn once and stay in cache. An item twice in a block
counts twice and is written once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled
from x2vec._draws import draw_below, draw_item, make_noise, next_bits, start_stream
from x2vec.corpus import Corpus
from x2vec.training.engine import keep_chances
from x2vec.training.native.block import MOST_OUTPUTS, block, prefetch
from x2vec.training.native.compiled import revision
from x2vec.training.native.layout import LANES
from x2vec.training.parameters import SkipGram

__all__ = [
    "SHARED_BY",
    "Recipe",
    "block_inputs",
    "block_outputs",
    "draw_outputs",
    "draw_piece",
    "gather_inputs",
    "make_recipe",
    "slice_kernel",
]

_INPUTS_IN_WINDOW = 2
_INPUTS_IN_WHOLE = 4
SHARED_BY = 8  # inputs of a target that see the same noise rows: a multiple of a block's
_AHEAD = 10  # events ahead of the target whose rows are asked for: about a microsecond
_HALF = np.uint64(32)


class Recipe(NamedTuple):
    """What a kernel needs to know beside corpus and matrices.

    Attributes:
        keep: (n_items,) uint64, ``2**32`` times the chance that an event is trained on.
        noise: The noise distribution, of ``make_noise``.
        window: Events on either side.
        shrinks: Whether a window's reach is drawn from ``1 .. window``.
        alpha: Learning rate at the start.
        min_alpha: Learning rate at the end.
        n_tokens: Tokens of an epoch.
        epochs: Number of epochs.
        seed: The seed.
    """

    keep: NDArray[np.uint64]
    noise: NDArray[np.uint64]
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
def draw_piece(
    rows: NDArray[np.int32],
    sequence: tuple[int, int],
    piece: tuple[int, int],
    reach: int,
    keep: NDArray[np.uint64],
    stream: NDArray[np.uint64],
    kept: NDArray[np.int32],
) -> tuple[int, int, int, int]:
    """Copy what subsampling keeps of a piece, and of its sequence on either side, into ``kept``.

    Args:
        rows: The corpus.
        sequence: Its first token, and the one after its last.
        piece: Those of the piece, which is the sequence unless it is a giant.
        reach: Events to keep on either side of the piece, if the sequence has them.
        keep: (n_items,) as in ``Recipe``.
        stream: The random draws.
        kept: Room for the tokens of the piece, and twice ``reach`` if it is not the sequence.

    Returns:
        Where in ``kept`` the context before it starts, the piece, the context after it, and where
        that ends.
    """
    begin = min(reach, piece[0] - sequence[0])
    at = begin
    place = piece[0]
    while at > 0 and place > sequence[0]:
        place -= 1
        if (next_bits(stream) >> _HALF) < keep[rows[place]]:
            at -= 1
            kept[at] = rows[place]
    low, high = at, begin
    for place in range(piece[0], piece[1]):
        row = rows[place]
        if (next_bits(stream) >> _HALF) < keep[row]:
            kept[high] = row
            high += 1
    end = high
    place = piece[1]
    while end - high < reach and place < sequence[1]:
        if (next_bits(stream) >> _HALF) < keep[rows[place]]:
            kept[end] = rows[place]
            end += 1
        place += 1
    return low, begin, high, end


@compiled
def draw_outputs(
    target: int,
    negative: int,
    noise: NDArray[np.uint64],
    stream: NDArray[np.uint64],
    nobody: int,
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
        nobody: The row for a place that stands for none.
        outputs: The rows go to ``outputs[first : first + negative + 1]``.
        weights: How often each counts; 0 for a place that stands for none.
        first: Where the target goes.
    """
    outputs[first] = target
    weights[first] = 1.0
    for at in range(first + 1, first + negative + 1):
        row = draw_item(stream, noise)
        weight = np.float32(1.0)
        if row == target:
            row, weight = nobody, np.float32(0.0)
        for other in range(first + 1, at):
            if outputs[other] == row:
                weights[other] += weight
                row, weight = nobody, np.float32(0.0)
        outputs[at] = row
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
                row, weight = nobody, np.float32(0.0)
        inputs[n] = row
        weights[n] = weight
        n += 1
    while n % n_inputs:
        inputs[n] = nobody
        weights[n] = 0.0
        n += 1
    return n


@cache
def slice_kernel(width: int, negative: int, *, is_whole: bool) -> Callable[..., None]:
    """Return the kernel for rows of that width and that many noise rows, compiled when called.

    The kernel trains the tokens ``first .. last - 1`` in one epoch and adds loss and pairs to
    ``tally``, (2,) float64. ``nobody`` is a spare row that no other thread uses.
    """
    n_blocks, n_outputs = block_outputs(negative)
    n_registers = width // LANES
    n_inputs = block_inputs(is_whole=is_whole)
    n_columns = n_blocks * n_outputs
    source = revision()

    @compiled
    def train_slice(
        vectors: Any, contexts: Any, rows: Any, offsets: Any, first: int, last: int,
        epoch: int, recipe: Any, nobody: int, tally: Any,
    ) -> None:  # fmt: skip
        _ = source  # a part of the key under which this is cached
        # Taken out of the tuple once: each access in the loop would count a reference, which all
        # threads do in one place.
        noise, keep, window, shrinks = recipe.noise, recipe.keep, recipe.window, recipe.shrinks
        at_first = np.searchsorted(offsets, first, side="right") - 1
        at_last = np.searchsorted(offsets, last, side="left")
        longest = 0
        for sequence in range(at_first, at_last):
            longest = max(longest, offsets[sequence + 1] - offsets[sequence])
        if not is_whole:
            longest = min(longest, last - first + 2 * window)
        kept = np.empty(longest, np.int32)
        inputs = np.empty(longest + n_inputs, np.int32)
        input_weights = np.empty(longest + n_inputs, np.float32)
        outputs = np.full(2 * n_columns, nobody, np.int32)
        output_weights = np.zeros(2 * n_columns, np.float32)
        stream = np.empty(1, np.uint64)
        loss = 0.0
        n_pairs = 0
        for sequence in range(at_first, at_last):
            begins, ends = offsets[sequence], offsets[sequence + 1]
            start, end = max(begins, first), min(ends, last)
            start_stream(stream, recipe.seed, epoch, start)
            done = (epoch + start / recipe.n_tokens) / recipe.epochs
            alpha = np.float32(recipe.alpha - (recipe.alpha - recipe.min_alpha) * done)
            reach = ends - begins if is_whole else window
            lowest, begin, stop, highest = draw_piece(
                rows, (begins, ends), (start, end), reach, keep, stream, kept
            )
            if stop == begin or highest - lowest < 2:
                continue
            now, then = 0, n_columns  # outputs of this block, and those asked for ahead of the next
            draw_outputs(kept[begin], negative, noise, stream, nobody, outputs, output_weights, now)
            for target in range(begin, stop):
                coming = rows[min(start + target - begin + _AHEAD, len(rows) - 1)]
                prefetch(vectors, coming, n_registers)
                prefetch(contexts, coming, n_registers)
                low, high = lowest, highest
                if not is_whole:
                    reach = window
                    if shrinks:
                        reach = 1 + draw_below(stream, window)
                    low, high = max(lowest, target - reach), min(highest, target + reach + 1)
                n = gather_inputs(kept, low, target, high, nobody, n_inputs, inputs, input_weights)
                n_pairs += high - low - 1
                for first_input in range(0, n, n_inputs):
                    is_last = first_input + n_inputs >= n
                    turns = is_last or (first_input + n_inputs) % SHARED_BY == 0
                    if turns and target + is_last < stop:
                        draw_outputs(
                            kept[target + is_last], negative, noise, stream, nobody,
                            outputs, output_weights, then,
                        )  # fmt: skip
                        for at in range(then, then + negative + 1):
                            prefetch(contexts, outputs[at], n_registers)
                    # In short windows a block is often half empty: then one of its own is faster.
                    is_alone = n_inputs == 2 and input_weights[first_input + 1] == 0.0
                    for at in range(n_blocks):
                        if is_alone:
                            loss += block(
                                vectors, contexts, inputs, input_weights, first_input,
                                outputs, output_weights, now + at * n_outputs,
                                np.float32(at == 0), alpha, 1, n_outputs, n_registers,
                            )  # fmt: skip
                        else:
                            loss += block(
                                vectors, contexts, inputs, input_weights, first_input,
                                outputs, output_weights, now + at * n_outputs,
                                np.float32(at == 0), alpha, n_inputs, n_outputs, n_registers,
                            )  # fmt: skip
                    if turns:
                        now, then = then, now
        tally[0] += loss
        tally[1] += n_pairs

    return train_slice
