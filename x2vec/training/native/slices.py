"""Slices: runs of whole sequences of about equal work, cut the same for any number of threads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.training.parameters import SkipGram

__all__ = ["cut"]

_WORK = 3e8  # numbers multiplied in a slice: a tenth of a second, so that a stop is heard soon


def cut(corpus: Corpus, parameters: SkipGram, *, at_least: int = 1) -> NDArray[np.int64]:
    """Return the borders of the slices: slice ``i`` is sequences ``borders[i] .. borders[i + 1]``.

    Args:
        corpus: What is cut; at least one sequence.
        parameters: They decide how many pairs an event makes.
        at_least: Slices wanted; fewer only where there are fewer sequences.
    """
    lengths = np.diff(corpus.offsets)
    reach = lengths - 1
    if corpus.ordered and parameters.window != "whole":
        reach = np.minimum(reach, 2 * parameters.window)
    work = np.cumsum(lengths * reach.astype(np.float64))
    work *= parameters.vector_size * (parameters.negative + 1)
    n_slices = min(len(lengths), max(at_least, int(np.ceil(work[-1] / _WORK))))
    shares = work[-1] * np.arange(1, n_slices) / n_slices
    borders = np.concatenate([[0], np.searchsorted(work, shares) + 1, [len(lengths)]])
    return np.unique(np.minimum(borders, len(lengths))).astype(np.int64)
