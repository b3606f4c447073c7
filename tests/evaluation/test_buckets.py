"""Figures by the events of the target and by the items known are those of the queries there."""

from dataclasses import replace

import numpy as np
import pytest

from x2vec.evaluation import Measurement, QueryFacts, Ranks, Report
from x2vec.evaluation.buckets import by_events, by_known

EVENTS = np.array([0, 1, 2, 4, 5, 21, 400, 9])
KNOWN = np.array([0, 1, 2, 3, 4, 10, 11, 90])
RANKS = [None, 1, 3, 1, 2, 5, 1, 1]


def report_of(facts, ranks, metric="hr@2"):
    measured = tuple(Measurement(model, metric, 0.5, None, None, 8, 0.0) for model in ranks)
    return Report(
        task="next item", measurements=measured, n_queries=len(facts), n_items=9, ranks=ranks,
        queries=facts,
    )  # fmt: skip


@pytest.fixture
def report():
    facts = QueryFacts(
        history_length=KNOWN, sequence=np.arange(8), is_new=np.ones(8, bool), events=EVENTS
    )
    return report_of(
        facts, {"a": Ranks(np.array([rank is not None for rank in RANKS]), np.array(RANKS[1:]))}
    )


def told(found, model="a"):
    return {one.metric: (one.value, one.n) for one in found[model]}


def test_targets_fall_into_buckets_by_the_events_that_training_saw(report):
    # within the first two: of 0 events none, of 1 and 2 the first, of 4 and 5 both, ...
    expected = {"0": (0, 1), "1-2": (0.5, 2), "3-5": (1, 2), "6-20": (1, 1), "more": (0.5, 2)}
    assert told(by_events(report)) == expected


def test_queries_fall_into_buckets_by_the_items_they_know(report):
    expected = {"0": (0, 1), "1": (1, 1), "2-3": (0.5, 2), "4-10": (0.5, 2), "more": (1, 2)}
    assert told(by_known(report)) == expected


def test_of_several_targets_each_counts_in_its_own_bucket():
    facts = QueryFacts(
        history_length=np.array([1, 5]), sequence=np.arange(2), is_new=np.ones(3, bool),
        events=np.array([1, 30, 30]), offsets=np.array([0, 2, 3]),
    )  # fmt: skip
    report = report_of(facts, {"a": Ranks.of([[1, 9], [2]])}, "recall@2")
    # the first query finds its rare target and not the other one; the second finds its own
    assert told(by_events(report)) == {"1-2": (1, 1), "more": (0.5, 2)}
    assert told(by_known(report)) == {"1": (0.5, 1), "4-10": (1, 1)}


def test_what_is_not_known_or_all_alike_has_no_table(report):
    assert by_events(replace(report, queries=replace(report.queries, events=None))) is None
    assert by_known(replace(report, queries=None, ranks={})) is None
    alike = replace(report.queries, history_length=np.full(8, 3))
    assert by_known(replace(report, queries=alike)) is None


@pytest.mark.parametrize("made", [Report.to_markdown, Report.to_html])
def test_every_written_form_shows_both(report, made):
    shown = made(report)
    for word in ("Rare targets", "Short histories", "6-20 (1)", "2-3 (2)"):
        assert word in shown
