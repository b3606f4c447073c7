"""The kernel of training with side information: each row is composed, stepped, and taken apart.

The rows of a block are put together in a buffer of their own - the item's row, and its attributes'
times their weights - and the plain block takes its step there. What it changed goes to the item's
row, and times the weight to each attribute's: the gradient of a weighted sum.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled
from x2vec._draws import draw_below, draw_item, make_noise, start_stream
from x2vec.corpus import Corpus
from x2vec.training.native.add_row import add_row
from x2vec.training.native.block import block
from x2vec.training.native.compiled import revision
from x2vec.training.native.kernel import (
    SHARED_BY,
    block_inputs,
    block_outputs,
    draw_outputs,
    draw_piece,
    gather_inputs,
)
from x2vec.training.native.layout import LANES
from x2vec.training.parameters import SkipGram
from x2vec.training.side import Side

__all__ = ["SideRecipe", "draw_in_segment", "make_side_recipe", "side_kernel"]


class SideRecipe(NamedTuple):
    """Side information in the form that the kernels read.

    Attributes:
        offsets: (n_items + 1,) int64, where each item's attributes stand.
        rows: (n_pairs,) int32, the matrices' rows of these attributes, after those of the items.
        weights: (n_pairs,) float32, what they weigh.
        ends: (n_sequences,) bool, whose last event sees its whole sequence.
        starts: (n_segments + 1,) int64, where each segment stands in the next two.
        members: (n_items,) int32, the items segment by segment.
        noise: (n_items,) uint64, the noise distribution of each segment.
        segments: (n_items,) int32, the segment of each item.
    """

    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    ends: NDArray[np.bool_]
    starts: NDArray[np.int64]
    members: NDArray[np.int32]
    noise: NDArray[np.uint64]
    segments: NDArray[np.int32]


def make_side_recipe(corpus: Corpus, side: Side, parameters: SkipGram) -> SideRecipe:
    """Write side information in the form that the kernels read."""
    segments = side.segments
    if segments is None:
        segments = np.zeros(corpus.n_items, np.int32)
    members = np.argsort(segments, kind="stable").astype(np.int32)
    starts = np.append(0, np.cumsum(np.bincount(segments)))
    noise = np.zeros(corpus.n_items, np.uint64)
    if side.segment_negative:
        counts = corpus.counts()[members]
        for start, end in pairwise(starts):
            if start < end:
                noise[start:end] = make_noise(counts[start:end], parameters.ns_exponent)
    ends = np.zeros(len(corpus), np.bool_) if side.ends is None else side.ends
    rows = (side.attributes + np.int32(corpus.n_items)).astype(np.int32)
    return SideRecipe(side.offsets, rows, side.weights, ends, starts, members, noise, segments)


@compiled
def draw_in_segment(
    side: Any,
    stream: NDArray[np.uint64],
    nobody: int,
    outputs: NDArray[np.int32],
    weights: NDArray[np.float32],
    first: int,
    last: int,
) -> None:
    """Fill in noise rows of the target's segment; one that is there already only gains weight.

    Args:
        side: The recipe.
        stream: The random draws.
        nobody: The row for a place that stands for none.
        outputs: ``outputs[0]`` is the target; the rows go to ``outputs[first:last]``.
        weights: How often each counts.
        first: The first place to fill in.
        last: The place after the last.
    """
    segment = side.segments[outputs[0]]
    start, end = side.starts[segment], side.starts[segment + 1]
    for at in range(first, last):
        row = side.members[start + draw_item(stream, side.noise[start:end])]
        weight = np.float32(1.0)
        if row == outputs[0]:
            row, weight = nobody, np.float32(0.0)
        for other in range(1, at):
            if outputs[other] == row:
                weights[other] += weight
                row, weight = nobody, np.float32(0.0)
        outputs[at] = row
        weights[at] = weight


@cache
def _movers(n_registers: int) -> tuple[Callable[..., None], Callable[..., None]]:
    """Return what puts rows of that width together, and what shares out their change."""
    source = revision()

    @compiled
    def compose(matrix: Any, row: int, side: Any, into: Any, before: Any, at: int) -> None:
        """Put an item's vector together in ``into[at]``, and again in ``before[at]``."""
        _ = source  # a part of the key under which this is cached
        into[at] = np.float32(0)
        add_row(into, at, matrix, row, np.float32(1), n_registers)
        for pair in range(side.offsets[row], side.offsets[row + 1]):
            add_row(into, at, matrix, side.rows[pair], side.weights[pair], n_registers)
        before[at] = np.float32(0)
        add_row(before, at, into, at, np.float32(1), n_registers)

    @compiled
    def share_out(matrix: Any, row: int, side: Any, after: Any, before: Any, at: int) -> None:
        """Add what a step changed of an item's vector to its row and to its attributes'."""
        _ = source
        add_row(after, at, before, at, np.float32(-1), n_registers)
        add_row(matrix, row, after, at, np.float32(1), n_registers)
        for pair in range(side.offsets[row], side.offsets[row + 1]):
            add_row(matrix, side.rows[pair], after, at, side.weights[pair], n_registers)

    return compose, share_out


