"""Slices: runs of the corpus of about equal work, cut the same for any number of threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.training.parameters import SkipGram

__all__ = ["cut"]


def cut(corpus: Corpus, parameters: SkipGram, *, work: float, multiple: int) -> NDArray[np.int64]:
    """Return the borders of the slices: slice ``i`` is tokens ``borders[i] .. borders[i + 1]``.

    A border lies between two sequences, but for a sequence that is more than a slice by itself.

    Args:
        corpus: What is cut; at least one sequence.
        parameters: They decide how many pairs an event makes.
        work: Numbers that a slice multiplies with each other, about.
        multiple: The number of slices is one of this; some may be empty.
    """
    total = 0.0
    for _, _, done in _work_done(corpus, parameters):
        total = done[-1]
    n_slices = multiple * max(1, int(np.ceil(total / work / multiple)))
    shares = total * np.arange(1, n_slices) / n_slices
    borders: list[NDArray[Any]] = [np.zeros(1)]
    for offsets, per_token, done in _work_done(corpus, parameters):
        here = shares[shares <= done[-1]]
        shares = shares[len(here) :]
        sequence = np.maximum(np.searchsorted(done, here, side="left") - 1, 0)
        is_giant = done[sequence + 1] - done[sequence] > work
        inside = (here - done[sequence]) / np.maximum(per_token[sequence], 1.0)
        whole = offsets[sequence + 1]
        borders.append(np.where(is_giant, offsets[sequence] + inside.astype(np.int64), whole))
    borders.append(corpus.offsets[-1:])
    return np.maximum.accumulate(np.concatenate(borders)).astype(np.int64)


def _work_done(
    corpus: Corpus, parameters: SkipGram
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]]:
    """Give, for some sequences at a time, their offsets, the work a token makes, and the sum of it.

    The sum is that of all sequences before each offset: a number for every sequence of the corpus
    may be more than memory holds.
    """
    before = 0.0
    for offsets in corpus.stretches():
        lengths = np.diff(offsets)
        reach = lengths - 1
        if corpus.ordered and parameters.window != "whole":
            reach = np.minimum(reach, 2 * parameters.window)
        per_token = reach * (float(parameters.vector_size) * (parameters.negative + 1))
        done = np.cumsum(np.concatenate([[before], per_token * lengths]))
        yield offsets, per_token, done
        before = float(done[-1])
