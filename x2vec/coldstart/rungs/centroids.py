"""The plainest rungs: the middle of an item's category, and the middle of everything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.rungs.rung import Cold, FittedRung, Known, weighted_mean

__all__ = ["CatalogueCentroid", "CategoryCentroid"]


@dataclass(frozen=True)
class CatalogueCentroid:
    """The mean of all known vectors: knows nothing of the item, and always answers."""

    name: str = "catalogue centroid"

    def fit(self, known: Known, *, seed: int) -> FittedRung:
        """Take the mean."""
        return _Same(weighted_mean(known.targets, known.trust))


@dataclass(frozen=True, eq=False)
class _Same:
    mean: NDArray[np.float32]

    def answers(self, cold: Cold) -> NDArray[np.bool_]:
        return np.ones(len(cold), np.bool_)

    def predict(self, cold: Cold) -> NDArray[np.float32]:
        return np.tile(self.mean, (len(cold), 1))


@dataclass(frozen=True)
class CategoryCentroid:
    """The mean of the known items that share an item's most specific attribute.

    Specific is what few share: of a hierarchy the deepest level that enough known items have.

    Attributes:
        least: Known items that an attribute needs.
    """

    least: int = 3
    name: str = "category centroid"

    def fit(self, known: Known, *, seed: int) -> FittedRung:
        """Take the mean of the items of each attribute."""
        attributes = known.features.attributes
        n_items = np.asarray(attributes.sum(axis=0)).ravel().astype(np.int64)
        return _MostSpecific(means_by(attributes, known), n_items, self.least)


@dataclass(frozen=True, eq=False)
class _MostSpecific:
    means: NDArray[np.float32]
    n_items: NDArray[np.int64]
    least: int

    def answers(self, cold: Cold) -> NDArray[np.bool_]:
        return self._chosen(cold)[1]

    def predict(self, cold: Cold) -> NDArray[np.float32]:
        chosen, answers = self._chosen(cold)
        found = np.zeros((len(cold), self.means.shape[1]), np.float32)
        found[answers] = self.means[chosen[answers]]
        return found

    def _chosen(self, cold: Cold) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the attribute that each item goes by, and whether there is one."""
        attributes = cold.features.attributes
        enough = self.n_items[attributes.indices] >= self.least
        rows = np.repeat(np.arange(len(cold)), np.diff(attributes.indptr))[enough]
        places = attributes.indices[enough].astype(np.int64)
        order = np.lexsort((places, self.n_items[places], rows))
        found, first = np.unique(rows[order], return_index=True)
        chosen = np.zeros(len(cold), np.int64)
        chosen[found] = places[order][first]
        answers = np.zeros(len(cold), np.bool_)
        answers[found] = True
        return chosen, answers


def means_by(attributes: object, known: Known) -> NDArray[np.float32]:
    """Return the mean of the targets of the items of each attribute, (n_attributes, size).

    Args:
        attributes: (n_items, n_attributes) sparse, 1 where an item has the attribute.
        known: The items.
    """
    from scipy.sparse import csr_matrix, diags

    assert isinstance(attributes, csr_matrix)
    weighed = (diags(known.trust) @ attributes).T.tocsr()
    sums = np.asarray(weighed @ known.targets)
    weights = np.asarray(weighed.sum(axis=1)).ravel()
    means: NDArray[np.float32] = (sums / np.maximum(weights, 1e-12)[:, None]).astype(np.float32)
    return means
