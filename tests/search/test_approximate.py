"""Approximate search: exact scores, filters that hold, as many answers as exact search gives."""

import numpy as np
import pytest

from x2vec.errors import MissingPackageError, UsageError
from x2vec.search import Approximate, Excluded, Searchable

pytest.importorskip("faiss", reason="faiss-cpu, the extra `ann`, is not installed")


@pytest.fixture(scope="module")
def shelf():
    vectors = np.random.default_rng(1).normal(size=(3000, 16)).astype(np.float32)
    return Searchable.by_cosine(vectors)


@pytest.fixture(scope="module", params=["hnsw", "ivf"])
def approximate(request, shelf):
    return Approximate.build(shelf, request.param)


def test_it_finds_nearly_all_and_scores_it_as_exact_search_does(approximate, shelf):
    assert approximate.recall(10, n_sampled=200) > 0.7  # random vectors lie in no clusters
    exact = shelf.best(shelf.vectors[:50], 3000)
    found = approximate.best(shelf.vectors[:50], 10)
    for query in range(50):
        scores = dict(zip(*(one.tolist() for one in exact.of(query)), strict=True))
        rows, values = (one.tolist() for one in found.of(query))
        assert [scores[row] for row in rows] == values
        assert sorted(zip([-value for value in values], rows, strict=True)) == [
            (-scores[row], row) for row in rows
        ]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5])
def test_filters_hold_and_answers_are_as_many(approximate, shelf, share):
    allowed = np.random.default_rng(2).random(3000) < share
    own = Excluded.of(np.arange(40)[:, None])
    exact = shelf.best(shelf.vectors[:40], 10, exclude=own, allowed=allowed)
    found = approximate.best(shelf.vectors[:40], 10, exclude=own, allowed=allowed)
    assert found.counts.tolist() == exact.counts.tolist()
    assert allowed[found.rows].all()
    assert all(query not in found.of(query)[0] for query in range(40))


def test_what_an_index_is_no_help_for_is_answered_exactly(approximate, shelf):
    barred = Excluded.of([np.arange(1000)])
    for options in ({"k": 2900}, {"k": 5, "exclude": barred}):
        exact = shelf.best(shelf.vectors[:1], **options)
        found = approximate.best(shelf.vectors[:1], **options)
        assert found.rows.tolist() == exact.rows.tolist()


def test_wrong_calls_are_refused_as_exact_search_refuses_them(approximate, shelf):
    with pytest.raises(UsageError, match="dimensions"):
        approximate.best(shelf.vectors[:, :3], 1)
    with pytest.raises(UsageError, match="k is 0"):
        approximate.best(shelf.vectors, 0)
    with pytest.raises(UsageError, match="NaN"):
        approximate.best(np.full((1, 16), np.nan, np.float32), 1)
    with pytest.raises(UsageError, match=r"outside 0\.\.2999"):
        approximate.best(shelf.vectors[:1], 1, exclude=Excluded.of([[3000]]))
    with pytest.raises(UsageError, match="there are hnsw and ivf"):
        Approximate.build(shelf, "tree")
    with pytest.raises(UsageError, match="expected"):
        Approximate(Searchable.by_cosine(shelf.vectors[:9]), "hnsw", approximate.index)
    assert len(approximate.best(shelf.vectors[:0], 3)) == 0


def test_without_faiss_the_message_names_the_extra(shelf, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "faiss", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'x2vec-engine\[ann\]'"):
        Approximate.build(shelf, "hnsw")
