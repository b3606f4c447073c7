"""The rest of a basket: some items are known, and every other one is a right answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from x2vec.corpus import Queries, Vocabulary
from x2vec.errors import UsageError
from x2vec.evaluation.next_item import evaluate_next_item
from x2vec.evaluation.queries import NextItemQueries
from x2vec.evaluation.report import Report
from x2vec.recommendation import Ranker

__all__ = ["evaluate_rest_of_basket"]


def evaluate_rest_of_basket(
    rankers: Sequence[Ranker], queries: Queries, vocabulary: Vocabulary, **options: Any
) -> Report:
    """Measure how far rankers complete baskets, each against the whole catalogue.

    The known items leave the ranking. Recall@k is the share of the rest among the first k;
    NDCG@k is a share of the best that so many right items could earn.

    Args:
        rankers: The model on trial first, then its baselines, all fitted to the vocabulary.
        queries: What ``split(..., ask="rest")`` or ``queries_of(..., ask="rest")`` made.
        vocabulary: Of the training part; a target that it does not hold is a miss.
        options: See ``evaluate_next_item``: ``corpus``, ``ks``, ``resamples``, ``seed``, ``used``,
            ``listen``.

    Raises:
        UsageError: The queries ask for one item each.
        X2VecError: What ``evaluate_next_item`` raises.

    Example:
        >>> from x2vec.corpus import Corpus, Sequences, split
        >>> from x2vec.recommendation import BASELINES
        >>> baskets = Sequences.from_lists([["tea", "milk", "jam"]] * 20, ordered=False)
        >>> made = split(baskets, "sequences", ask="rest")
        >>> vocabulary = Vocabulary.of(made.train)
        >>> popularity = BASELINES["popularity"](Corpus.of(made.train, vocabulary), 1)
        >>> report = evaluate_rest_of_basket([popularity], made.queries, vocabulary, ks=[2])
        >>> report.value("recall@2")
        1.0
    """
    if queries.offsets is None:
        raise UsageError(
            "rest of basket: these queries ask for one item each. Make them by "
            'split(sequences, ask="rest"), or measure them by evaluate_next_item.'
        )
    asked = NextItemQueries.of(queries, vocabulary)
    return evaluate_next_item(rankers, asked, exclude_history=True, **options)
