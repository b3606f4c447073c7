"""What is predicted: an item's vector and its context vector, side by side in one scale.

A cold item that is to be recommended needs both: as part of a history it is asked by its vector,
as a target of next-item scoring it answers by its context vector. Whoever predicts one predicts
the other from the same features, so they are one matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.embeddings import Attributes, Embeddings

__all__ = ["Targets"]


@dataclass(frozen=True, eq=False)
class Targets:
    """The scale of both halves.

    Attributes:
        vector_size: Columns of the first half.
        lengths: The mean length of a vector, and of a context vector where there are any.
    """

    vector_size: int
    lengths: tuple[float, ...]

    @classmethod
    def of(cls, embeddings: Embeddings, rows: NDArray[np.int64]) -> Targets:
        """Measure the vectors in some rows."""
        halves = _halves(embeddings)
        return cls(embeddings.vector_size, tuple(_mean_length(half[rows]) for half in halves))

    def joined(self, embeddings: Embeddings, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the targets of some rows, (n_rows, size), each half at a mean length of one."""
        halves = zip(_halves(embeddings), self.lengths, strict=True)
        return np.hstack([half[rows] / np.float32(length) for half, length in halves])

    def of_attributes(self, attributes: Attributes) -> NDArray[np.float32]:
        """Return the vectors of attributes as targets, (n_attributes, size)."""
        halves = [attributes.vectors]
        if len(self.lengths) > 1:
            assert attributes.context_vectors is not None
            halves.append(attributes.context_vectors)
        both = zip(halves, self.lengths, strict=True)
        return np.hstack([half / np.float32(length) for half, length in both])

    def vectors(self, joined: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the first half, in the scale of targets."""
        return joined[:, : self.vector_size]

    def contexts(self, joined: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the second half, in the scale of targets; without columns where there is none."""
        return joined[:, self.vector_size :]

    def parted(
        self, joined: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        """Return vectors and context vectors in the scale of the embeddings."""
        first = np.ascontiguousarray(self.vectors(joined) * np.float32(self.lengths[0]))
        if len(self.lengths) == 1:
            return first, None
        second = self.contexts(joined) * np.float32(self.lengths[1])
        return first, np.ascontiguousarray(second)

    def stretched(
        self, joined: NDArray[np.float32], factors: tuple[float, ...]
    ) -> NDArray[np.float32]:
        """Return targets with each half times a factor."""
        each = np.repeat(np.asarray(factors, np.float32), self.vector_size)
        return joined * each[: joined.shape[1]]

    def factors(
        self, predicted: NDArray[np.float32], truth: NDArray[np.float32]
    ) -> tuple[float, ...]:
        """Return what brings the mean length of each half of a prediction to that of the truth.

        A prediction of what is uncertain is short, as every mean is; among trained vectors it
        would lose every comparison by its length alone.
        """
        size = self.vector_size
        return tuple(
            _mean_length(truth[:, start : start + size])
            / _mean_length(predicted[:, start : start + size])
            for start in range(0, predicted.shape[1], size)
        )


def _halves(embeddings: Embeddings) -> list[NDArray[np.float32]]:
    contexts = embeddings.context_vectors
    return [embeddings.vectors] if contexts is None else [embeddings.vectors, contexts]


def _mean_length(vectors: NDArray[np.float32]) -> float:
    mean = float(np.linalg.norm(vectors.astype(np.float64), axis=1).mean()) if len(vectors) else 0.0
    return mean or 1.0