@cache
def side_kernel(
    width: int, negative: int, segment_negative: int, *, is_whole: bool
) -> Callable[..., None]:
    """Return the kernel for rows of that width and that many noise rows, compiled when called.

    It is called as that of ``slice_kernel``, with the side recipe after the recipe.
    """
    n_drawn = 1 + negative + segment_negative
    n_blocks, n_outputs = block_outputs(n_drawn - 1)
    n_registers = width // LANES
    n_inputs = block_inputs(is_whole=is_whole)
    n_columns = n_blocks * n_outputs
    compose, share_out = _movers(n_registers)
    source = revision()

    @compiled
    def train_slice(
        vectors: Any, contexts: Any, rows: Any, offsets: Any, first: int, last: int,
        epoch: int, recipe: Any, side: Any, nobody: int, tally: Any,
    ) -> None:  # fmt: skip
        _ = source  # a part of the key under which this is cached
        noise, keep, window, shrinks = recipe.noise, recipe.keep, recipe.window, recipe.shrinks
        at_first = np.searchsorted(offsets, first, side="right") - 1
        at_last = np.searchsorted(offsets, last, side="left")
        longest = 0
        for sequence in range(at_first, at_last):
            longest = max(longest, offsets[sequence + 1] - offsets[sequence])
        kept = np.empty(longest, np.int32)
        inputs = np.empty(longest + n_inputs, np.int32)
        input_weights = np.empty(longest + n_inputs, np.float32)
        outputs = np.full(n_columns, nobody, np.int32)
        output_weights = np.zeros(n_columns, np.float32)
        near, near_before = (
            np.zeros((n_inputs, width), np.float32),
            np.zeros((n_inputs, width), np.float32),
        )
        far, far_before = (
            np.zeros((n_columns, width), np.float32),
            np.zeros((n_columns, width), np.float32),
        )
        near_places, far_places = (
            np.arange(n_inputs).astype(np.int32),
            np.arange(n_columns).astype(np.int32),
        )
        near_weights = np.zeros(n_inputs, np.float32)
        stream = np.empty(1, np.uint64)
        loss = 0.0
        n_pairs = 0
        for sequence in range(at_first, at_last):
            begins, ends = offsets[sequence], offsets[sequence + 1]
            start, end = max(begins, first), min(ends, last)
            start_stream(stream, recipe.seed, epoch, start)
            done = (epoch + start / recipe.n_tokens) / recipe.epochs
            alpha = np.float32(recipe.alpha - (recipe.alpha - recipe.min_alpha) * done)
            sees_all = side.ends[sequence] and end == ends
            reach = ends - begins if is_whole or sees_all else window
            lowest, begin, stop, highest = draw_piece(
                rows, (begins, ends), (start, end), reach, keep, stream, kept
            )
            if stop == begin or highest - lowest < 2:
                continue
            for target in range(begin, stop):
                low, high = lowest, highest
                is_end = sees_all and target == stop - 1 and kept[target] == rows[ends - 1]
                if not is_whole and not is_end:
                    reach = window
                    if shrinks:
                        reach = 1 + draw_below(stream, window)
                    low, high = max(lowest, target - reach), min(highest, target + reach + 1)
                n = gather_inputs(kept, low, target, high, nobody, n_inputs, inputs, input_weights)
                n_pairs += high - low - 1
                for first_input in range(0, n, n_inputs):
                    if first_input % SHARED_BY == 0:
                        draw_outputs(
                            kept[target], negative, noise, stream, nobody,
                            outputs, output_weights, 0,
                        )  # fmt: skip
                        draw_in_segment(
                            side, stream, nobody, outputs, output_weights, 1 + negative, n_drawn
                        )
                        for at in range(n_drawn):
                            if outputs[at] != nobody:
                                compose(contexts, outputs[at], side, far, far_before, at)
                    for at in range(n_inputs):
                        near_weights[at] = input_weights[first_input + at]
                        if near_weights[at] != 0.0:
                            compose(vectors, inputs[first_input + at], side, near, near_before, at)
                    for at in range(n_blocks):
                        loss += block(
                            near, far, near_places, near_weights, 0,
                            far_places, output_weights, at * n_outputs,
                            np.float32(at == 0), alpha, n_inputs, n_outputs, n_registers,
                        )  # fmt: skip
                    for at in range(n_inputs):
                        if near_weights[at] != 0.0:
                            share_out(
                                vectors, inputs[first_input + at], side, near, near_before, at
                            )
                    if first_input + n_inputs >= n or (first_input + n_inputs) % SHARED_BY == 0:
                        for at in range(n_drawn):
                            if outputs[at] != nobody:
                                share_out(contexts, outputs[at], side, far, far_before, at)
        tally[0] += loss
        tally[1] += n_pairs

    return train_slice
