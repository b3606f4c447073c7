"""What the benchmarks of session neighbours ask, on sequences written by hand."""

import numpy as np
import pytest

from benchmarks import click_sets, knn_settings
from benchmarks.click_sets import Asked, Figures, figures, validation_part
from benchmarks.knn_settings import climb, mean
from x2vec.recommend import Popularity, SessionKNN


def test_items_that_training_never_saw_are_misses():
    asked = Asked.of("made", [["a", "b"], ["b"]], [(["a"], "b"), (["a"], "z"), (["z"], "a")])

    assert asked.n_queries == 3
    assert asked.targets.tolist() == [1, -1]
    assert figures(Popularity.fit(asked.corpus), asked) == Figures(1 / 3, 1 / 3, 1 / 3)


def test_a_target_that_comes_second_earns_half():
    asked = Asked.of("made", [["a", "b"], ["b"]], [(["b"], "a")])

    found = figures(Popularity.fit(asked.corpus), asked)

    assert (found.hr, found.mrr, found.ndcg) == pytest.approx((1, 1 / 2, 1 / np.log2(3)))


def test_validation_asks_each_prefix_of_the_last_tenth_and_learns_from_the_rest(
    monkeypatch, tmp_path
):
    lists = [["a", "b"]] * 18 + [["a", "b", "a"], ["b", "a"]]
    monkeypatch.setitem(click_sets.SETS, "made", lambda folder: lists)

    asked = validation_part("made", tmp_path, most=10)

    assert len(asked.corpus) == 18
    assert asked.histories.rows.tolist() == [0, 0, 1, 1]
    assert asked.histories.lengths.tolist() == [1, 2, 1]
    assert asked.targets.tolist() == [1, 0, 0]
    assert len(validation_part("made", tmp_path, most=2).histories) == 2


def test_the_search_moves_to_what_is_better_and_only_then(monkeypatch):
    """Of two sessions alike the later one is of no use: only both of them find the target."""
    asked = Asked.of("made", [["a", "b"], ["a", "c"], *[["d"]] * 3], [(["a"], "b")])
    monkeypatch.setattr(knn_settings, "START", {"k": 2, "sample": 1})

    tried = list(climb(SessionKNN.fit, {"k": [1, 2, 3], "sample": [1, 2, 10]}, [asked]))

    assert tried[-1][0] == {"k": 2, "sample": 2}  # 3 and 10 are no better
    assert mean(tried[-1][1]) == max(mean(of_sets) for _, of_sets, _ in tried)
