"""Is it any good: rankers asked for held-out items, against the whole catalogue."""

from x2vec.evaluation.compared import compare_reports
from x2vec.evaluation.comparison import Comparison
from x2vec.evaluation.facts import GROUPS, TERCILES, QueryFacts, terciles_of
from x2vec.evaluation.floor import Floor, check_metric
from x2vec.evaluation.lists import coverage, gini, popularity_ranks
from x2vec.evaluation.metrics import (
    METRICS,
    MetricName,
    discounted_gains,
    hits,
    recalls,
    reciprocal_ranks,
)
from x2vec.evaluation.next_item import evaluate_next_item, hit_rate
from x2vec.evaluation.queries import NextItemQueries
from x2vec.evaluation.ranks import Ranks
from x2vec.evaluation.report import Measurement, Report

__all__ = [
    "GROUPS",
    "METRICS",
    "TERCILES",
    "Comparison",
    "Floor",
    "Measurement",
    "MetricName",
    "NextItemQueries",
    "QueryFacts",
    "Ranks",
    "Report",
    "check_metric",
    "compare_reports",
    "coverage",
    "discounted_gains",
    "evaluate_next_item",
    "gini",
    "hit_rate",
    "hits",
    "popularity_ranks",
    "recalls",
    "reciprocal_ranks",
    "terciles_of",
]
