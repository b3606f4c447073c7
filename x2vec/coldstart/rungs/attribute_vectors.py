"""The mean of the vectors that training gave to an item's attributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.coldstart.rungs.rung import Cold, FittedRung, Known
from x2vec.embeddings import Attributes, shares

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["AttributeVectors"]


@dataclass(frozen=True, eq=False)
class AttributeVectors:
    """What an item is where it has nothing of its own, as the model was trained (EGES, LightFM).

    It learns nothing from the known items. Measured on hidden ones it is flattered: their vectors
    hold those of their attributes, which their events helped to train.

    Attributes:
        attributes: Those that were trained with the items.
        targets: (n_attributes, size) float32, their vectors in the scale of those of known items.
    """

    attributes: Attributes
    targets: NDArray[np.float32]
    name: str = "attribute vectors"

    def fit(self, known: Known, *, seed: int) -> FittedRung:
        """Find which of the features are attributes that were trained."""
        rows = pc.index_in(known.features.names, value_set=self.attributes.names)
        is_trained = np.asarray(rows.is_valid())
        places = np.asarray(rows.drop_null()).astype(np.int64)
        columns = self.attributes.columns.take(pa.array(places)).dictionary_encode().indices
        return _Means(np.flatnonzero(is_trained), np.asarray(columns), self.targets[places])


@dataclass(frozen=True, eq=False)
class _Means:
    """Where the trained attributes stand among the features, their columns, and their targets."""

    features: NDArray[np.int64]
    columns: NDArray[np.integer]
    targets: NDArray[np.float32]

    def answers(self, cold: Cold) -> NDArray[np.bool_]:
        return np.asarray(np.diff(self._trained(cold).indptr) > 0)

    def predict(self, cold: Cold) -> NDArray[np.float32]:
        from scipy.sparse import csr_matrix

        trained = self._trained(cold)
        owners = np.repeat(np.arange(len(cold)), np.diff(trained.indptr))
        weights = shares(owners, self.columns[trained.indices])
        means = csr_matrix((weights, trained.indices, trained.indptr), shape=trained.shape)
        return np.asarray(means @ self.targets, dtype=np.float32)

    def _trained(self, cold: Cold) -> csr_matrix:
        return cold.features.attributes[:, self.features].tocsr()
