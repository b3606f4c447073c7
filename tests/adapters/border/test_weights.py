"""Weights are finite numbers from 0 on, kinds are text; what is neither names its row."""

import pyarrow as pa
import pytest

from x2vec.adapters import Place
from x2vec.adapters.border.weights import read_kinds, read_weights
from x2vec.adapters.tables.json_values import as_json
from x2vec.errors import SourceError

PLACE = Place("clicks.csv", 11)


def test_weights_become_float64_and_nan_is_missing():
    assert read_weights(pa.array([1, None, 3]), PLACE).to_pylist() == [1.0, None, 3.0]
    assert read_weights(pa.array([0.5, float("nan")]), PLACE).to_pylist() == [0.5, None]
    assert read_weights(pa.array(["2", "0.5"]), PLACE).to_pylist() == [2.0, 0.5]
    assert read_weights(pa.nulls(1), PLACE).to_pylist() == [None]


@pytest.mark.parametrize("weight", [-1.0, float("inf"), 1e39])
def test_a_weight_out_of_bounds_names_its_row(weight):
    with pytest.raises(SourceError, match=r"clicks\.csv, row 12: weight is .*from 0 to 3\.4e\+38"):
        read_weights(pa.array([None, weight]), PLACE)


def test_a_weight_that_is_no_number_names_its_row():
    with pytest.raises(SourceError, match=r"row 13: weight is 'much', which cannot be read"):
        read_weights(pa.array(["1", "2", "much"]), PLACE)


@pytest.mark.parametrize("column", [pa.array([True]), pa.array([[1]])])
def test_a_type_that_holds_no_weights_is_named(column):
    with pytest.raises(SourceError, match=r"weight is of type (bool|list).*expected numbers"):
        read_weights(column, PLACE)


def test_kinds_become_text_and_empty_text_is_missing():
    assert read_kinds(pa.array(["view", "", None]), PLACE).to_pylist() == ["view", None, None]
    assert read_kinds(pa.array(["a", "b"]).dictionary_encode(), PLACE).to_pylist() == ["a", "b"]
    assert read_kinds(pa.array([1, 2]), PLACE).to_pylist() == ["1", "2"]
    assert read_kinds(as_json(pa.array(['"view"', "null"])), PLACE).to_pylist() == ["view", None]


def test_a_type_that_holds_no_kinds_is_named():
    with pytest.raises(SourceError, match=r"kind is of type list.*expected text"):
        read_kinds(pa.array([["view"]]), PLACE)
