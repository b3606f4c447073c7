"""The report as a value, as JSON, as a table, and held against a floor."""

from __future__ import annotations

import json

import pytest

from x2vec.errors import ConfigError, QualityFloorError
from x2vec.evaluation import Floor, Measurement, Report

REPORT = Report(
    task="next item",
    measurements=(
        Measurement("embedding", "hr@20", 0.25, 0.21, 0.29, 400, 0.125),
        Measurement("embedding", "ndcg@20", 0.05, 0.03, 0.07, 400, 0.125),
        Measurement("popularity", "hr@20", 0.5, 0.45, 0.55, 400, 0.0),
        Measurement("popularity", "ndcg@20", 0.25, 0.2, 0.3, 400, 0.0),
    ),
    n_queries=400,
    n_items=1234,
    unknown_targets=0.02,
    unknown_history=0.01,
    excluded_targets=0.03,
    used={"seed": 1},
)


def test_models_and_metrics_keep_their_order():
    assert REPORT.models == ("embedding", "popularity")
    assert REPORT.metrics == ("hr@20", "ndcg@20")


def test_a_figure_is_of_the_model_on_trial_unless_another_is_named():
    assert REPORT.value("hr@20") == 0.25
    assert REPORT.value("hr@20", model="popularity") == 0.5


def test_an_unknown_metric_names_the_closest_one():
    with pytest.raises(ConfigError, match=r"no metric 'ndgc@20' .* Did you mean 'ndcg@20'\?"):
        REPORT.value("ndgc@20")


def test_an_unknown_model_names_those_there_are():
    with pytest.raises(ConfigError, match="no model 'knn' in the report; it has embedding, popul"):
        REPORT.value("hr@20", model="knn")


def test_the_report_survives_json():
    plain = REPORT.to_dict()

    assert json.loads(json.dumps(plain)) == plain
    assert plain["measurements"][1] == {
        "model": "embedding",
        "metric": "ndcg@20",
        "value": 0.05,
        "low": 0.03,
        "high": 0.07,
        "n": 400,
        "unanswered": 0.125,
    }


def test_pandas_gets_one_row_a_measurement():
    frame = REPORT.to_pandas()

    assert list(frame.columns) == ["model", "metric", "value", "low", "high", "n", "unanswered"]
    assert frame["value"].tolist() == [0.25, 0.05, 0.5, 0.25]


def test_the_table_holds_every_figure_and_says_what_was_lost():
    assert str(REPORT).splitlines() == [
        "next item: 400 queries against 1,234 items, ties count against the model",
        "model                  hr@20           ndcg@20  unanswered",
        "embedding   0.2500 .210-.290  0.0500 .030-.070      12.5 %",
        "popularity  0.5000 .450-.550  0.2500 .200-.300       0.0 %",
        "beside each figure its 95 % interval",
        "2.0 % of the targets are not in the vocabulary: misses for every model",
        "3.0 % of the targets stand in their own history: misses for every model",
        "1.0 % of the history items are not in the vocabulary and were left out",
    ]


def test_a_floor_that_is_just_met_passes():
    Floor("ndcg@20", minimum=0.05).check(REPORT)


def figure(metric, model="a"):
    return Measurement(model, metric, 0.5, None, None, 9, 0.0)


def test_the_main_table_holds_all_targets_and_coverage_at_the_largest_k():
    names = ["hr@10", "hr@20", "recall@20", "mrr@20", "ndcg@20", "ndcg@20 new", "coverage@20",
             "gini@20"]  # fmt: skip
    report = Report("next item", tuple(map(figure, names)), n_queries=9, n_items=5)

    assert report.headline == ("hr@20", "mrr@20", "ndcg@20", "coverage@20")


def test_without_intervals_there_are_figures_alone():
    report = Report("next item", (figure("hr@5"),), n_queries=9, n_items=5)

    assert str(report).splitlines()[2] == "a      0.5000       0.0 %"


def test_a_figure_that_one_model_lacks_is_said_to_be_missing():
    measurements = (figure("hr@5"), figure("coverage@5"), figure("hr@5", model="b"))
    report = Report("next item", measurements, n_queries=9, n_items=5)

    assert str(report).splitlines()[3].split() == ["b", "0.5000", "-", "0.0", "%"]
    with pytest.raises(ConfigError, match="b has no figure for 'coverage@5'"):
        report.value("coverage@5", model="b")


def test_below_the_floor_is_an_error_with_measured_and_wanted():
    with pytest.raises(
        QualityFloorError, match=r"embedding: measured ndcg@20 = 0\.05 .* below the floor of 0\.06"
    ):
        Floor("ndcg@20", minimum=0.06).check(REPORT)


def test_a_floor_may_be_set_for_a_named_model():
    with pytest.raises(QualityFloorError, match=r"popularity: measured hr@20 = 0\.5"):
        Floor("hr@20", minimum=0.6, model="popularity").check(REPORT)


def test_a_floor_on_a_metric_that_was_not_measured_is_an_error():
    with pytest.raises(ConfigError, match="no metric 'ndcg@10'"):
        Floor("ndcg@10", minimum=0.1).check(REPORT)


@pytest.mark.parametrize("minimum", [-0.1, 1.1, float("nan")])
def test_a_floor_that_no_share_can_meet_is_refused(minimum):
    with pytest.raises(ConfigError, match=f"minimum must lie between 0 and 1, not {minimum}"):
        Floor("hr@20", minimum=minimum)
