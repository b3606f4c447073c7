"""Exact search: against a slow oracle, for any blocks, with ties, zeros and exclusions."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from searching import same, world

from x2vec.errors import UsageError
from x2vec.search import Excluded, Searchable, TopK, cosine, top_k


def oracle(queries, vectors, k, exclude=None):
    """Every cosine by itself, sorted by (-float32 score, row)."""
    answers = []
    for i, query in enumerate(queries):
        barred = set() if exclude is None else {int(row) for row in exclude[i]}
        scored = [
            (-float(np.float32(cosine(query, vector))), row)
            for row, vector in enumerate(vectors)
            if row not in barred
        ]
        answers.append([row for _, row in sorted(scored)[:k]])
    return answers


def rows_of(found: TopK) -> list[list[int]]:
    return [found.of(query)[0].tolist() for query in range(len(found))]


@settings(deadline=None)  # the first example compiles
@given(
    seed=st.integers(0, 1000),
    n_rows=st.integers(1, 30),
    n_queries=st.integers(0, 5),
    k=st.integers(1, 40),
    tile_rows=st.sampled_from([1, 7, 4096]),
)
def test_it_agrees_with_a_slow_oracle_on_worlds_full_of_ties(seed, n_rows, n_queries, k, tile_rows):
    random = np.random.default_rng(seed)
    # small powers of two: cosines are exact enough that equal angles give equal float32 scores
    vectors = random.integers(-1, 2, size=(n_rows, 4)).astype(np.float32) * 2.0
    queries = random.integers(-1, 2, size=(n_queries, 4)).astype(np.float32)
    exclude = [random.integers(0, n_rows, size=random.integers(0, 3)) for _ in queries]
    shelf = replace(Searchable.by_cosine(vectors), tile_rows=tile_rows)
    found = shelf.best(queries, k, exclude=Excluded.of(exclude))
    assert rows_of(found) == oracle(queries, vectors, k, exclude)


@pytest.mark.parametrize("tile_rows", [1, 33, 64, 299, 512])
@pytest.mark.parametrize("workers", [1, 3])
def test_tiles_and_workers_change_no_byte(tile_rows, workers):
    vectors = np.repeat(world(200), 3, axis=0)  # each row three times, so ties are everywhere
    whole = top_k(vectors, vectors, 7)
    tiled = replace(Searchable.by_cosine(vectors), tile_rows=tile_rows)
    assert same(tiled.best(vectors, 7, workers=workers), whole)


@pytest.mark.parametrize("k", [1, 40, 5000])
def test_any_k_gives_the_head_of_the_whole_order(k):
    vectors = world(5000)
    cosines = [np.float32(cosine(vectors[0], vector)) for vector in vectors]
    order = sorted(range(5000), key=lambda row: (-cosines[row], row))
    assert rows_of(top_k(vectors[:1], vectors, k)) == [order[:k]]


def test_queries_asked_alone_get_the_bytes_they_get_together():
    vectors = np.repeat(world(50, vector_size=33), 2, axis=0)
    together = top_k(vectors, vectors, 5)
    for query in range(len(vectors)):
        alone = top_k(vectors[query : query + 1], vectors, 5)
        rows, scores = together.of(query)
        assert alone.rows.tolist() == rows.tolist()
        assert alone.scores.tobytes() == scores.tobytes()


def test_ties_stand_in_the_order_of_rows():
    vectors = np.ones((9, 3), dtype=np.float32) * np.array([[1], [2], [4]] * 3, dtype=np.float32)
    assert rows_of(top_k(vectors[:1], vectors, 4, exclude=Excluded.of([[1]]))) == [[0, 2, 3, 4]]


def test_equal_vectors_score_equal_wherever_they_stand():
    vectors = world(5000, vector_size=37)
    vectors[[3, 4095, 4096, 4999]] = vectors[17]
    rows, scores = top_k(vectors[17:18], vectors, 5).of(0)
    assert rows.tolist() == [3, 17, 4095, 4096, 4999]
    assert set(scores.tolist()) == {1.0}


def test_scaling_the_vectors_changes_no_answer():
    vectors = world(200)
    scaled = vectors * np.float32(2) ** np.arange(-60, 60, 0.6)[:, None].astype(np.int32)
    assert rows_of(top_k(vectors, scaled, 10)) == rows_of(top_k(vectors, vectors, 10))


def test_fewer_rows_than_k_give_fewer_answers_and_no_sentinels():
    vectors = world(3)
    found = top_k(vectors, vectors, 10, exclude=Excluded.of([[0], [1], [2]]))
    assert found.counts.tolist() == [2, 2, 2]
    assert found.ranks.tolist() == [1, 2, 1, 2, 1, 2]
    assert np.isfinite(found.scores).all()


def test_nothing_is_left_when_everything_is_excluded():
    found = top_k(world(1), world(4), 3, exclude=Excluded.of([range(4)]))
    assert found.counts.tolist() == [0]
    assert found.rows.dtype == np.int64


def test_no_queries_or_no_rows_give_empty_answers():
    assert len(top_k(np.empty((0, 8), np.float32), world(4), 3)) == 0
    assert top_k(world(2), np.empty((0, 8), np.float32), 3).offsets.tolist() == [0, 0, 0]


def test_zero_vectors_have_cosine_zero_and_no_nan_comes_back():
    vectors = np.array([[0, 0], [1, 0], [-1, 0]], dtype=np.float32)
    found = top_k(vectors, vectors, 3)
    assert found.of(0)[1].tolist() == [0, 0, 0]
    assert found.of(1)[0].tolist() == [1, 0, 2]
    assert found.of(1)[1].tolist() == [1, 0, -1]


def test_many_ties_do_not_break_the_memory_bound():
    vectors = np.ones((20_000, 8), dtype=np.float32)
    shelf = Searchable.by_cosine(vectors)
    shelf.best(vectors[:1], 3)  # compiles
    tracemalloc.start()
    found = shelf.best(vectors[:600], 3)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows_of(found) == [[0, 1, 2]] * 600
    assert peak < 2**18 * 4 + 2**20  # one tile of scores for one block of queries


def test_wrong_calls_say_what_was_found_and_expected():
    vectors = world(4)
    with pytest.raises(UsageError, match=r"queries have 3 dimensions.*have 8"):
        top_k(vectors[:, :3], vectors, 1)
    with pytest.raises(UsageError, match="k is 0"):
        top_k(vectors, vectors, 0)
    with pytest.raises(UsageError, match="two dimensions"):
        top_k(vectors[0], vectors, 1)
    with pytest.raises(UsageError, match="exclude has 1 entries for 4"):
        top_k(vectors, vectors, 1, exclude=Excluded.of([[0]]))
    with pytest.raises(UsageError, match=r"outside 0\.\.3"):
        top_k(vectors[:1], vectors, 1, exclude=Excluded.of([[-1]]))
    with pytest.raises(UsageError, match="Row 2 of vectors holds NaN"):
        top_k(vectors[:1], np.where(np.arange(4)[:, None] == 2, np.nan, vectors), 1)
    with pytest.raises(IndexError, match="Query 4 of 4"):
        top_k(vectors, vectors, 1).of(4)
