"""Is it any good: rankers asked for held-out items, against the whole catalogue."""

from x2vec.evaluation.compared import compare_reports
from x2vec.evaluation.comparison import Comparison
from x2vec.evaluation.facts import GROUPS, TERCILES, QueryFacts, terciles_of
from x2vec.evaluation.figure import Figure
from x2vec.evaluation.floor import Floor, check_metric
from x2vec.evaluation.labels import Labels
from x2vec.evaluation.lists import coverage, gini, popularity_ranks
from x2vec.evaluation.measurement import Measurement
from x2vec.evaluation.metrics import (
    METRICS,
    MetricName,
    discounted_gains,
    hits,
    recalls,
    reciprocal_ranks,
)
from x2vec.evaluation.next_item import evaluate_next_item, hit_rate, quick_figure
from x2vec.evaluation.node_classification import classify_nodes, node_classification
from x2vec.evaluation.node_scores import NodeClassification, NodeScores
from x2vec.evaluation.queries import NextItemQueries
from x2vec.evaluation.ranks import Ranks
from x2vec.evaluation.report import Report
from x2vec.evaluation.rest_of_basket import evaluate_rest_of_basket
from x2vec.evaluation.similar_items import LabelAgreement, label_agreement
from x2vec.evaluation.words import (
    Analogies,
    Section,
    WordSimilarity,
    analogies,
    read_analogies,
    read_word_pairs,
    word_similarity,
)

__all__ = [
    "GROUPS",
    "METRICS",
    "TERCILES",
    "Analogies",
    "Comparison",
    "Figure",
    "Floor",
    "LabelAgreement",
    "Labels",
    "Measurement",
    "MetricName",
    "NextItemQueries",
    "NodeClassification",
    "NodeScores",
    "QueryFacts",
    "Ranks",
    "Report",
    "Section",
    "WordSimilarity",
    "analogies",
    "check_metric",
    "classify_nodes",
    "compare_reports",
    "coverage",
    "discounted_gains",
    "evaluate_next_item",
    "evaluate_rest_of_basket",
    "gini",
    "hit_rate",
    "hits",
    "label_agreement",
    "node_classification",
    "popularity_ranks",
    "quick_figure",
    "read_analogies",
    "read_word_pairs",
    "recalls",
    "reciprocal_ranks",
    "terciles_of",
    "word_similarity",
]
