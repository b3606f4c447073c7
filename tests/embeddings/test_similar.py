"""Who is near whom, in a plane where one sees it; unknown items are errors, or reported."""

import numpy as np
import pyarrow as pa
import pytest

from x2vec.embeddings import Embeddings
from x2vec.errors import UnknownItemError, UsageError


@pytest.fixture
def court() -> Embeddings:
    """Royalty along the first axis, gender along the second; lengths differ and don't matter."""
    plane = {"king": (3, 1), "queen": (3, -1), "man": (0, 2), "woman": (0, -1), "tree": (-1, 0)}
    return Embeddings(list(plane), list(plane.values()), counts=[1] * 5)


def test_the_nearest_come_first_and_never_the_item_itself(court):
    found = court.similar("king", k=10)
    # cosines with (3, 1)/sqrt(10): queen 8/10, man 1/sqrt(10), woman -1/sqrt(10), tree -3/sqrt(10)
    assert found.item_id.to_pylist() == ["queen", "man", "woman", "tree"]
    assert found.rank.to_pylist() == [1, 2, 3, 4]
    assert found.query_id.to_pylist() == ["king"] * 4
    root = 10**0.5
    assert found.score.to_pylist() == pytest.approx([0.8, 1 / root, -1 / root, -3 / root])


def test_fewer_items_than_k_give_fewer_rows():
    alone = Embeddings(["only"], [[1.0, 2.0]], counts=[1])
    found = alone.similar("only", k=10)
    assert len(found) == 0
    assert found.to_arrow().schema.names == ["query_id", "item_id", "rank", "score"]


def test_many_items_are_many_queries_in_the_order_asked(court):
    found = court.similar(["tree", "king"], k=2)
    assert found.query_id.to_pylist() == ["tree", "tree", "king", "king"]
    assert found.rank.to_pylist() == [1, 2, 1, 2]
    assert court.similar(["tree", "king"], k=np.int64(2)).table.equals(found.table)
    for asked in (np.array(["tree", "king"]), pa.array(["tree", "king"]), ("tree", "king")):
        assert court.similar(asked, k=2).table.equals(found.table)


def test_ties_stand_in_the_order_of_items():
    embeddings = Embeddings([5, 4, 3, 2], [[1, 1], [2, 2], [1, 0], [4, 4]], counts=[1] * 4)
    assert embeddings.similar(4, k=2).item_id.to_pylist() == [5, 2]
    assert embeddings.similar(3, k=3).item_id.to_pylist() == [5, 4, 2]


def test_king_minus_man_plus_woman_is_queen(court):
    found = court.similar(like=["king", "woman"], unlike=["man"], k=3)
    assert found.query_id[0].as_py() == "king + woman - man"
    assert found.item_id.to_pylist() == ["queen", "tree"]  # none of the three that were given
    # unit vectors: (3, 1)/sqrt(10) + (0, -1) - (0, 1) = (3, 1 - 2*sqrt(10))/sqrt(10)
    sum_ = np.array([3, 1 - 2 * 10**0.5])
    expected = sum_ @ [3, -1] / (np.linalg.norm(sum_) * 10**0.5)
    assert found.score[0].as_py() == pytest.approx(expected, rel=1e-6)


def test_unlike_alone_points_away(court):
    found = court.similar(unlike="tree", k=1)
    assert found.query_id.to_pylist() == ["- tree"]
    assert found.item_id.to_pylist() == ["king"]


def test_a_vector_finds_items_and_excludes_none(court):
    assert court.similar(vector=court["king"], k=1).item_id.to_pylist() == ["king"]
    found = court.similar(vector=court.vectors[:2], k=1)
    assert found.query_id.to_pylist() == ["vector 0", "vector 1"]
    assert court.similar(vector=court.mean(["king", "queen"]), k=2).item_id.to_pylist() == [
        "king",
        "queen",
    ]


def test_a_vector_of_the_wrong_dimension_is_told_the_right_one(court):
    with pytest.raises(UsageError, match=r"shape \(3,\).*have 2 dimensions"):
        court.similar(vector=[1, 2, 3])
    with pytest.raises(UsageError, match="NaN"):
        court.similar(vector=[1, float("nan")])
    with pytest.raises(UsageError, match="too large"):
        court.similar(vector=[1, 1e300])


def test_no_nan_comes_back_for_zero_vectors():
    embeddings = Embeddings(["a", "b", "zero"], [[1, 0], [0, 1], [0, 0]], counts=[1] * 3)
    assert embeddings.similar("zero").score.to_pylist() == [0, 0]
    assert embeddings.similar("a").score.to_pylist() == [0, 0]
    assert embeddings.similar(vector=[0, 0]).score.to_pylist() == [0, 0, 0]


def test_unknown_items_raise_or_are_reported_never_dropped(court):
    with pytest.raises(UnknownItemError, match=r"No item 'kin' among 5\. Closest: 'king'"):
        court.similar(["king", "kin"])
    found = court.similar(["zzz", "king", "kin", "zzz"], k=1, unknown="report")
    assert found.unknown == ("zzz", "kin")
    assert found.query_id.to_pylist() == ["king"]
    assert court.similar(pa.array(["kin"]), unknown="report").unknown == ("kin",)
    assert court.similar(7, unknown="report").unknown == (7,)


def test_arithmetic_uses_the_known_items_and_reports_the_others(court):
    found = court.similar(like=["king", "zzz"], k=1, unknown="report")
    assert found.unknown == ("zzz",)
    assert found.item_id.to_pylist() == ["queen"]
    nothing = court.similar(like=["zzz"], unknown="report")
    assert len(nothing) == 0
    assert nothing.unknown == ("zzz",)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "give one of"),
        ({"items": "king", "like": "man"}, "give one of"),
        ({"like": "man", "vector": [1, 2]}, "give one of"),
        ({"like": ["man", "king"], "unlike": ["man"]}, "'man' stands in like and in unlike"),
        ({"items": "king", "k": 0}, "k is 0"),
        ({"items": "king", "k": 1.5}, "k is 1.5; expected a whole number"),
        ({"items": "king", "k": True}, "k is True; expected a whole number"),
        ({"items": "king", "k": "3"}, "k is '3'; expected a whole number"),
        ({"vector": [1, 2], "k": None}, "k is None; expected a whole number"),
        ({"items": "king", "unknown": "drop"}, "unknown is 'drop'"),
    ],
)
def test_wrong_calls_are_refused(court, asked, message):
    with pytest.raises(UsageError, match=message):
        court.similar(**asked)
