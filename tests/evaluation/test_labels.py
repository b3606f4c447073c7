"""Labels meet items, and what has none is counted."""

import numpy as np
import pyarrow as pa
import pytest

from x2vec.embeddings import Embeddings
from x2vec.errors import NothingLeftError, UsageError
from x2vec.evaluation.labels import Labels


def shop(**options):
    return Embeddings(["tea", "soap", "jam", "pen"], np.eye(4), counts=[4, 3, 2, 1], **options)


def test_an_item_has_one_label_or_several_and_missing_ones_are_none():
    labels = Labels.of(
        shop(), {"tea": ["food", "hot", None], "soap": None, "jam": {"food"}, "pen": "", "x": "y"}
    )
    assert labels.rows.tolist() == [0, 2]
    assert labels.names == ("food", "hot")
    assert labels.matrix().toarray().tolist() == [[1, 1], [1, 0]]
    assert (labels.n_unlabelled, labels.n_unknown) == (2, 1)


def test_a_label_given_twice_is_one():
    assert Labels.of(shop(), {"tea": ["a", "a"]}).codes.tolist() == [0]


def test_labels_may_be_numbers_and_missing_numbers_are_none():
    labels = Labels.of(shop(), {"tea": 10, "soap": float("nan"), "jam": 2})
    assert labels.names == (10, 2)  # by their text
    assert labels.rows.tolist() == [0, 2]


def test_a_column_of_the_item_table_gives_labels():
    table = pa.table(
        {"kind": ["food", None, "food", "desk"], "tags": [["a", "b"], [], None, ["b"]]}
    )
    labels = Labels.of(shop(metadata=table), "kind")
    assert labels.rows.tolist() == [0, 2, 3]
    assert Labels.of(shop(metadata=table), "tags").names == ("a", "b")


def test_a_column_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(UsageError, match=r"no column 'sort'.*it has kind"):
        Labels.of(shop(metadata=pa.table({"kind": ["a"] * 4})), "sort")
    with pytest.raises(UsageError, match="it has no columns"):
        Labels.of(shop(), "kind")


def test_labels_of_other_items_are_an_error_that_shows_both_kinds_of_id():
    with pytest.raises(NothingLeftError, match=r"None of 4 items.*string, such as 'tea'.*for 7"):
        Labels.of(shop(), {7: "food"})
