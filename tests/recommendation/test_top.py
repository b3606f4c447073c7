"""The best items: those of a full sort, without what may not be shown."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.errors import UsageError
from x2vec.recommendation import EmbeddingRanker, Histories, Popularity, top_items

N = 7


class Slow:
    """A ranker whose scores are all that one knows of it."""

    name = "slow"

    def __init__(self, inner):
        self.n_items, self.answers, self.scores = inner.n_items, inner.answers, inner.scores


def sorted_by_hand(ranker, histories, k, exclude_seen, allowed, bias):
    """Sort everything, one history at a time."""
    lists = []
    for query in range(len(histories)):
        one = histories.take(np.array([query]))
        if not ranker.answers(one)[0]:
            lists.append([])
            continue
        scores = ranker.scores(one)[0] + bias
        rows = [r for r in range(N) if allowed is None or allowed[r]]
        rows = [r for r in rows if not (exclude_seen and r in one.rows)]
        lists.append(sorted(rows, key=lambda r: (-scores[r], r))[:k])
    return lists


@st.composite
def questions(draw):
    lists = draw(st.lists(st.lists(st.integers(0, N - 1), max_size=4), max_size=5))
    allowed = draw(st.none() | st.lists(st.booleans(), min_size=N, max_size=N).map(np.array))
    return Histories.of(lists, n_items=N), draw(st.integers(1, N + 2)), draw(st.booleans()), allowed


@settings(deadline=None)
@given(questions(), st.integers(0, 3), st.booleans(), st.sampled_from([1, 3]))
def test_they_are_those_of_a_full_sort(asked, seed, is_slow, workers):
    histories, k, exclude_seen, allowed = asked
    random = np.random.default_rng(seed)
    steps, bias = random.integers(-1, 2, (N, 2)), random.integers(-1, 2, N).astype(np.float32)
    ranker = EmbeddingRanker(
        vectors=steps.astype(np.float32),
        context_vectors=steps[::-1].astype(np.float32),
        scoring="in-out",
        last=2,  # a mean of two is exact, so that ties are ties however one adds
    )
    found = top_items(
        Slow(ranker) if is_slow else ranker,
        histories,
        k,
        exclude_seen=exclude_seen,
        allowed=allowed,
        bias=bias,
        workers=workers,
    )
    lists = [found.of(query)[0].tolist() for query in range(len(histories))]
    assert lists == sorted_by_hand(ranker, histories, k, exclude_seen, allowed, bias)


def test_an_answer_has_no_more_rows_than_may_be_shown():
    histories = Histories.of([[0], [1, 2]], n_items=3)
    found = top_items(Popularity(np.array([5, 3, 1])), histories, 5)
    assert found.rows.tolist() == [1, 2, 0]
    assert found.scores.tolist() == [3, 1, 5]
    assert found.offsets.tolist() == [0, 2, 3]
    nothing = top_items(
        Popularity(np.array([5, 3, 1])), histories, 5, allowed=np.zeros(3, dtype=bool)
    )
    assert nothing.offsets.tolist() == [0, 0, 0]


def test_no_histories_have_no_answers():
    found = top_items(Popularity(np.array([5, 3])), Histories.of([], n_items=2), 1)
    assert len(found) == 0
    assert len(found.rows) == 0


def test_wrong_calls_are_refused():
    popularity, histories = Popularity(np.array([5, 3])), Histories.of([[0]], n_items=2)
    with pytest.raises(UsageError, match="k is 0; it must be 1 or more"):
        top_items(popularity, histories, 0)
    with pytest.raises(UsageError, match=r"allowed has shape \(3,\); expected \(2,\)"):
        top_items(popularity, histories, 1, allowed=np.ones(3, dtype=bool))
    with pytest.raises(UsageError, match="vocabulary of 3 items"):
        top_items(popularity, Histories.of([[0]], n_items=3), 1)
