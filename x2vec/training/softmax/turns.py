"""Turns: how the vectors of a history become a query, and what of that is learnt.

With ``m`` the weighted mean of the history's vectors and ``l`` the vector of its last event, the
query is ``m + mW + lV``. The mean says what the session is about, the last event what was on the
screen when the next click was made; a square matrix each lets what follows a vector lie elsewhere
than what is like it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from x2vec.training.session_softmax import SessionSoftmax
from x2vec.training.softmax.examples import Batch, decayed
from x2vec.training.softmax.rows import fades_slopes, gather

__all__ = ["Asked", "Turns"]

Matrix = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Turns:
    """What is learnt beside the vectors; each is None where the model has none.

    Attributes:
        square: (vector_size, vector_size), W.
        last_square: (vector_size, vector_size), V.
        log_fades: (window,) logarithms of what an event weighs so many places before the last.
    """

    square: Matrix | None = None
    last_square: Matrix | None = None
    log_fades: NDArray[np.float32] | None = None

    @classmethod
    def start(cls, parameters: SessionSoftmax, *, ordered: bool) -> Turns:
        """Return where a training starts; in a basket nothing is last, and no place differs."""
        shape = (parameters.vector_size, parameters.vector_size)
        is_learnt = ordered and parameters.positions == "learnt"
        return cls(
            np.zeros(shape, np.float32) if parameters.square else None,
            np.zeros(shape, np.float32) if ordered and parameters.last_square else None,
            np.log(decayed(parameters)) if is_learnt else None,
        )

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[np.float32]]) -> Turns:
        """Return the turns that these arrays hold by name."""
        return cls(**{field.name: arrays.get(field.name) for field in fields(cls)})

    @property
    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Those that there are, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: array for name, array in named.items() if array is not None}

    @property
    def fades(self) -> NDArray[np.float32] | None:
        """What an event weighs so many places before the last, (window,), where it is learnt."""
        return None if self.log_fades is None else np.exp(self.log_fades)

    @property
    def query_matrix(self) -> Matrix | None:
        """``V (1 + W + V)^-1``, (vector_size, vector_size), or None without V; least squares."""
        if self.last_square is None:
            return None
        last = self.last_square.astype(np.float64)
        turned = np.eye(len(last)) + last + (0 if self.square is None else self.square)
        return np.linalg.lstsq(turned.T, last.T)[0].T.astype(np.float32, order="C")

    @classmethod
    def sum(cls, parts: Iterable[Turns]) -> Turns:
        """Return the sum of gradients, in their order."""
        first, *others = (part.arrays for part in parts)
        return cls(**{name: sum((one[name] for one in others), first[name]) for name in first})


@dataclass(frozen=True, eq=False)
class Asked:
    """The queries of some examples, and what they were made of.

    Attributes:
        queries: (n_examples, vector_size).
    """

    queries: Matrix
    _means: Matrix
    _lasts: Matrix | None
    _vectors: Matrix
    _turns: Turns
    _rows: NDArray[np.int32]
    _weights: Matrix

    @classmethod
    def of(cls, vectors: Matrix, turns: Turns, batch: Batch, part: slice) -> Asked:
        """Make the queries of a part of a batch."""
        rows, weights, lasts = batch.rows[part], batch.weights[part], None
        means = np.empty((len(rows), vectors.shape[1]), np.float32)
        gather(vectors, rows, weights, means)
        queries = means.copy()
        if turns.square is not None:
            queries += means @ turns.square
        if turns.last_square is not None:
            lasts = vectors[rows[:, 0]]
            queries += lasts @ turns.last_square
        return cls(queries, means, lasts, vectors, turns, rows, weights)

    def back(self, of_queries: Matrix) -> tuple[Matrix, Matrix | None, Turns]:
        """Return what gradients by the queries are by the means, the last events, and the turns."""
        turns, of_means, of_lasts = self._turns, of_queries, None
        found: dict[str, NDArray[np.float32]] = {}
        if turns.square is not None:
            found["square"] = self._means.T @ of_queries
            of_means = of_queries + of_queries @ turns.square.T
        if turns.last_square is not None and self._lasts is not None:
            found["last_square"] = self._lasts.T @ of_queries
            of_lasts = of_queries @ turns.last_square.T
        if turns.log_fades is not None:
            found["log_fades"] = slopes = np.zeros_like(turns.log_fades)
            fades_slopes(self._vectors, self._rows, self._weights, self._means, of_means, slopes)
        return of_means, of_lasts, Turns(**found)
