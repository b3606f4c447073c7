"""One query against a matrix, in four streams: every row is scored, and none is off by much."""

from __future__ import annotations

import numpy as np
import pytest

from x2vec.search.streams import score_one


@pytest.mark.parametrize("size", [1, 5, 64])
@pytest.mark.parametrize("n_rows", [0, 1, 3, 4, 5, 42])
def test_every_row_is_scored_within_what_rounding_allows(n_rows, size):
    draws = np.random.default_rng(n_rows + size)
    matrix = draws.normal(size=(n_rows, size)).astype(np.float32)
    query = draws.normal(size=size).astype(np.float32)
    scores = np.full(n_rows + 1, 7, np.float32)

    score_one(matrix, query, scores[:n_rows])

    exact = matrix.astype(np.float64) @ query
    most = np.abs(matrix.astype(np.float64)) @ np.abs(query)
    assert (np.abs(scores[:n_rows] - exact) <= size * 2.0**-24 * most).all()  # Higham, 3.1
    assert scores[n_rows] == 7
