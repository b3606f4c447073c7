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
from x2vec.training.softmax.turns import Turns

__all__ = ["Learner"]

Matrix = NDArray[np.float32]

_SUMS = "_sums"  # after the name of what they are of


@dataclass(frozen=True, eq=False)
class Learner:
    """The matrices of a training, and Adagrad's sums beside them; all are changed in place.

    Attributes:
        vectors: (n_items, vector_size) what queries are made of.
        contexts: (n_items, vector_size) what they are held against; ``vectors`` itself if tied.
        turns: What else is learnt of queries.
        sums: (n_items,) of the vectors' mean squared gradients.
        context_sums: (n_items,) of the contexts'; ``sums`` itself if tied.
        turn_sums: Of the squared gradients of ``turns``.
    """

    vectors: Matrix
    contexts: Matrix
    turns: Turns
    sums: NDArray[np.float32]
    context_sums: NDArray[np.float32]
    turn_sums: Turns

    @classmethod
    def start(
        cls, n_items: int, parameters: SessionSoftmax, seed: int, *, ordered: bool
    ) -> Learner:
        """Return where a training starts: vectors of length about 1 in random directions."""
        draws = np.random.default_rng(seed)
        size = parameters.vector_size

        def rows() -> Matrix:
            drawn = draws.standard_normal((n_items, size), dtype=np.float32)
            drawn /= np.float32(np.sqrt(size))
            return drawn

        vectors, sums = rows(), np.zeros(n_items, np.float32)
        tied, turns = parameters.tied, Turns.start(parameters, ordered=ordered)
        zeros = {name: np.zeros_like(array) for name, array in turns.arrays.items()}
        return cls(
            vectors,
            vectors if tied else rows(),
            turns,
            sums,
            sums if tied else np.zeros(n_items, np.float32),
            Turns(**zeros),
        )

    @classmethod
    def of(cls, vectors: Matrix, arrays: Mapping[str, NDArray[np.float32]]) -> Learner:
        """Return the learner whose vectors and ``extra`` these are."""
        tied = "contexts" not in arrays
        return cls(
            vectors,
            vectors if tied else arrays["contexts"],
            Turns.of(arrays),
            arrays["sums"],
            arrays["sums" if tied else "context_sums"],
            Turns.of(
                {
                    name.removesuffix(_SUMS): array
                    for name, array in arrays.items()
                    if name.endswith(_SUMS)
                }
            ),
        )

    @property
    def extra(self) -> dict[str, NDArray[np.float32]]:
        """All there is beside the vectors, by name; training goes on in these arrays."""
        named = {"sums": self.sums, **self.turns.arrays}
        if self.contexts is not self.vectors:
            named |= {"contexts": self.contexts, "context_sums": self.context_sums}
        return named | {f"{name}{_SUMS}": sums for name, sums in self.turn_sums.arrays.items()}

    def move(self, found: Gradients, batch: Batch, sample: Sample, alpha: float) -> None:
        """Move everything that a batch touches, against its gradients."""
        in_use = batch.rows[batch.weights > 0]
        if found.of_lasts is not None:
            in_use = np.concatenate([in_use, batch.rows[:, 0]])
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
        sums, gradients = self.turn_sums.arrays, found.of_turns.arrays
        for name, array in self.turns.arrays.items():
            _move(array, sums[name], gradients[name], alpha)

    def matrices(self, temperature: float | None, losses: tuple[float, ...]) -> Matrices:
        """Return what orders items as the model does, by products with the out-vectors.

        The model asks ``(m + mW + lV) c``. With ``S = 1 + W + V``, what follows a single item, that
        is ``(m + (l - m) V S^-1) (c S')``: S goes into the out-vectors, and one matrix is left for
        the query. So do the lengths of the target's side; that of the query's changes no order.
        """
        contexts, turns = self.contexts, self.turns
        if temperature is not None:
            lengths = np.sqrt(np.einsum("ij,ij->i", contexts, contexts))
            contexts = contexts / np.maximum(lengths, np.float32(1e-12))[:, None]
        after = [one for one in (turns.square, turns.last_square) if one is not None]
        if after:
            contexts = contexts + contexts @ sum(after[1:], after[0]).T
        return Matrices(
            self.vectors.copy(),
            np.array(contexts, order="C"),
            losses,
            query_matrix=turns.query_matrix,
            fades=turns.fades,
        )


def _move(array: Matrix, sums: Matrix, gradient: Matrix, alpha: float) -> None:
    """Move an array by Adagrad, each number at its own rate."""
    sums += gradient**2
    roots = np.sqrt(sums)
    array -= np.float32(alpha) * np.divide(
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
        scatter(self.gradients, self._slots, batch.rows, batch.weights, found.of_means)
        if found.of_lasts is not None:
            add_to_rows(self.gradients, self._slots, batch.rows[:, 0], found.of_lasts)

    def add(self, batch: Batch, sample: Sample, found: Gradients) -> None:
        add_to_rows(self.gradients, self._slots, sample.rows, found.of_sample)
        add_to_rows(self.gradients, self._slots, batch.targets, found.of_targets)

    def move(self, matrix: Matrix, sums: NDArray[np.float32], alpha: float) -> None:
        move_rows(matrix, sums, self.rows, self.gradients, alpha)
