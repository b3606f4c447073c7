"""What an autoencoder has learnt so far, and how a batch of sequences moves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from math import sqrt
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.search import normalized
from x2vec.training.control import Control, Matrices
from x2vec.training.elsa.model import Elsa
from x2vec.training.elsa.step import gradients

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["ElsaLearner"]

Matrix = NDArray[np.float32]
T = TypeVar("T")

_TILE: Final = 2_048
"""Rows that a thread moves at a time; a fixed number, for sums over tiles depend on it."""

_FIRST, _SECOND = 0.9, 0.99  # Adam's, of the mean gradient and the mean square
_TINY: Final = np.float32(1e-12)


class ElsaLearner:
    """The vectors of a training, and Adam's means beside them; all are changed in place."""

    def __init__(
        self,
        corpus: Corpus,
        parameters: Elsa,
        control: Control,
        pool: ThreadPoolExecutor | None,
    ) -> None:
        self._corpus, self._seed, self._pool = corpus, control.seed, pool
        self._usable = np.flatnonzero(np.diff(corpus.offsets) > 1)
        self._n_steps = -(-len(self._usable) // parameters.batch_size)
        shape = (corpus.n_items, parameters.vector_size)
        if control.start is None:
            draws = np.random.default_rng(control.seed)
            self._vectors = normalized(draws.standard_normal(shape, dtype=np.float32))
            self._means, self._squares = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        else:
            start = control.start
            self._vectors = start.matrices.vectors.copy()
            self._means, self._squares = (start.extra[name].copy() for name in ("means", "squares"))

    def __len__(self) -> int:
        """Return the number of sequences that hold more than one event."""
        return len(self._usable)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Return the order of the sequences in an epoch, (n_sequences,)."""
        order: NDArray[np.int64] = np.random.default_rng((self._seed, epoch)).permutation(
            self._usable
        )
        return order

    def step(self, chosen: NDArray[np.int64], *, epoch: int, at: int, alpha: float) -> float:
        """Learn from some sequences; where the loss is not finite, nothing is moved."""
        held = self._sets(chosen)
        sums = np.asarray(held @ self._vectors)
        found = gradients(sums, self._gram(), np.diff(held.indptr))
        if not np.isfinite(found.loss):
            return found.loss
        taken = epoch * self._n_steps + at + 1
        rate = alpha * sqrt(1 - _SECOND**taken) / (1 - _FIRST**taken)
        across = held.T.tocsr()
        of_sums = found.of_sums / np.float32(len(chosen))
        of_gram = found.of_gram * np.float32(2 / len(chosen))

        def move(rows: slice) -> None:
            vectors = self._vectors[rows]
            gradient = across[rows] @ of_sums
            gradient += vectors @ of_gram
            # a vector keeps its length, so what points along it changes nothing
            gradient -= np.einsum("ij,ij->i", gradient, vectors)[:, None] * vectors
            means, squares = self._means[rows], self._squares[rows]
            means += np.float32(1 - _FIRST) * (gradient - means)
            squares += np.float32(1 - _SECOND) * (gradient**2 - squares)
            moved = vectors - np.float32(rate) * means / (np.sqrt(squares) + _TINY)
            vectors[:] = normalized(moved)

        self._over_tiles(move)
        return found.loss

    def matrices(self, losses: tuple[float, ...]) -> Matrices:
        """Return a copy of the vectors, which stand for context vectors too."""
        vectors = self._vectors.copy()
        return Matrices(vectors, vectors, losses)

    @property
    def extra(self) -> Mapping[str, NDArray[np.float32]]:
        """Adam's means; training goes on in these arrays."""
        return {"means": self._means, "squares": self._squares}

    def _gram(self) -> Matrix:
        """Return ``Z'Z``, summed over tiles in their order."""

        def part(rows: slice) -> Matrix:
            found: Matrix = self._vectors[rows].T @ self._vectors[rows]
            return found

        parts = self._over_tiles(part)
        total: Matrix = np.sum(parts, axis=0, dtype=np.float32)
        return total

    def _over_tiles(self, work: Callable[[slice], T]) -> list[T]:
        tiles = [slice(at, at + _TILE) for at in range(0, len(self._vectors), _TILE)]
        return list((map if self._pool is None else self._pool.map)(work, tiles))

    def _sets(self, chosen: NDArray[np.int64]) -> csr_matrix:
        """Return the distinct items of some sequences, (n_sequences, n_items) of ones."""
        from scipy.sparse import csr_matrix

        offsets, n_items = self._corpus.offsets, self._corpus.n_items
        lengths = offsets[chosen + 1] - offsets[chosen]
        starts = np.append(0, np.cumsum(lengths))
        places = np.arange(starts[-1]) + np.repeat(offsets[chosen] - starts[:-1], lengths)
        owners = np.repeat(np.arange(len(chosen)), lengths)
        cells = np.unique(owners * n_items + self._corpus.rows[places])
        ends = np.searchsorted(cells, np.arange(len(chosen) + 1) * n_items)
        ones = np.ones(len(cells), np.float32)
        return csr_matrix((ones, cells % n_items, ends), shape=(len(chosen), n_items))
