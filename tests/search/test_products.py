"""Best products: against a slow oracle, with bias, exclusions and filters, in any company."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from searching import world

from x2vec.errors import UsageError
from x2vec.search import Excluded, TopK, best_products


def oracle(queries, items, k, bias, exclude, allowed):
    """Every score by itself, in exact fractions, sorted by (-float32 score, row)."""
    answers = []
    for i, query in enumerate(queries):
        barred = set(exclude.rows[exclude.offsets[i] : exclude.offsets[i + 1]].tolist())
        scored = []
        for row, item in enumerate(items):
            if row in barred or not allowed[row]:
                continue
            pairs = zip(query.tolist(), item.tolist(), strict=True)
            exact = sum(Fraction(a) * Fraction(b) for a, b in pairs) + Fraction(float(bias[row]))
            scored.append((-float(np.float32(float(exact))), row))
        answers.append([(row, -score) for score, row in sorted(scored)[:k]])
    return answers


def pairs_of(found: TopK):
    return [
        list(zip(*(one.tolist() for one in found.of(query)), strict=True))
        for query in range(len(found))
    ]


@settings(deadline=None)  # the first example compiles
@given(
    seed=st.integers(0, 10_000),
    n_rows=st.integers(0, 40),
    n_queries=st.integers(0, 5),
    k=st.integers(1, 50),
    share_allowed=st.sampled_from([0.0, 0.1, 0.6, 1.0]),
    workers=st.integers(1, 3),
)
def test_it_agrees_with_a_slow_oracle_on_worlds_full_of_ties(
    seed, n_rows, n_queries, k, share_allowed, workers
):
    random = np.random.default_rng(seed)
    items = random.integers(-2, 3, size=(n_rows, 5)).astype(np.float32) / 2
    queries = random.integers(-2, 3, size=(n_queries, 5)).astype(np.float32) / 4
    bias = random.integers(-1, 2, size=n_rows).astype(np.float32) / 8
    exclude = Excluded.of(
        [random.integers(0, max(n_rows, 1), size=n_rows and random.integers(0, 4)) for _ in queries]
    )
    allowed = random.random(n_rows) < share_allowed
    found = best_products(
        queries, items, k, bias=bias, exclude=exclude, allowed=allowed, workers=workers
    )
    assert pairs_of(found) == oracle(queries, items, k, bias, exclude, allowed)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_queries_asked_alone_get_the_bytes_they_get_together(workers):
    items = np.repeat(world(70, vector_size=33), 2, axis=0)
    together = best_products(items, items, 5, bias=items[:, 0], workers=workers)
    for query in range(0, len(items), 7):
        alone = best_products(items[query : query + 1], items, 5, bias=items[:, 0])
        rows, scores = together.of(query)
        assert alone.rows.tolist() == rows.tolist()
        assert alone.scores.tobytes() == scores.tobytes()


def test_what_is_not_allowed_is_as_if_it_were_not_there():
    items, queries = world(300), world(9, seed=2)
    allowed = np.arange(300) % 3 == 1
    found = best_products(queries, items, 7, allowed=allowed)
    fewer = best_products(queries, items[allowed], 7)
    assert np.flatnonzero(allowed)[fewer.rows].tolist() == found.rows.tolist()
    assert fewer.scores.tobytes() == found.scores.tobytes()


def test_nothing_allowed_or_all_excluded_gives_fewer_answers_and_no_sentinels():
    items = world(4)
    assert best_products(items, items, 3, allowed=np.zeros(4, np.bool_)).counts.tolist() == [0] * 4
    barred = Excluded.of([[0, 1, 2, 3], [0, 0, 1], [], [3]])
    found = best_products(items, items, 3, exclude=barred)
    assert found.counts.tolist() == [0, 2, 3, 3]
    assert found.rows.dtype == np.int64


def test_wrong_calls_say_what_was_found_and_expected():
    items = world(4)
    with pytest.raises(UsageError, match=r"do not fit|dimensions"):
        best_products(items[:, :3], items, 1)
    with pytest.raises(UsageError, match="k is 0"):
        best_products(items, items, 0)
    with pytest.raises(UsageError, match="workers"):
        best_products(items, items, 1, workers=0)
    with pytest.raises(UsageError, match="exclude has 1 entries for 4"):
        best_products(items, items, 1, exclude=Excluded.of([[0]]))
    with pytest.raises(UsageError, match=r"outside 0\.\.3"):
        best_products(items[:1], items, 1, exclude=Excluded.of([[4]]))
    with pytest.raises(UsageError, match="NaN"):
        best_products(items, np.where(items > 1, np.nan, items), 1)
    with pytest.raises(UsageError, match="NaN"):
        best_products(items, items, 1, bias=np.full(4, np.inf, np.float32))
    with pytest.raises(UsageError, match="offsets must run from 0 to 2"):
        Excluded(np.array([0, 1]), np.zeros(2, np.int32))
    with pytest.raises(UsageError, match="must not fall"):
        Excluded(np.array([0, 2, 1, 2]), np.zeros(2, np.int32))


def test_lengths_far_apart_hide_nothing():
    # the float32 product is off by more than whole scores here, so only the float64 sums decide
    items = world(4000) * np.float32(10) ** np.arange(-19, 1).repeat(200)[:, None].astype(np.int32)
    items[:, 0] = np.where(np.arange(4000) % 2, 1e9, -1e9)
    queries = world(3, seed=5)
    queries[:, 0] = 1e-8
    wide = queries.astype(np.float64) @ items.astype(np.float64).T
    found = best_products(queries, items, 10)
    for query, scores in enumerate(wide):
        order = np.lexsort((np.arange(4000), -scores.astype(np.float32)))
        assert found.of(query)[0].tolist() == order[:10].tolist()


def test_scores_beyond_float32_are_refused():
    large = np.full((2, 2), 1e20, np.float32)
    with pytest.raises(UsageError, match=r"may reach 2e\+40, too large for float32"):
        best_products(large, large, 1)
