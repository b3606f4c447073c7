"""Baskets are completed: several right items a query, and the known ones are no answers."""

import numpy as np
import pytest

from x2vec.corpus import Corpus, Sequences, Vocabulary, queries_of, split
from x2vec.errors import UsageError
from x2vec.evaluation import evaluate_rest_of_basket
from x2vec.recommendation import BASELINES


def fitted(train, *names):
    vocabulary = Vocabulary.of(train)
    corpus = Corpus.of(train, vocabulary)
    return [BASELINES[name](corpus, 1) for name in names], vocabulary


def test_who_knows_the_two_genres_completes_every_basket():
    draws = np.random.default_rng(0)
    lists = [(draws.permutation(8)[:6] + 8 * (n % 2)).tolist() for n in range(400)]
    made = split(Sequences.from_lists(lists, ordered=False), "sequences", ask="rest", seed=2)
    rankers, vocabulary = fitted(made.train, "cooccurrence", "popularity")
    report = evaluate_rest_of_basket(rankers, made.queries, vocabulary, ks=[5])
    # three of six are known; five others of the genre are left, and the three asked are among them
    assert report.value("recall@5") == 1
    assert report.value("recall@5", model="popularity") < 0.7
    assert report.task == "rest of basket"


def test_recall_is_a_share_of_all_the_rest_and_unknown_items_are_misses():
    train = Sequences.from_lists([["a", "b", "c"], ["a", "b"], ["b", "c"]])
    rankers, vocabulary = fitted(train, "popularity")
    test = Sequences.from_lists([["a", "b", "new", "other"]])
    asked = queries_of(test, ask="rest", known=0.25)  # a is known; b, new, other are asked for
    report = evaluate_rest_of_basket(rankers, asked, vocabulary, ks=[1])
    assert report.value("recall@1") == pytest.approx(1 / 3)
    assert report.value("hr@1") == 1
    assert report.unknown_targets == pytest.approx(2 / 3)


def test_queries_for_one_item_each_are_refused():
    sequences = Sequences.from_lists([["a", "b"], ["b", "a"]])
    rankers, vocabulary = fitted(sequences, "popularity")
    with pytest.raises(UsageError, match="ask for one item each"):
        evaluate_rest_of_basket(rankers, queries_of(sequences), vocabulary)
