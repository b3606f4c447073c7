"""What a session softmax has learnt so far, and how a batch moves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.training.control import Matrices
from x2vec.training.session_softmax import SessionSoftmax
from x2vec.training.softmax.examples import Batch
from x2vec.training.softmax.rows import add_to_rows, move_rows, scatter
from x2vec.training.softmax.step import Gradients, Sample

__all__ = ["Learner"]

Matrix = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Learner:
    """The matrices of a training, and Adagrad's sums beside them; all are changed in place.

    Attributes:
        vectors: (n_items, vector_size) what queries are made of.
        contexts: (n_items, vector_size) what they are held against; ``vectors`` itself if tied.
        square: (vector_size, vector_size), W, or None.
        sums: (n_items,) of the vectors' mean squared gradients.
        context_sums: (n_items,) of the contexts'; ``sums`` itself if tied.
        square_sums: (vector_size, vector_size) of W's squared gradients, or None.
    """

    vectors: Matrix
    contexts: Matrix
    square: Matrix | None
    sums: NDArray[np.float32]
    context_sums: NDArray[np.float32]
    square_sums: Matrix | None

    @classmethod
    def start(cls, n_items: int, parameters: SessionSoftmax, seed: int) -> Learner:
        """Return where a training starts: vectors of length about 1 in random directions."""
        draws = np.random.default_rng(seed)
        size = parameters.vector_size

        def rows() -> Matrix:
            drawn = draws.standard_normal((n_items, size), dtype=np.float32)
            drawn /= np.float32(np.sqrt(size))
            return drawn

        vectors, sums = rows(), np.zeros(n_items, np.float32)
        tied = parameters.tied
        squares = [np.zeros((size, size), np.float32) if parameters.square else None for _ in "ab"]
        return cls(
            vectors,
            vectors if tied else rows(),
            squares[0],
            sums,
            sums if tied else np.zeros(n_items, np.float32),
            squares[1],
        )

    @classmethod
    def of(cls, vectors: Matrix, arrays: Mapping[str, NDArray[np.float32]]) -> Learner:
        """Return the learner whose vectors and ``extra`` these are."""
        tied = "contexts" not in arrays
        return cls(
            vectors,
            vectors if tied else arrays["contexts"],
            arrays.get("square"),
            arrays["sums"],
            arrays["sums" if tied else "context_sums"],
            arrays.get("square_sums"),
        )

    @property
    def extra(self) -> dict[str, NDArray[np.float32]]:
        """All there is beside the vectors, by name; training goes on in these arrays."""
        named = {"sums": self.sums}
        if self.contexts is not self.vectors:
            named |= {"contexts": self.contexts, "context_sums": self.context_sums}
        if self.square is not None and self.square_sums is not None:
            named |= {"square": self.square, "square_sums": self.square_sums}
        return named

    def move(self, found: Gradients, batch: Batch, sample: Sample, alpha: float) -> None:
        """Move everything that a batch touches, against its gradients."""
        in_use = batch.rows[batch.weights > 0]
        if self.contexts is self.vectors:
            touched = _Touched(self.vectors, in_use, batch.targets, sample.rows)
            touched.scatter(batch, found)
            touched.add(batch, sample, found)
            touched.move(self.vectors, self.sums, alpha)
        else:
            asked = _Touched(self.vectors, in_use)
            asked.scatter(batch, found)
            asked.move(self.vectors, self.sums, alpha)
            answered = _Touched(self.contexts, batch.targets, sample.rows)
            answered.add(batch, sample, found)
            answered.move(self.contexts, self.context_sums, alpha)
        if self.square is not None and self.square_sums is not None:
            assert found.of_square is not None
            _move_square(self.square, self.square_sums, found.of_square, alpha)

    def matrices(self, temperature: float | None, losses: tuple[float, ...]) -> Matrices:
        """Return vectors and out-vectors whose products order items as the model does.

        ``(q + qW) c = q (c + c W')``, so W goes into the out-vectors, and so do the lengths of the
        target's side; the length of the query's side changes no order.
        """
        contexts = self.contexts
        if temperature is not None:
            lengths = np.sqrt(np.einsum("ij,ij->i", contexts, contexts))
            contexts = contexts / np.maximum(lengths, np.float32(1e-12))[:, None]
        if self.square is not None:
            contexts = contexts + contexts @ self.square.T
        return Matrices(self.vectors.copy(), np.array(contexts, order="C"), losses)


def _move_square(square: Matrix, sums: Matrix, gradient: Matrix, alpha: float) -> None:
    """Move W by Adagrad, each number at its own rate."""
    sums += gradient**2
    roots = np.sqrt(sums)
    square -= np.float32(alpha) * np.divide(
        gradient, roots, out=np.zeros_like(gradient), where=roots > 0
    )


class _Touched:
    """The rows of a matrix that a batch touches, each once, with their gradients."""

    def __init__(self, matrix: Matrix, *rows: NDArray[np.int32]) -> None:
        self.rows = np.unique(np.concatenate(rows))
        self.gradients = np.zeros((len(self.rows), matrix.shape[1]), np.float32)
        self._slots = np.empty(len(matrix), np.int64)
        self._slots[self.rows] = np.arange(len(self.rows))

    def scatter(self, batch: Batch, found: Gradients) -> None:
        scatter(self.gradients, self._slots, batch.rows, batch.weights, found.of_queries)

    def add(self, batch: Batch, sample: Sample, found: Gradients) -> None:
        add_to_rows(self.gradients, self._slots, sample.rows, found.of_sample)
        add_to_rows(self.gradients, self._slots, batch.targets, found.of_targets)

    def move(self, matrix: Matrix, sums: NDArray[np.float32], alpha: float) -> None:
        move_rows(matrix, sums, self.rows, self.gradients, alpha)
