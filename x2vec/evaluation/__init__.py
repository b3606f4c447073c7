"""Is it any good: rankers asked for held-out items, against the whole catalogue."""

from x2vec.evaluation.floor import Floor
from x2vec.evaluation.metrics import METRICS, discounted_gains, hits, reciprocal_ranks
from x2vec.evaluation.next_item import evaluate_next_item
from x2vec.evaluation.queries import NextItemQueries
from x2vec.evaluation.ranks import Ranks, target_ranks
from x2vec.evaluation.report import Measurement, Report

__all__ = [
    "METRICS",
    "Floor",
    "Measurement",
    "NextItemQueries",
    "Ranks",
    "Report",
    "discounted_gains",
    "evaluate_next_item",
    "hits",
    "reciprocal_ranks",
    "target_ranks",
]
