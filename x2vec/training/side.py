"""Side information as training sees it: integers only, beside a corpus.

An item's vector is its own, plus a weighted sum of its attributes' vectors, in both matrices; a
step on the item is a step on all of them. So what is learnt of an attribute holds for all its
items, and an item's own vector has to say only what its attributes do not: little for an item with
few events, all that it takes for one with many. This is how fastText composes words of their
n-grams (Bojanowski et al. 2017), LightFM items of features (Kula 2015), and EGES the hidden vector
of an item (Wang et al. 2018, equation 2, here with given weights).

Two more from Grbovic and Cheng 2018, "Real-time Personalization using Embeddings for Search Ranking
at Airbnb": the event that a sequence ends in is predicted by all events of it, whatever the window
(equation 4), and further noise is drawn among the items of the target's segment (equation 5).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus

if TYPE_CHECKING:
    from x2vec.training.control import Matrices

__all__ = ["Side", "finished"]


@dataclass(frozen=True, eq=False)
class Side:
    """What is known of the items of a corpus, and of its sequences.

    Attributes:
        offsets: (n_items + 1,) int64; item ``i`` has the pairs ``offsets[i] .. offsets[i + 1]``.
        attributes: (n_pairs,) int32 in ``0 .. n_attributes - 1``.
        weights: (n_pairs,) float32, what an attribute's vector weighs in that of the item.
        n_attributes: How many there are.
        ends: (n_sequences,) bool, where the last event is context of all of its sequence; None for
            nowhere.
        segments: (n_items,) int32 from 0, the segment of each item; None where there are none.
        segment_negative: Noise items drawn in the target's segment, beside the others.
    """

    offsets: NDArray[np.int64]
    attributes: NDArray[np.int32]
    weights: NDArray[np.float32]
    n_attributes: int
    ends: NDArray[np.bool_] | None = None
    segments: NDArray[np.int32] | None = None
    segment_negative: int = 0

    def __post_init__(self) -> None:
        if self.offsets[0] != 0 or (np.diff(self.offsets) < 0).any():
            raise ValueError("offsets must start at 0 and not fall")
        if not self.offsets[-1] == len(self.attributes) == len(self.weights):
            raise ValueError(
                f"offsets end at {self.offsets[-1]}, with {len(self.attributes)} attributes and "
                f"{len(self.weights)} weights"
            )
        places = self.attributes
        if len(places) and not 0 <= places.min() <= places.max() < self.n_attributes:
            raise ValueError(f"attributes must lie in 0 .. {self.n_attributes - 1}")
        if (self.segments is None) != (self.segment_negative == 0):
            raise ValueError("segments and segment_negative go together")

    def check(self, corpus: Corpus) -> None:
        """Make sure that it is of this corpus.

        Raises:
            ValueError: It has other numbers of items or sequences.
        """
        n_items = len(self.offsets) - 1
        if n_items != corpus.n_items:
            raise ValueError(f"side information of {n_items} items, a corpus of {corpus.n_items}")
        if self.segments is not None and len(self.segments) != n_items:
            raise ValueError(f"{len(self.segments)} segments for {n_items} items")
        if self.ends is not None and len(self.ends) != len(corpus):
            raise ValueError(f"{len(self.ends)} ends for {len(corpus)} sequences")

    def digest(self) -> str:
        """Return the sha256 of all of it, in hexadecimal."""
        digest = hashlib.sha256(f"{self.n_attributes} {self.segment_negative} ".encode())
        for array in (self.offsets, self.attributes, self.weights, self.ends, self.segments):
            if array is not None:
                digest.update(f"{array.dtype} {len(array)} ".encode())
                digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def touches(self, of_items: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how often each attribute is touched, where items are so often.

        Args:
            of_items: (n_items,) float64.
        """
        owners = np.repeat(of_items, np.diff(self.offsets))
        weights = self.weights.astype(np.float64) ** 2
        return np.bincount(self.attributes, weights * owners, self.n_attributes).astype(np.float64)


def finished(matrices: Matrices, side: Side | None) -> Matrices:
    """Return copies of the matrices as they are handed out: the vectors of items composed."""
    beside = (matrices.attributes, matrices.attribute_contexts)
    if side is None or beside[0] is None or beside[1] is None:
        return replace(
            matrices,
            vectors=matrices.vectors.copy(),
            context_vectors=matrices.context_vectors.copy(),
        )
    return replace(
        matrices,
        vectors=_composed(matrices.vectors, beside[0], side),
        context_vectors=_composed(matrices.context_vectors, beside[1], side),
        attributes=beside[0].copy(),
        attribute_contexts=beside[1].copy(),
    )


def _composed(
    own: NDArray[np.float32], attributes: NDArray[np.float32], side: Side
) -> NDArray[np.float32]:
    from scipy.sparse import csr_matrix

    shape = (len(own), side.n_attributes)
    of_items = csr_matrix((side.weights, side.attributes, side.offsets), shape=shape)
    return np.ascontiguousarray(own + of_items @ attributes, dtype=np.float32)
