"""Examples: which events make a query, and what each weighs."""

import numpy as np
import pytest

from x2vec.corpus import Corpus
from x2vec.training import SessionSoftmax
from x2vec.training.softmax.examples import Examples


def examples(lists, *, ordered=True, seed=1, **asked):
    rows = np.array([row for one in lists for row in one], np.int32)
    offsets = np.cumsum([0, *map(len, lists)])
    corpus = Corpus(rows, offsets, int(rows.max()) + 1, "test", ordered=ordered)
    return Examples(corpus, SessionSoftmax(**asked), seed)


def written(made, epoch=0, fades=None):
    """Each example as its target and a dict from row to weight, in the order of the corpus."""
    batch = made.batch(np.arange(len(made)), epoch, fades)
    found = []
    for target, rows, weights in zip(batch.targets, batch.rows, batch.weights, strict=True):
        query = {}
        for row, weight in zip(rows, weights, strict=True):
            if weight:
                query[int(row)] = query.get(int(row), 0.0) + float(weight)
        found.append((int(target), query))
    return found


def test_the_latest_weighs_most_and_the_weights_sum_to_one():
    made = examples([[0, 1, 2], [3], [4, 5]], decay=0.5, dropout=0, window=10)
    assert written(made) == [
        (1, {0: 1.0}),
        (2, {1: pytest.approx(2 / 3), 0: pytest.approx(1 / 3)}),
        (5, {4: 1.0}),
    ]


def test_what_each_place_weighs_can_be_given():
    made = examples([[0, 1, 2]], decay=0.5, dropout=0, window=2)
    fades = np.array([1, 3], np.float32)
    assert written(made, fades=fades) == [(1, {0: 1.0}), (2, {1: 0.25, 0: 0.75})]


def test_the_window_ends_a_query():
    made = examples([[0, 1, 2, 3]], decay=1.0, dropout=0, window=2)
    assert written(made)[-1] == (3, {2: 0.5, 1: 0.5})


def test_in_a_basket_all_others_make_the_query():
    made = examples([[0, 1, 2], [3]], ordered=False, decay=0.5, dropout=0, window=10)
    assert written(made) == [(0, {1: 0.5, 2: 0.5}), (1, {0: 0.5, 2: 0.5}), (2, {0: 0.5, 1: 0.5})]


def test_of_a_large_basket_a_query_holds_others_drawn_anew_in_each_epoch():
    made = examples([list(range(50))], ordered=False, dropout=0, window=5)
    first, again, later = written(made), written(made), written(made, epoch=1)
    assert first == again
    assert first != later
    for target, query in first:
        assert target not in query
        assert sum(query.values()) == pytest.approx(1)
        assert len(query) <= 5
    drawn = {row for _, query in first for row in query}
    assert len(drawn) > 45  # of 250 draws each of 50 rows is left out with chance 0.006


def test_dropout_leaves_events_out_at_its_rate_and_never_all():
    made = examples([[0, 1]] + [[2, 3, 4, 5, 6]] * 2000, decay=1.0, dropout=0.4, window=10)
    found = written(made)
    assert found[0] == (1, {0: 1.0})
    sizes = [len(query) for target, query in found if target == 6]
    assert min(sizes) >= 1
    assert np.mean(sizes) == pytest.approx(4 * 0.6 + 0.4**4, abs=0.08)  # 4 standard errors


def test_an_epoch_asks_for_each_example_once():
    made = examples([[0, 1, 2]] * 10)
    assert sorted(made.order(0)) == list(range(20))
    assert made.order(0).tolist() != made.order(1).tolist()
