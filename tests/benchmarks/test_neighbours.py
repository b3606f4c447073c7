"""The benchmark of neighbours, on vectors whose neighbours are seen."""

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.neighbours import agreement, share_of_group, share_of_value
from x2vec import Embeddings


@pytest.fixture
def shelf():
    """Two teas and two jams, each beside its like, and a ham that looks like tea."""
    angles = np.radians([0, 10, 90, 100, 5])
    return Embeddings(
        pa.array(["green", "black", "plum", "fig", "ham"]),
        np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32),
        counts=np.ones(5, np.int64),
        metadata=pa.table({"kind": ["tea", "tea", "jam", "jam", "meat"]}),
    )


def test_of_the_nearest_one_those_of_the_query_s_kind_are_counted(shelf):
    """Ham has no like and is no query; it is nearest to both teas, and jams to each other."""
    assert share_of_value(shelf, "kind", k=1, half=None) == (2 / 4, 1 / 4, 4)
    assert share_of_value(shelf, "kind", k=2, half=None)[0] == (2 + 2) / 8


def test_of_a_group_s_nearest_those_in_it_are_counted(shelf):
    assert share_of_group(shelf, ["plum", "fig"], k=1) == (1.0, 1 / 4)
    assert share_of_group(shelf, ["green", "black"], k=1) == (0.0, 1 / 4)


def test_agreement_is_a_correlation_of_ranks_over_the_pairs_that_are_known(shelf, tmp_path):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("# a comment\ngreen\tblack\t9\ngreen\tplum\t5\ngreen\tfig\t1\ngreen\tnut\t8\n")
    assert agreement(shelf, pairs, half=None) == (pytest.approx(1.0), 3)
