"""What a native training works on: the corpus, the parameters, and the kernel made for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.training.control import Control, Matrices
from x2vec.training.native.kernel import Recipe, make_recipe, slice_kernel
from x2vec.training.native.layout import padded, padded_width, start_vectors
from x2vec.training.native.side_kernel import SideRecipe, make_side_recipe, side_kernel
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
    side: SideRecipe | None = None

    @classmethod
    def of(cls, corpus: Corpus, parameters: SkipGram, control: Control) -> Task:
        """Prepare a training."""
        recipe = make_recipe(corpus, parameters, control.seed)
        if control.side is None:
            return cls(corpus, parameters, control, recipe)
        side = make_side_recipe(corpus, control.side, parameters)
        return cls(corpus, parameters, control, recipe, side)

    @property
    def n_rows(self) -> int:
        """Rows of the matrices: those of the items, then those of their attributes."""
        beside = 0 if self.control.side is None else self.control.side.n_attributes
        return self.corpus.n_items + beside

    @property
    def is_whole(self) -> bool:
        """Whether a target's inputs are its whole sequence."""
        return self.parameters.window == "whole" or not self.corpus.ordered

    @property
    def kernel(self) -> Callable[..., None]:
        """The kernel for these parameters."""
        width, negative = padded_width(self.parameters.vector_size), self.parameters.negative
        side = self.control.side
        if side is None:
            return slice_kernel(width, negative, is_whole=self.is_whole)
        return side_kernel(width, negative, side.segment_negative, is_whole=self.is_whole)

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
        recipes = (self.recipe,) if self.side is None else (self.recipe, self.side)
        return (*matrices, rows, offsets, *borders, epoch, *recipes, nobody, tally)

    def start(self, *, spare: int) -> Pair:
        """Return the matrices that training starts from, with spare rows for nobody."""
        n_rows, size = self.n_rows, self.parameters.vector_size
        vectors = padded(n_rows, size, spare=spare)
        contexts = padded(n_rows, size, spare=spare)
        start = self.control.start
        if start is None:
            vectors[:n_rows, :size] = start_vectors(n_rows, size, self.control.seed)
            return vectors, contexts
        n_items, kept = self.corpus.n_items, start.matrices
        for matrix, of_items, beside in (
            (vectors, kept.vectors, kept.attributes),
            (contexts, kept.context_vectors, kept.attribute_contexts),
        ):
            matrix[:n_items, :size] = of_items
            if beside is not None:
                matrix[n_items:n_rows, :size] = beside
        return vectors, contexts

    def matrices(self, pair: Pair, losses: tuple[float, ...]) -> Matrices:
        """Return views of the matrices, without what pads them; training goes on in them.

        Those of items with attributes are their own, as ``State`` has them.
        """
        n_items, n_rows, size = self.corpus.n_items, self.n_rows, self.parameters.vector_size
        vectors, contexts = (matrix[:n_items, :size] for matrix in pair)
        if n_rows == n_items:
            return Matrices(vectors, contexts, losses)
        near, far = (matrix[n_items:n_rows, :size] for matrix in pair)
        return Matrices(vectors, contexts, losses, attributes=near, attribute_contexts=far)
