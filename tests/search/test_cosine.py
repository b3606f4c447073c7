"""The cosine: the lecture's example, computed; scale changes nothing; zeros have no direction."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from x2vec.errors import UsageError
from x2vec.search import cosine, normalized, row_lengths

FLOATS = st.floats(-100, 100, width=32)
VECTORS = hnp.arrays(np.float32, 5, elements=FLOATS)


def test_the_lectures_example():
    # 1*3 + 2*7 + 2*8 = 33; lengths sqrt(9) = 3 and sqrt(9 + 49 + 64) = sqrt(122)
    assert cosine([1, 2, 2], [3, 7, 8]) == pytest.approx(33 / (3 * sqrt(122)), rel=1e-15)
    # 1*1 - 2*2 + 2*6 = 9; lengths 3 and sqrt(1 + 4 + 36) = sqrt(41); not the lecture's 0.49
    assert cosine([1, 2, 2], [1, -2, 6]) == pytest.approx(9 / (3 * sqrt(41)), rel=1e-15)
    assert round(cosine([1, 2, 2], [1, -2, 6]), 3) == 0.469


@given(a=VECTORS, b=VECTORS, scale=st.floats(1e-3, 1e3))
def test_scaling_a_vector_changes_nothing(a, b, scale):
    assert cosine(a * np.float64(scale), b) == pytest.approx(cosine(a, b), abs=1e-12)


@given(a=VECTORS, b=VECTORS)
def test_it_is_symmetric_and_within_one(a, b):
    assert cosine(a, b) == cosine(b, a)
    assert -1 <= cosine(a, b) <= 1


@given(a=VECTORS.filter(np.any))
def test_a_vector_is_its_own_nearest_and_its_negative_the_farthest(a):
    assert cosine(a, a) == pytest.approx(1, abs=1e-12)
    assert cosine(a, -a) == pytest.approx(-1, abs=1e-12)


def test_zeros_have_cosine_zero_with_everything():
    assert cosine([0, 0], [0, 0]) == 0.0
    assert cosine([0, 0], [1, 2]) == 0.0
    assert cosine([], []) == 0.0


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_lengths_beyond_the_squares_of_float64_are_no_trouble(size):
    assert cosine([size, 0], [size, size]) == pytest.approx(1 / sqrt(2), rel=1e-14)


def test_wrong_shapes_and_nan_are_refused():
    with pytest.raises(UsageError, match=r"shapes \(2,\) and \(3,\)"):
        cosine([1, 2], [1, 2, 3])
    with pytest.raises(UsageError, match="NaN"):
        cosine([1, float("nan")], [1, 2])


def test_normalized_rows_have_length_one_and_zeros_stay():
    vectors = np.array([[3, 4], [0, 0], [3e38, 3e38], [1e-44, 0]], dtype=np.float32)
    units = normalized(vectors)
    assert units.dtype == np.float32
    assert row_lengths(units) == pytest.approx([1, 0, 1, 1], abs=1e-6)
    assert normalized(np.empty((0, 3), np.float32)).shape == (0, 3)
