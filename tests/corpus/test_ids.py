"""One rule for ids in memory."""

import numpy as np
import pyarrow as pa
import pytest

from x2vec.corpus.ids import id_array
from x2vec.errors import SourceError


def test_whole_numbers_of_any_kind_are_int64():
    ids, notes = id_array([1, 2.0, np.int32(3), np.float64(4)])
    assert ids.equals(pa.array([1, 2, 3, 4], pa.int64()))
    assert notes == ()


def test_numbers_beside_text_become_text_and_collisions_are_counted():
    ids, notes = id_array([1, "1", 1.0, "a", 7])
    assert ids.to_pylist() == ["1", "1", "1", "a", "7"]
    assert "1 of the numbers met the same text" in notes[0]


def test_none_nan_and_empty_text_are_missing():
    assert id_array(["a", None, "", float("nan")])[0].to_pylist() == ["a", None, None, None]
    assert id_array([1, None, float("nan")])[0].to_pylist() == [1, None, None]


def test_the_largest_id_is_exact():
    assert id_array([2**63 - 1, 5])[0].to_pylist() == [2**63 - 1, 5]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ([1, 2.5], "position 1 is 2.5, a fraction"),
        ([2**63], "outside int64"),
        (["a", True], "position 1 is True"),
        (["a", ("b",)], "position 1 is of type tuple"),
        (["ok", "\ud800"], "position 1 is not valid Unicode"),
    ],
)
def test_an_id_that_cannot_be_stored_is_named_by_its_position(bad, says):
    with pytest.raises(SourceError, match=says):
        id_array(bad)
