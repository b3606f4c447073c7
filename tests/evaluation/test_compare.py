"""Comparisons of models: in one report, and of two reports that were made apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from x2vec.errors import ConfigError, DataError, UsageError
from x2vec.evaluation import (
    METRICS,
    Measurement,
    QueryFacts,
    Ranks,
    Report,
    compare_reports,
)
from x2vec.evaluation.intervals import interval


def facts_of(n, *, fingerprint="f", tail=()):
    tercile = np.zeros(n, np.int8)
    tercile[list(tail)] = 2
    return QueryFacts(
        history_length=np.ones(n, np.int32),
        sequence=np.arange(n, dtype=np.int32),
        is_new=np.arange(n) % 2 == 0,
        tercile=tercile,
        fingerprint=fingerprint,
    )


def report_of(models, *, facts=None, used=None):
    """Write a report by hand: ranks of each model, None for a miss."""
    n = len(next(iter(models.values())))
    ranks = {
        name: Ranks(
            np.array([one is not None for one in placed]),
            np.array([one for one in placed if one is not None], dtype=np.int64),
        )
        for name, placed in models.items()
    }
    measurements = tuple(
        Measurement(name, metric, METRICS["hr"](ranks[name], 1).mean(), 0, 1, n, 0)
        for name in models
        for metric in ("hr@1", "hr@1 new", "hr@1 tail", "coverage@1")
    )
    return Report(
        task="next item",
        measurements=measurements,
        n_queries=n,
        n_items=9,
        used=used or {"exclude_history": False},
        ranks=ranks,
        queries=facts or facts_of(n, tail=[0]),
    )


# of 90 queries one finds 60 and the other 30, all of them among the 60
REPORT = report_of({"one": [1] * 60 + [None] * 30, "other": [1] * 30 + [2] * 60})


def test_a_clear_difference_has_a_verdict():
    found = REPORT.compare("one", "other")

    assert found.metric == "hr@1"
    assert found.difference == pytest.approx(60 / 90 - 30 / 90)
    assert 0 < found.low < found.difference < found.high
    assert (found.verdict, found.n) == ("better", 90)
    assert REPORT.compare("other", "one").verdict == "worse"


@pytest.mark.parametrize(
    ("n", "verdict"), [(1, "no difference"), (5, "no difference"), (6, "better")]
)
def test_a_handful_of_queries_tells_nothing(n, verdict):
    # five of five by chance: 2 / 2**5 = 6 %, six of six: 3 %
    report = report_of({"good": [1] * n, "bad": [None] * n})
    found = report.compare("good", "bad")
    assert (found.difference, found.verdict) == (1.0, verdict)
    assert (found.low, found.high) == ((1.0, 1.0) if n >= 6 else (-1.0, 1.0))


def test_many_queries_of_a_handful_of_sequences_tell_nothing():
    facts = replace(facts_of(40), sequence=np.arange(40, dtype=np.int32) % 5)
    report = report_of({"good": [1] * 40, "bad": [None] * 40}, facts=facts)
    assert report.compare("good", "bad").verdict == "no difference"


@pytest.mark.parametrize("resamples", [0, -3, 1.5, True])
def test_resamples_out_of_bounds_are_refused(resamples):
    report = report_of({"good": [1] * 9, "bad": [None] * 9})
    with pytest.raises(ConfigError, match=r"resamples is .*; it must be a whole number from 1 on"):
        report.compare("good", "bad", resamples=resamples)


def test_turned_round_a_comparison_has_the_other_sign():
    there, back = REPORT.compare("one", "other"), REPORT.compare("other", "one")

    assert (back.difference, back.low, back.high) == pytest.approx(
        (-there.difference, -there.high, -there.low)
    )


def test_a_model_does_not_differ_from_itself():
    found = REPORT.compare("one", "one")

    assert (found.difference, found.low, found.high) == (0, 0, 0)
    assert found.verdict == "no difference"


def test_a_difference_that_chance_explains_is_none():
    draws = np.random.default_rng(1)
    models = {name: [1 if hit else None for hit in draws.random(200) < 0.3] for name in "ab"}

    assert report_of(models).compare("a", "b").verdict == "no difference"


def test_models_that_are_the_same_differ_5_times_of_100():
    draws = np.random.default_rng(2)
    verdicts = []
    for seed in range(300):
        models = {name: [1 if hit else 9 for hit in draws.random(150) < 0.4] for name in "ab"}
        found = report_of(models).compare("a", "b", resamples=300, seed=seed)
        verdicts.append(found.verdict != "no difference")

    # sqrt(.05 * .95 / 300) = .013: within three of these of .05
    assert np.mean(verdicts) == pytest.approx(0.05, abs=0.039)


def test_paired_intervals_are_narrower_where_models_find_the_same():
    # both find the same 30 of 90 queries, and one of them three more
    shared = [1] * 30 + [None] * 60
    report = report_of({"one": [1] * 33 + [None] * 57, "other": shared})
    found = report.compare("one", "other")

    ends = [
        interval(METRICS["hr"](report.ranks[name], 1), np.ones(90), np.arange(90))
        for name in ("one", "other")
    ]
    unpaired = sum(high - low for low, high in ends)
    assert found.high - found.low < unpaired / 3


def test_a_group_is_compared_on_its_own_queries():
    found = REPORT.compare("one", "other", "hr@1 new")

    assert found.n == 45
    assert found.difference == pytest.approx(30 / 45 - 15 / 45)


def test_a_metric_of_lists_is_no_comparison_of_queries():
    with pytest.raises(ConfigError, match="'coverage@1' cannot be compared query by query"):
        REPORT.compare("one", "other", "coverage@1")


def test_an_unknown_model_or_metric_is_refused():
    with pytest.raises(ConfigError, match="no model 'ome' in the report"):
        REPORT.compare("ome", "other")
    with pytest.raises(ConfigError, match="no metric 'hr@2' in the report"):
        REPORT.compare("one", "other", "hr@2")


def test_figures_alone_cannot_be_compared():
    with pytest.raises(UsageError, match="not the ranks of single queries"):
        Report.from_dict(REPORT.to_dict()).compare("one", "other")


def test_models_on_trial_come_first_then_those_of_one_name():
    ours = report_of({"new": [1, 1, 1], "popularity": [1, 2, 2]})
    theirs = report_of({"old": [2, 2, 2], "popularity": [1, 2, 2], "more": [1, 1, 1]})

    found = compare_reports(ours, theirs, labels=("a", "b"))

    assert [(one.one, one.other) for one in found] == [
        ("new", "old"),
        ("popularity [a]", "popularity [b]"),
    ]
    assert [one.difference for one in found] == [1, 0]
    assert found[1].verdict == "no difference"


def test_two_reports_compare_like_one_that_holds_both():
    alone = [report_of({name: REPORT_OF[name]}) for name in ("one", "other")]
    apart = compare_reports(*alone)[0]

    assert apart == report_of(REPORT_OF).compare("one", "other")


REPORT_OF = {"one": [1, None, 1, 1, 2], "other": [1, 1, None, 2, 2]}


def test_reports_of_other_queries_are_refused():
    other = replace(REPORT, queries=facts_of(90, fingerprint="g"))

    with pytest.raises(DataError, match="the reports are of other queries: 90 of next item"):
        compare_reports(REPORT, other)


def test_reports_that_rank_by_other_rules_are_refused():
    other = replace(REPORT, used={"exclude_history": True})

    with pytest.raises(DataError, match="rank by other rules"):
        compare_reports(REPORT, other)


def test_groups_that_hold_other_targets_are_refused_but_all_targets_are_compared():
    other = replace(REPORT, queries=facts_of(90, tail=[1]))

    with pytest.raises(ConfigError, match=r"other targets .* Compare 'hr@1', of all targets"):
        compare_reports(REPORT, other, "hr@1 tail")
    assert compare_reports(REPORT, other, "hr@1")[0].verdict == "no difference"


def test_labels_have_to_differ():
    with pytest.raises(ConfigError, match="both reports are called 'a'"):
        compare_reports(REPORT, REPORT, labels=("a", "a"))


def test_a_report_without_ranks_is_refused_by_name():
    with pytest.raises(UsageError, match="the second report holds figures"):
        compare_reports(REPORT, Report.from_dict(REPORT.to_dict()))
