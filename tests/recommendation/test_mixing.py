"""Mixed lists: greedy by marginal relevance, within the limits of groups, to the last item."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.corpus.blocks import offsets_of
from x2vec.embeddings import Embeddings
from x2vec.errors import UsageError
from x2vec.recommendation import Selection
from x2vec.recommendation.mixing import Mixing
from x2vec.search import TopK, normalized

N = 24


def lists_of(scores, *, shown):
    """Make what a ranker would answer: the best so many of each row of scores."""

    def ask(queries, pool):
        parts = [np.lexsort((np.arange(N), -row))[: min(pool, shown)] for row in scores[queries]]
        rows = np.concatenate([np.empty(0, np.int64), *parts])
        owners = np.repeat(queries, [len(part) for part in parts])
        lengths = np.array([len(part) for part in parts], dtype=np.int64)
        return TopK(rows, scores[owners, rows], offsets_of(lengths))

    return ask


def mixing_of(diversity, pool, groups=(), limits=(), *, vectors):
    return Mixing(
        diversity=diversity,
        pool=pool,
        vectors=vectors,
        groups=np.array(groups, dtype=np.int32).reshape(len(limits), N),
        limits=np.array(limits, dtype=np.int64),
    )


@st.composite
def worlds(draw):
    random = np.random.default_rng(draw(st.integers(0, 99)))
    scores = random.integers(0, 9, (draw(st.integers(0, 4)), N)).astype(np.float32)
    vectors = random.normal(size=(N, 5)).astype(np.float32)
    vectors[3] = 0
    groups = random.integers(0, 4, (draw(st.integers(0, 2)), N))
    limits = [draw(st.integers(1, 3)) for _ in groups]
    return scores, vectors, groups, limits, draw(st.integers(1, 9)), draw(st.integers(1, N + 1))


@settings(deadline=None, max_examples=30)
@given(worlds(), st.sampled_from([0.0, 0.3, 0.7, 1.0]), st.sampled_from([4, 100]))
def test_each_item_is_the_best_that_limits_and_pool_allow(world, diversity, pool):
    scores, vectors, groups, limits, k, shown = world
    ask = lists_of(scores, shown=shown)
    mixing = mixing_of(diversity, pool, groups, limits, vectors=vectors)
    found = mixing.choose(ask, len(scores), k, workers=2)
    units = normalized(vectors).astype(np.float64)
    longest = [
        sum(min(n, most) for n in Counter(group.tolist()).values())
        for group, most in zip(groups, limits, strict=True)
    ]
    enough = min([k, *longest])
    for query in range(len(scores)):
        chosen = found.of(query)[0].tolist()
        assert found.of(query)[1].tolist() == scores[query, chosen].tolist()
        size = max(pool, k)
        while True:  # the pool that was enough, or the widest there is
            candidates = ask(np.array([query]), size)
            n_chosen = len(greedy(candidates, units, diversity, groups, limits, k))
            if n_chosen == enough or size > shown:
                break
            size *= 4
        held = []
        for row in chosen:
            values = marginal(candidates, units, diversity, held, groups, limits)
            assert values[row] >= max(values.values()) - 1e-6  # float32 cosines
            held.append(row)
        rest = marginal(candidates, units, diversity, held, groups, limits)
        assert len(chosen) == k or not rest


def greedy(candidates, units, diversity, groups, limits, k):
    held = []
    while len(held) < k:
        values = marginal(candidates, units, diversity, held, groups, limits)
        if not values:
            break
        held.append(max(values, key=values.get))
    return held


def marginal(candidates, units, diversity, held, groups, limits):
    """Return the value of each candidate that may come next, by its row."""
    low, high = candidates.scores.min(), candidates.scores.max()
    values = {}
    for row, score in zip(candidates.rows.tolist(), candidates.scores, strict=True):
        counts = [sum(group[row] == group[other] for other in held) for group in groups]
        if row in held or any(n >= most for n, most in zip(counts, limits, strict=True)):
            continue
        relevance = (score - low) / (high - low) if high > low else 1.0
        likeness = max((units[row] @ units[other] for other in held), default=0.0)
        values[row] = (1 - diversity) * relevance - diversity * likeness
    return values


@settings(deadline=None, max_examples=30)
@given(worlds())
def test_without_diversity_limits_are_kept_by_the_plain_order(world):
    scores, vectors, groups, limits, k, shown = world
    ask = lists_of(scores, shown=shown)
    found = mixing_of(0.0, 2, groups, limits, vectors=vectors).choose(ask, len(scores), k)
    everything = ask(np.arange(len(scores)), N)
    for query in range(len(scores)):
        expected, held = [], [Counter() for _ in groups]
        for row in everything.of(query)[0].tolist():
            full = any(h[g[row]] >= most for h, g, most in zip(held, groups, limits, strict=True))
            if len(expected) < k and not full:
                expected.append(row)
                for h, g in zip(held, groups, strict=True):
                    h[g[row]] += 1
        assert found.of(query)[0].tolist() == expected


def test_the_example_of_two_alike_and_one_apart():
    vectors = np.zeros((N, 2), dtype=np.float32)
    vectors[:3] = [[1, 0], [2, 0], [0, 1]]
    scores = np.full((1, N), -1, dtype=np.float32)
    scores[0, :3] = [1.0, 0.9, 0.5]
    # of three candidates the relevance is 1, 0.8, 0; after the first, 0.5 * 0.8 - 0.5 * 1 < 0
    ask = lists_of(scores, shown=3)
    assert mixing_of(0.5, 3, vectors=vectors).choose(ask, 1, 3).rows.tolist() == [0, 2, 1]
    assert mixing_of(0.4, 3, vectors=vectors).choose(ask, 1, 3).rows.tolist() == [0, 1, 2]


def test_a_list_that_no_pool_makes_longer_asks_for_no_wider_one():
    pools = []

    def ask(queries, pool):
        pools.append(pool)
        return lists_of(np.zeros((1, N), dtype=np.float32), shown=N)(queries, pool)

    groups = [np.arange(N) % 3]
    mixing = mixing_of(0.0, 5, groups, [1], vectors=np.zeros((N, 2), dtype=np.float32))
    assert mixing.choose(ask, 1, 9).rows.tolist() == [0, 1, 2]
    assert pools == [9]
    pools.clear()
    mixing = replace(mixing, groups=np.array([[0] * 20 + [1] * (N - 20)], dtype=np.int32))
    assert mixing.choose(ask, 1, 2).rows.tolist() == [0, 20]
    assert pools == [5, 20, 80]


def test_items_without_a_value_are_not_limited_and_others_are_by_theirs():
    metadata = pa.table({"kind": ["a", None, "a", None], "tags": [["x"], [], ["y"], None]})
    embeddings = Embeddings([1, 2, 3, 4], np.eye(4), counts=[1] * 4, metadata=metadata)
    mixing = Mixing.of(embeddings, Selection(max_per={"kind": 1}))
    group = mixing.groups[0].tolist()
    assert group[0] == group[2]
    assert len(set(group)) == 3
    with pytest.raises(UsageError, match="no column 'kin'; did you mean 'kind'"):
        Mixing.of(embeddings, Selection(max_per={"kin": 1}))
    with pytest.raises(UsageError, match="'tags' is of type list"):
        Mixing.of(embeddings, Selection(max_per={"tags": 1}))
    plain = Embeddings([1, 2], np.eye(2), counts=[1] * 2)
    with pytest.raises(UsageError, match="there are: none"):
        Mixing.of(plain, Selection(max_per={"kind": 1}))
