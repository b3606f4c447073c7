"""What a native training works on: the corpus, the parameters, and the kernel made for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.training.control import Control
from x2vec.training.native.kernel import Recipe, make_recipe, slice_kernel
from x2vec.training.native.layout import padded, padded_width, start_vectors
from x2vec.training.parameters import SkipGram

__all__ = ["Pair", "Task"]

Pair = tuple[NDArray[np.float32], NDArray[np.float32]]
"""The padded matrices of in-vectors and of out-vectors."""


@dataclass(frozen=True, eq=False)
class Task:
    """Everything about a training that does not change while it runs."""

    corpus: Corpus
    parameters: SkipGram
    control: Control
    recipe: Recipe

    @classmethod
    def of(cls, corpus: Corpus, parameters: SkipGram, control: Control) -> Task:
        """Prepare a training."""
        return cls(corpus, parameters, control, make_recipe(corpus, parameters, control.seed))

    @property
    def is_whole(self) -> bool:
        """Whether a target's inputs are its whole sequence."""
        return self.parameters.window == "whole" or not self.corpus.ordered

    @property
    def kernel(self) -> Callable[..., None]:
        """The kernel for these parameters."""
        width = padded_width(self.parameters.vector_size)
        return slice_kernel(width, self.parameters.negative, is_whole=self.is_whole)

    def train(
        self, matrices: Pair, borders: tuple[int, int], *, epoch: int, nobody: int
    ) -> tuple[float, float]:
        """Train the tokens between two borders, in place, while the GIL is free.

        Returns:
            The summed loss of the pairs, and their number.
        """
        tally = np.zeros(2)
        self.kernel(*self.call(matrices, borders, epoch, nobody, tally))
        self.corpus.release()
        return float(tally[0]), float(tally[1])

    def call(
        self,
        matrices: Pair,
        borders: Sequence[int],
        epoch: int,
        nobody: int,
        tally: NDArray[np.float64],
    ) -> tuple[Any, ...]:
        """Return what the kernel is called with, to train the tokens between two borders."""
        rows, offsets = self.corpus.rows, self.corpus.offsets
        return (*matrices, rows, offsets, *borders, epoch, self.recipe, nobody, tally)

    def start(self, *, spare: int) -> Pair:
        """Return the matrices that training starts from, with spare rows for nobody."""
        n_items, size = self.corpus.n_items, self.parameters.vector_size
        vectors = padded(n_items, size, spare=spare)
        contexts = padded(n_items, size, spare=spare)
        start = self.control.start
        if start is None:
            vectors[:n_items, :size] = start_vectors(n_items, size, self.control.seed)
        else:
            vectors[:n_items, :size] = start.matrices.vectors
            contexts[:n_items, :size] = start.matrices.context_vectors
        return vectors, contexts
