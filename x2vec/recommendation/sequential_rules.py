"""Sequential rules: what came after the last item, the sooner the better."""

from __future__ import annotations

from dataclasses import dataclass

from x2vec.corpus import Corpus
from x2vec.recommendation.pairs import pairs_ahead
from x2vec.recommendation.rules import Rules, check_ordered, shares

__all__ = ["SequentialRules"]


@dataclass(frozen=True, eq=False)
class SequentialRules(Rules):
    """Scores an item by how often, and how soon, it came after the last item of the history.

    SR in Ludewig and Jannach, "Evaluation of Session-based Recommendation Algorithms", 2018:
    a pair of events counts 1 over the steps between them. There all later events
    of the session count; here those within ``steps``, 20 unless given: on validation parts of
    yoochoose-100k and Yes.com playlists NDCG@20 was .390 and .046 with 5 steps, .390 and .049 with
    10, .390 and .051 with 20 (``python -m benchmarks.baseline_settings --data ../data``).

    Example:
        >>> from x2vec.corpus import Sequences, Vocabulary
        >>> clicks = Sequences.from_lists([["a", "b", "c"]])
        >>> ranker = SequentialRules.fit(Corpus.of(clicks, Vocabulary.of(clicks)))
        >>> ranker.table.toarray()[0].round(3)  # 1 for b, 1/2 for c, of 3/2
        array([0.   , 0.667, 0.333], dtype=float32)
    """

    last: int | None = 1
    name: str = "sequential-rules"

    @classmethod
    def fit(cls, corpus: Corpus, *, steps: int = 20) -> SequentialRules:
        """Count what came after what.

        Args:
            corpus: The training part, ordered.
            steps: How far ahead of an item pairs are counted.

        Raises:
            ConfigError: ``steps`` is not in 1 .. 25.
            DataError: The sequences are baskets, or have too many different pairs for memory.
        """
        check_ordered(corpus, name="sequential-rules", instead="association-rules")
        weights = [1 / step for step in range(1, steps + 1)]
        return cls(shares(pairs_ahead(corpus, weights)))
