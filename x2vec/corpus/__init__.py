"""Events become sequences, sequences an integer corpus; nothing leaves uncounted."""

from x2vec.corpus.assemble import assemble
from x2vec.corpus.corpus import Corpus, trainable
from x2vec.corpus.leaks import Leaks, check_leaks, find_leaks
from x2vec.corpus.ledger import Cut, Ledger, Removal
from x2vec.corpus.rules import SequenceRules
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits import (
    SPLITS,
    Queries,
    Split,
    hold_out_items,
    hold_out_sequences,
    leave_last_out,
    queries_of,
    split,
    split_by_time,
    subset,
)
from x2vec.corpus.vocabulary import Vocabulary

__all__ = [
    "SPLITS",
    "Corpus",
    "Cut",
    "Leaks",
    "Ledger",
    "Queries",
    "Removal",
    "SequenceRules",
    "Sequences",
    "Split",
    "Vocabulary",
    "assemble",
    "check_leaks",
    "find_leaks",
    "hold_out_items",
    "hold_out_sequences",
    "leave_last_out",
    "queries_of",
    "split",
    "split_by_time",
    "subset",
    "trainable",
]
