"""Items as the mean of their attributes, where those were trained beside the items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from x2vec.coldstart.columns import ItemColumns
from x2vec.coldstart.features.attributes import Attributes as TableAttributes
from x2vec.coldstart.items import ItemTable
from x2vec.embeddings import Attributes, shares

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["attribute_shares"]


def attribute_shares(attributes: Attributes, items: ItemTable, columns: ItemColumns) -> csr_matrix:
    """Return what each attribute weighs in the mean of each item, (n_items, n_attributes) float32.

    A row sums to 1, or to 0 where nothing is known of the item that was trained. Times the vectors
    of the attributes, that is a vector for each item; as training composed those it saw, but for
    their own part.

    Args:
        attributes: Those of some embeddings.
        items: An item table, read.
        columns: The columns that training looked at.
    """
    from scipy.sparse import csr_matrix

    known = TableAttributes.of(attributes.columns.to_pylist(), attributes.values.to_pylist())
    matrix = known.matrix(items, columns)
    matrix.sort_indices()
    column_of = np.repeat(np.arange(len(known.widths)), list(known.widths.values()))
    owners = np.repeat(np.arange(len(items)), np.diff(matrix.indptr))
    weights = shares(owners, column_of[matrix.indices])
    return csr_matrix((weights, matrix.indices, matrix.indptr), shape=matrix.shape)
