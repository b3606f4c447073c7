"""Slices: runs of the corpus of about equal work, cut the same for any number of threads."""

from __future__ import annotations

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
    offsets = np.asarray(corpus.offsets)
    reach = np.diff(offsets) - 1
    if corpus.ordered and parameters.window != "whole":
        reach = np.minimum(reach, 2 * parameters.window)
    per_token = reach * (float(parameters.vector_size) * (parameters.negative + 1))
    done = np.concatenate([[0.0], np.cumsum(per_token * np.diff(offsets))])
    n_slices = multiple * max(1, int(np.ceil(done[-1] / work / multiple)))
    shares = done[-1] * np.arange(1, n_slices) / n_slices
    sequence = np.clip(np.searchsorted(done, shares, side="left") - 1, 0, len(corpus) - 1)
    whole = offsets[sequence + 1]
    is_giant = done[sequence + 1] - done[sequence] > work
    inside = (shares - done[sequence]) / np.maximum(per_token[sequence], 1.0)
    borders = np.where(is_giant, offsets[sequence] + inside.astype(np.int64), whole)
    return np.concatenate([[0], np.maximum.accumulate(borders), offsets[-1:]]).astype(np.int64)
