"""Next-item evaluation: on rankers that know everything, nothing, or only half."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

import numpy as np
import pytest

from x2vec.corpus import Corpus
from x2vec.errors import ConfigError, DataError, NothingLeftError, UsageError
from x2vec.evaluation import (
    METRICS,
    NextItemQueries,
    evaluate_next_item,
    hit_rate,
    reciprocal_ranks,
)
from x2vec.recommendation import EmbeddingRanker, Histories, Popularity


@dataclass(frozen=True)
class Fixed:
    """Gives every query the same scores, and answers those that hold one of some rows."""

    row_of_scores: tuple[float, ...]
    answered: tuple[int, ...] = ()
    name: str = "fixed"

    @property
    def n_items(self):
        return len(self.row_of_scores)

    def answers(self, histories):
        if not self.answered:
            return np.ones(len(histories), dtype=bool)
        return histories.hold(np.isin(np.arange(self.n_items), self.answered))

    def scores(self, histories):
        return np.tile(np.float32(self.row_of_scores), (len(histories), 1))


def queries_of(histories, targets, *, n_items):
    """Write queries by hand; a target None is one that the vocabulary does not hold."""
    return NextItemQueries(
        histories=Histories.of(histories, n_items=n_items),
        known=np.array([target is not None for target in targets], dtype=bool),
        targets=np.array([target for target in targets if target is not None], dtype=np.int32),
    )


def test_every_metric_is_the_mean_over_all_queries():
    queries = queries_of([[3]] * 4, [0, 1, 2, 2], n_items=4)  # ranks 1, 2, 3, 3

    report = evaluate_next_item([Fixed((9, 8, 7, 6))], queries, exclude_history=False, ks=(1, 2, 3))

    assert report.value("hr@1") == 1 / 4
    assert report.value("hr@2") == 2 / 4
    assert report.value("mrr@3") == pytest.approx(1 / 4 * (1 + 1 / 2 + 1 / 3 + 1 / 3))
    assert report.value("ndcg@2") == pytest.approx(1 / 4 * (1 + 1 / log2(3)))


@pytest.mark.parametrize(("n", "has_interval"), [(5, False), (6, True)])
def test_a_handful_of_queries_has_no_interval(n, has_interval):
    queries = queries_of([[3]] * n, [0] * n, n_items=4)

    report = evaluate_next_item([Fixed((9, 8, 7, 6))], queries, exclude_history=False, ks=(1,))

    found = report.measurement("hr@1")
    assert found.value == 1
    assert (found.low, found.high) == ((1, 1) if has_interval else (None, None))
    assert str(found) in report.to_markdown()
    assert "hr@1" in report.to_html()


def test_a_constant_scorer_gets_nothing():
    queries = queries_of([[0]] * 9, range(1, 10), n_items=10)

    report = evaluate_next_item([Fixed((1.0,) * 10)], queries, exclude_history=True, ks=(8,))

    assert report.value("hr@8") == 0  # nine items are left, and the target is the ninth


def test_a_scorer_that_knows_nothing_of_the_query_gets_chance():
    scores = tuple(np.random.default_rng(5).permutation(100))
    queries = queries_of([[]] * 100, range(100), n_items=100)

    report = evaluate_next_item([Fixed(scores)], queries, exclude_history=False, ks=(10,))

    assert report.value("hr@10") == 10 / 100  # each item is the target once


def test_chance_lies_inside_the_interval_of_a_random_scorer():
    class Random(Fixed):
        def scores(self, histories):
            draws = np.random.default_rng(histories.rows[0])  # a query's first item, here its place
            return draws.random((len(histories), self.n_items), dtype=np.float32)

    queries = queries_of([[place] for place in range(400)], [7] * 400, n_items=400)

    report = evaluate_next_item(
        [Random((0,) * 400, name="random")], queries, exclude_history=False, ks=(40,), block=1
    )

    found = report.measurement("hr@40")
    assert found.low < 40 / 400 < found.high


def test_a_scorer_that_has_seen_the_answers_gets_all():
    class Leak(Fixed):
        def scores(self, histories):
            scores = np.zeros((len(histories), self.n_items), np.float32)
            scores[np.arange(len(histories)), histories.rows + 1] = 1
            return scores

    queries = queries_of([[n] for n in range(6)], range(1, 7), n_items=7)
    report = evaluate_next_item([Leak((0,) * 7)], queries, exclude_history=True, ks=(1,))

    found = report.measurement("ndcg@1")
    assert (found.value, found.low, found.high) == (1, 1, 1)


def test_known_items_of_the_history_leave_the_ranking():
    queries = queries_of([[0, 1, 0], [3]], [2, 2], n_items=4)
    ranker = Fixed((9, 8, 7, 6))

    kept = evaluate_next_item([ranker], queries, exclude_history=False, ks=(1,))
    left = evaluate_next_item([ranker], queries, exclude_history=True, ks=(1,))

    assert kept.value("hr@1") == 0
    assert left.value("hr@1") == 1 / 2  # 0 and 1 leave the first query's ranking


def test_a_target_that_leaves_with_its_history_is_a_miss_and_counted():
    queries = queries_of([[0], [1]], [0, 0], n_items=3)

    report = evaluate_next_item([Fixed((9, 8, 7))], queries, exclude_history=True, ks=(3,))

    assert report.value("hr@3") == 1 / 2
    assert report.excluded_targets == 1 / 2


def test_an_unanswered_query_is_a_miss_and_counted_for_that_ranker_only():
    queries = queries_of([[0], [1], [1], []], [2, 2, 2, 2], n_items=3)
    rankers = [Fixed((1, 2, 3), answered=(0,), name="half"), Fixed((1, 2, 3), name="all")]

    report = evaluate_next_item(rankers, queries, exclude_history=False, ks=(1,))

    assert report.value("hr@1", model="half") == 1 / 4
    assert report.value("hr@1", model="all") == 4 / 4
    assert [one.unanswered for one in report.measurements if one.metric == "hr@1"] == [3 / 4, 0]


def test_a_target_unknown_to_training_is_a_miss_and_counted():
    queries = queries_of([[0], [0], [0], [0]], [1, None, 1, None], n_items=2)

    report = evaluate_next_item([Fixed((0, 1))], queries, exclude_history=False, ks=(1,))

    assert report.value("hr@1") == 2 / 4
    assert report.unknown_targets == 2 / 4
    assert report.measurements[0].n == 4


def test_queries_that_nobody_can_answer_measure_zero():
    queries = queries_of([[0], [0]], [None, None], n_items=2)

    report = evaluate_next_item([Fixed((0, 1))], queries, exclude_history=True)

    assert {report.value(f"{name}@10") for name in METRICS} == {0.0}


@pytest.mark.parametrize("exclude_history", [False, True])
@pytest.mark.parametrize("block", [1, 7, 1000])
def test_the_size_of_a_block_changes_nothing(exclude_history, block):
    random = np.random.default_rng(4)
    lists = [random.integers(0, 30, size).tolist() for size in random.choice([0, 1, 2, 4], 100)]
    targets = [int(row) if row < 30 else None for row in random.integers(0, 33, 100)]
    queries = queries_of(lists, targets, n_items=30)
    # small whole numbers, and means of 1, 2 or 4: exact in float32, however they are added
    vectors = random.integers(-8, 9, (30, 4)).astype(np.float32)
    rankers = [
        EmbeddingRanker(vectors=vectors, context_vectors=vectors[::-1], scoring="in-out"),
        Popularity(random.integers(1, 5, 30)),
    ]

    whole = evaluate_next_item(rankers, queries, exclude_history=exclude_history)
    blocked = evaluate_next_item(rankers, queries, exclude_history=exclude_history, block=block)

    assert blocked == whole


def test_a_report_equals_plain_loops():
    random = np.random.default_rng(6)
    scores = random.integers(0, 6, 12)
    lists = [random.integers(0, 12, 3).tolist() for _ in range(60)]
    targets = random.integers(0, 12, 60).tolist()

    report = evaluate_next_item(
        [Fixed(tuple(scores))],
        queries_of(lists, targets, n_items=12),
        exclude_history=True,
        ks=(5,),
        block=7,
    )

    found = 0
    for history, target in zip(lists, targets, strict=True):
        rivals = [row for row in range(12) if row != target and row not in history]
        ahead = [row for row in rivals if scores[row] >= scores[target]]
        found += target not in history and len(ahead) < 5
    assert report.value("hr@5") == pytest.approx(found / 60)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_scores_that_are_not_finite_are_an_error_naming_the_ranker(bad):
    queries = queries_of([[0], [1], [1]], [1, 1, 1], n_items=2)
    broken = Fixed((0, bad), answered=(1,), name="broken")

    with pytest.raises(DataError, match=rf"broken: gave the score {bad} to item row 1 for query 1"):
        evaluate_next_item([broken], queries, exclude_history=False)


def test_scores_of_another_shape_are_an_error_naming_the_ranker():
    class Short(Fixed):
        def scores(self, histories):
            return super().scores(histories)[:, :1]

    with pytest.raises(DataError, match=r"short: gave scores of shape \(1, 1\), not \(1, 2\)"):
        evaluate_next_item(
            [Short((0, 1), name="short")],
            queries_of([[0]], [1], n_items=2),
            exclude_history=False,
        )


def test_an_empty_test_part_is_an_error():
    with pytest.raises(NothingLeftError, match="No queries to evaluate on"):
        evaluate_next_item([Fixed((0, 1))], queries_of([], [], n_items=2), exclude_history=False)


def test_two_rankers_of_one_name_are_refused():
    queries = queries_of([[0]], [1], n_items=2)
    with pytest.raises(UsageError, match="more than one ranker is called 'fixed'"):
        evaluate_next_item([Fixed((0, 1)), Fixed((1, 0))], queries, exclude_history=False)


def test_no_rankers_are_refused():
    with pytest.raises(UsageError, match="no rankers to evaluate"):
        evaluate_next_item([], queries_of([[0]], [1], n_items=2), exclude_history=False)


def test_a_ranker_of_another_vocabulary_is_refused():
    queries = queries_of([[0]], [1], n_items=3)
    with pytest.raises(UsageError, match="of 3 items, the model was fitted to 2"):
        evaluate_next_item([Fixed((0, 1))], queries, exclude_history=False)


@pytest.mark.parametrize("ks", [(), (0,), (10, 10)])
def test_cut_offs_that_mean_nothing_are_refused(ks):
    with pytest.raises(ConfigError, match="ks must be different whole numbers from 1 on"):
        evaluate_next_item(
            [Fixed((0, 1))], queries_of([[0]], [1], n_items=2), exclude_history=False, ks=ks
        )


def test_a_block_of_nothing_is_refused():
    with pytest.raises(ConfigError, match="block must be at least 1, not 0"):
        evaluate_next_item(
            [Fixed((0, 1))], queries_of([[0]], [1], n_items=2), exclude_history=False, block=0
        )


def test_the_rank_of_every_target_is_kept_and_gives_the_figures_back():
    # ranks 1 and 3; then a target that is unknown, a query not answered, one that left
    queries = queries_of([[0], [0], [0], [1], [0]], [3, 1, None, 3, 0], n_items=4)
    ranker = Fixed((0, 1, 2, 3), answered=(0,))

    report = evaluate_next_item([ranker], queries, exclude_history=True, ks=(5,))

    kept = report.ranks["fixed"]
    assert kept.ranked.tolist() == [True, True, False, False, False]
    assert kept.ranks.tolist() == [1, 3]
    per_query = reciprocal_ranks(kept, 5)
    assert per_query.tolist() == [1, 1 / 3, 0, 0, 0]
    assert per_query.mean() == pytest.approx(report.value("mrr@5"))
    assert "ranks" not in report.to_dict()


def test_progress_ends_with_every_query_that_was_asked():
    heard = []
    queries = queries_of([[0]] * 5, [1, 1, None, 1, 1], n_items=2)

    evaluate_next_item(
        [Fixed((0, 1))], queries, exclude_history=False, block=3, listen=heard.append
    )

    assert [(one.stage, one.done, one.total) for one in heard] == [
        ("evaluate fixed", 3, 5),
        ("evaluate fixed", 5, 5),
    ]


def test_the_report_says_what_was_used():
    report = evaluate_next_item(
        [Fixed((0, 1))],
        queries_of([[0]], [1], n_items=2),
        exclude_history=True,
        ks=(1,),
        used={"seed": 7},
    )

    assert report.used == {"exclude_history": True, "ks": [1], "seed": 7}


def corpus_of(lists, *, n_items):
    """Write a training part by hand."""
    return Corpus(
        rows=np.array([row for one in lists for row in one], dtype=np.int32),
        offsets=np.cumsum([0, *map(len, lists)]),
        n_items=n_items,
        fingerprint="",
        ordered=True,
    )


def test_groups_of_targets_have_figures_of_their_own():
    # counts 3, 2, 1: middles of the events at 1.5, 4 and 5.5 of 6
    corpus = corpus_of([[0, 1], [0, 1], [0, 2]], n_items=3)
    queries = queries_of([[0], [0], [2], [1], [1]], [0, 1, 0, 2, None], n_items=3)

    report = evaluate_next_item(
        [Fixed((2, 1, 0))], queries, corpus=corpus, exclude_history=False, ks=(2,)
    )

    shown = {one.metric: (one.value, one.n) for one in report.measurements}
    assert shown["hr@2"] == (3 / 5, 5)
    assert shown["hr@2 new"] == (2 / 4, 4)  # all but the first query
    assert shown["hr@2 head"] == (2 / 2, 2)
    assert shown["hr@2 middle"] == (1, 1)
    assert shown["hr@2 tail"] == (0, 1)


def test_a_group_that_no_target_belongs_to_has_no_figures():
    corpus = corpus_of([[0, 1], [0, 1], [0, 2]], n_items=3)
    queries = queries_of([[1], [1]], [0, 0], n_items=3)

    report = evaluate_next_item([Fixed((2, 1, 0))], queries, corpus=corpus, exclude_history=False)

    assert "hr@10 head" in report.metrics
    assert not [one for one in report.metrics if "tail" in one or "middle" in one]


def test_lists_are_measured_on_all_answered_queries():
    # columns: item 0 in sequences 0 and 1, item 1 in 0 and 1, item 2 in 1, item 3 in 2
    corpus = corpus_of([[0, 1], [0, 1, 2], [3]], n_items=4)
    queries = queries_of([[3], [0], [2]], [0, None, 0], n_items=4)
    ranker = Fixed((0, 1, 2, 3), answered=(0, 3))

    report = evaluate_next_item([ranker], queries, corpus=corpus, exclude_history=True, ks=(2,))

    shown = {one.metric: one for one in report.measurements}
    # lists: 2 and 1 without 3; 3 and 2 without 0; none for the last
    assert shown["coverage@2"].value == 3 / 4
    assert shown["gini@2"].value == pytest.approx((-3 * 0 - 1 * 1 + 1 * 1 + 3 * 2) / (4 * 4))
    # popularity ranks: 1.5, 1.5, 3.5, 3.5
    assert shown["popularity@2"].value == (2.5 + 3.5) / 2
    assert shown["similarity@2"].value == pytest.approx((1 / 2**0.5 + 0) / 2)
    assert {one.n for one in shown.values() if one.metric.startswith(("cov", "pop", "sim"))} == {2}
    assert shown["coverage@2"].unanswered == pytest.approx(1 / 3)


def test_lists_of_one_item_have_no_similarity():
    corpus = corpus_of([[0, 1]], n_items=2)

    report = evaluate_next_item(
        [Fixed((1, 0))],
        queries_of([[0]], [1], n_items=2),
        corpus=corpus,
        exclude_history=False,
        ks=(1,),
    )

    assert "similarity@1" not in report.metrics
    assert "popularity@1" in report.metrics


def test_several_targets_of_a_query_are_ranked_together():
    queries = NextItemQueries(
        histories=Histories.of([[4], [4]], n_items=5),
        known=np.array([True, True, False, True]),
        targets=np.array([0, 3, 2], dtype=np.int32),
        offsets=np.array([0, 3, 4]),
    )

    report = evaluate_next_item([Fixed((5, 4, 3, 2, 1))], queries, exclude_history=True, ks=(1, 4))

    assert report.ranks["fixed"].ranks.tolist() == [1, 4, 3]
    assert report.value("recall@4") == pytest.approx((2 / 3 + 1) / 2)
    assert report.value("hr@1") == 1 / 2
    assert report.unknown_targets == 1 / 4
    assert "recall@4" in report.headline


def test_the_hit_rate_alone_is_that_of_the_report():
    random = np.random.default_rng(8)
    lists = [random.integers(0, 12, 3).tolist() for _ in range(60)]
    targets = [int(row) if row < 12 else None for row in random.integers(0, 14, 60)]
    queries = queries_of(lists, targets, n_items=12)
    ranker = Fixed(tuple(random.integers(0, 6, 12)), answered=(0, 1, 2, 3))

    for exclude in (False, True):
        report = evaluate_next_item([ranker], queries, exclude_history=exclude, ks=(5,))
        rate = hit_rate(ranker, queries, k=5, exclude_history=exclude, block=7)
        assert rate == report.value("hr@5")


def test_without_resamples_there_are_no_intervals():
    report = evaluate_next_item(
        [Fixed((0, 1))], queries_of([[0]], [1], n_items=2), exclude_history=False, resamples=0
    )

    assert {(one.low, one.high) for one in report.measurements} == {(None, None)}


def test_a_negative_number_of_resamples_is_refused():
    with pytest.raises(ConfigError, match="resamples must be at least 0, not -1"):
        evaluate_next_item(
            [Fixed((0, 1))], queries_of([[0]], [1], n_items=2), exclude_history=False, resamples=-1
        )


def test_k_beyond_the_catalogue_lists_all_of_it():
    report = evaluate_next_item(
        [Fixed((0, 1))], queries_of([[0]], [0], n_items=2), exclude_history=False, ks=(50,)
    )

    assert (report.value("hr@50"), report.value("coverage@50")) == (1, 1)
