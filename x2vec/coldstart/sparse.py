"""What sparse matrices lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["unit_rows"]


def unit_rows(matrix: csr_matrix) -> csr_matrix:
    """Return the rows at length one, (n_rows, n_columns) float32; rows of zeros stay zeros.

    scikit-learn's ``normalize`` refuses a matrix without columns, which a table without categories
    has.

    Example:
        >>> from scipy.sparse import csr_matrix
        >>> unit_rows(csr_matrix([[3.0, 4.0], [0.0, 0.0]])).toarray().round(1).tolist()
        [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    from scipy.sparse import csr_matrix

    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float64)).ravel()
    scale = 1 / np.where(lengths > 0, lengths, 1.0)
    data = matrix.data * np.repeat(scale, np.diff(matrix.indptr))
    parts = (data.astype(np.float32), matrix.indices, matrix.indptr)
    return csr_matrix(parts, shape=matrix.shape)
