"""Slices: runs of whole sequences of about equal work, cut the same for any number of threads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.training.parameters import SkipGram

__all__ = ["cut"]

_WORK = 3e8  # numbers multiplied in a slice: a tenth of a second, so that a stop is heard soon
_AT_LEAST = 16  # slices, so that threads end an epoch together


def cut(corpus: Corpus, parameters: SkipGram) -> NDArray[np.int64]:
    """Return the borders of the slices: slice ``i`` is sequences ``borders[i] .. borders[i + 1]``.

    Args:
        corpus: What is cut; at least one sequence.
        parameters: They decide how many pairs an event makes.
    """
    lengths = np.diff(corpus.offsets)
    reach = lengths - 1
    if corpus.ordered and parameters.window != "whole":
        reach = np.minimum(reach, 2 * parameters.window)
    done = np.cumsum(lengths * reach.astype(np.float64))
    done *= parameters.vector_size * (parameters.negative + 1)
    n_slices = min(len(lengths), max(_AT_LEAST, int(np.ceil(done[-1] / _WORK))))
    shares = done[-1] * np.arange(1, n_slices) / n_slices
    borders = np.concatenate([[0], np.searchsorted(done, shares) + 1, [len(lengths)]])
    return np.unique(np.minimum(borders, len(lengths))).astype(np.int64)
