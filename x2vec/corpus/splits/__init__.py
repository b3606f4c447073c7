"""Splits: what a model may learn from, and what it is asked afterwards."""

from x2vec.corpus.splits.by_time import split_by_time
from x2vec.corpus.splits.cold import hold_out_items
from x2vec.corpus.splits.last_out import leave_last_out
from x2vec.corpus.splits.queries import Queries, subset
from x2vec.corpus.splits.split import SPLITS, split
from x2vec.corpus.splits.value import Split
from x2vec.corpus.splits.whole import hold_out_sequences, queries_of

__all__ = [
    "SPLITS",
    "Queries",
    "Split",
    "hold_out_items",
    "hold_out_sequences",
    "leave_last_out",
    "queries_of",
    "split",
    "split_by_time",
    "subset",
]
