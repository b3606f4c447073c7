"""Learning a mixture: what helps gets a weight, what does not is left out, and corners stay."""

import json

import numpy as np
import pytest

from x2vec.errors import NothingLeftError, UsageError
from x2vec.recommendation import BASELINES, Histories, Mixture, Popularity, Scale, learn_mixture
from x2vec.recommendation.hybrid import Share
from x2vec.recommendation.hybrid import mixture as learning

N_ITEMS = 60


class Knows:
    """Knows the answers of a share of the queries; its scores of the others are noise.

    A query's history is one item, and its answer stands twenty rows after it.
    """

    def __init__(self, name, knows, seed=1):
        self.name, self.knows, self.n_items = name, knows, N_ITEMS
        self.noise = np.random.default_rng(seed).random((N_ITEMS, N_ITEMS)).astype(np.float32)

    def answers(self, histories):
        return histories.lengths > 0

    def scores(self, histories):
        last = histories.tail(1).rows
        scores = self.noise[last].copy()
        for query, row in enumerate(last):
            if self.knows(row):
                scores[query, (row + 20) % N_ITEMS] = 3.0
        return scores


@pytest.fixture(scope="module")
def asked():
    rows = np.tile(np.arange(N_ITEMS), 5)
    histories = Histories.of([[row] for row in rows.tolist()], n_items=N_ITEMS)
    return histories, ((rows + 20) % N_ITEMS).astype(np.int32)


def learn(parts, asked, **arguments):
    return learn_mixture(parts, *asked, **{"exclude_history": False, **arguments})


def test_parts_that_know_different_queries_share_the_weight(asked):
    low, high = Knows("low", lambda row: row < 30, 1), Knows("high", lambda row: row >= 30, 2)
    mixture = learn([low, high], asked)
    weights = {one.name: one.weight for one in mixture.shares}
    assert weights.keys() == {"low", "high"}
    assert 0.8 < weights["low"] / weights["high"] < 1.25  # both know half
    assert mixture.ndcg > 0.95 > mixture.ndcg_of_best
    found = mixture.of({"low": low, "high": high}).scores(asked[0]).argmax(axis=1)
    assert (found == asked[1]).mean() > 0.95


def test_a_part_that_knows_nothing_is_left_out(asked):
    knows, noise = Knows("knows", lambda _: True), Knows("noise", lambda _: False, 3)
    assert [one.name for one in learn([noise, knows], asked).shares] == ["knows"]


def test_a_mixture_is_never_below_its_best_part_where_it_learns(asked):
    parts = [Knows("a", lambda row: row % 3 == 0, 4), Knows("b", lambda _: False, 5)]
    mixture = learn(parts, asked)
    assert mixture.best == "a"
    assert mixture.ndcg >= mixture.ndcg_of_best or [one.name for one in mixture.shares] == ["a"]


def test_where_mixing_does_not_pay_the_best_part_is_left_alone(asked, monkeypatch):
    monkeypatch.setattr(learning, "_by_other_half", lambda asked, _: np.full(len(asked), 99.0))
    parts = [Knows("a", lambda row: row < 30, 4), Knows("b", lambda row: row >= 25, 5)]
    mixture = learn(parts, asked)
    assert [(one.name, one.weight) for one in mixture.shares] == [("b", 1.0)]
    assert (mixture.repeat, mixture.last) == (0.0, 0.0)
    order = mixture.of({"b": parts[1]}).scores(asked[0]).argsort(axis=1)
    assert order.tolist() == parts[1].scores(asked[0]).argsort(axis=1).tolist()


def test_where_nobody_repeats_the_items_of_the_history_fall_behind():
    counts = Popularity(np.array([9, 8, 7, 6, 5, 4]))
    random = np.random.default_rng(8)
    lists = np.array([random.permutation(6)[:4] for _ in range(300)])
    histories = Histories.of(lists[:, :3].tolist(), n_items=6)
    mixture = learn([counts], (histories, lists[:, 3].astype(np.int32)))
    assert mixture.repeat < -3
    scores = mixture.of({"popularity": counts}).scores(histories)
    assert not np.isin(
        np.arange(300) * 6 + scores.argmax(axis=1), histories.queries * 6 + histories.rows
    ).any()


def test_in_baskets_a_target_inside_the_history_teaches_nothing(asked):
    histories, targets = asked
    inside = np.where(np.arange(len(targets)) % 2 == 0, histories.rows, targets)
    mixture = learn([Knows("knows", lambda _: True)], (histories, inside), exclude_history=True)
    assert mixture.n_queries == len(targets) // 2


def test_the_same_queries_give_the_same_mixture(asked):
    parts = [Knows("a", lambda row: row < 30, 4), Knows("b", lambda row: row >= 25, 5)]
    assert learn(parts, asked) == learn(parts, asked)


def test_a_mixture_takes_what_was_fitted_to_more_data(corpus_of):
    share = Share("popularity", 2.0, Scale("plain"))
    mixture = Mixture((share,), 0.0, 0.0, 10, 0.5, "popularity", 0.5)
    more = BASELINES["popularity"](corpus_of([[0, 0, 1]], n_items=2, ordered=True), 1)
    scores = mixture.of({"popularity": more, "other": more}).scores(Histories.of([[0]], n_items=2))
    assert scores.tolist() == [[4, 2]]


def test_a_mixture_is_told_in_words_and_as_plain_values():
    share = Share("vstan", 0.25, Scale("share", 1e-4))
    mixture = Mixture((share,), 1.5, -4.0, 1220, 0.375, "vstan", 0.25)
    assert str(mixture) == (
        "0.25 vstan (share 0.0001) + 1.5 [in the history] + -4 [its last item]; "
        "ndcg@20 0.3750 on 1,220 validation queries, vstan alone 0.2500"
    )
    plain = json.loads(json.dumps(mixture.to_dict()))
    assert plain["weights"] == {"vstan": 0.25}
    assert plain["scales"] == {"vstan": "share 0.0001"}


@pytest.mark.parametrize("names", [[], ["a", "a"]])
def test_parts_without_names_of_their_own_are_refused(asked, names):
    with pytest.raises(UsageError, match="parts with names of their own; found"):
        learn([Knows(name, lambda _: True) for name in names], asked)


def test_nothing_to_learn_from_is_an_error_that_says_what_to_do():
    histories = Histories.of([[], []], n_items=N_ITEMS)
    with pytest.raises(
        NothingLeftError, match=r"of 2 queries on .* 0 can be answered.*Leave hybrid"
    ):
        learn([Knows("a", lambda _: True)], (histories, np.array([1, 2], dtype=np.int32)))
