"""Ids in Python's lists go by the same rule as those of a table."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.adapters import Place, normalise_ids
from x2vec.corpus.ids import id_array
from x2vec.errors import SourceError


def test_whole_numbers_of_any_kind_are_int64():
    ids, notes = id_array([1, 2.0, np.int32(3), np.float64(4)])
    assert ids.equals(pa.array([1, 2, 3, 4], pa.int64()))
    assert notes == ()


def test_numbers_beside_text_become_text_and_collisions_are_counted():
    ids, notes = id_array([1, "1", 1.0, "a", 7])
    assert ids.to_pylist() == ["1", "1", "1", "a", "7"]
    assert notes == (
        "item_id: numbers and text are mixed; numbers were read as text; "
        '1 occur as both, such as 1 and "1": taken as one',
    )


def test_none_nan_and_empty_text_are_missing():
    assert id_array(["a", None, "", float("nan")])[0].to_pylist() == ["a", None, None, None]
    assert id_array([1, None, float("nan")])[0].to_pylist() == [1, None, None]


def test_the_largest_id_is_exact():
    assert id_array([2**63 - 1, -(2**63)])[0].to_pylist() == [2**63 - 1, -(2**63)]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ([1, 2.5], r"row 2: item_id is 2\.5; ids are text or whole numbers"),
        ([1, 2.0**60], "row 2: item_id is .*: too large a float to be exact"),
        ([1, 2**63], r"row 2: item_id is a whole number beyond 2\^63-1"),
        ([np.uint64(2**63)], r"row 1: item_id is 9223372036854775808, beyond 2\^63-1"),
        (["a", True], "row 2: item_id is of type bool"),
        (["a", ("b",)], "row 2: item_id is of type list"),
        (["a", object()], "row 2: item_id is of type object"),
        (["ok", "\ud800"], "row 2: .* holds half of a surrogate pair"),
    ],
)
def test_an_id_that_cannot_be_stored_is_named_by_its_position(bad, says):
    with pytest.raises(SourceError, match=says):
        id_array(bad)


VALUES = st.one_of(
    st.lists(st.floats() | st.none()),
    st.lists(st.integers(-(2**63), 2**63 - 1) | st.none()),
    st.lists(st.text(st.characters(exclude_categories=["Cs"])) | st.none()),
)


@given(VALUES.filter(lambda values: any(value is not None for value in values)))
def test_a_list_of_one_kind_is_read_as_a_column_of_it_is(values):
    def told(read):
        try:
            return read().to_pylist()
        except SourceError as error:
            return str(error)

    place = Place("the item ids", 1)
    as_column = told(lambda: normalise_ids(pa.array(values), name="item_id", place=place))
    assert told(lambda: id_array(values)[0]) == as_column
