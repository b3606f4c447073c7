"""The recommender: embeddings made ready to answer questions, with filters, mixing and fallback."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.embeddings import Embeddings, Unknown, allowed_items, answers_of
from x2vec.recommendation.embedding import EmbeddingRanker
from x2vec.recommendation.fallback import Fallback, SegmentCounts
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.merging import merged
from x2vec.recommendation.mixing import Mixing
from x2vec.recommendation.preferences import Preferences
from x2vec.recommendation.priors import Priors
from x2vec.recommendation.questions import Questions
from x2vec.recommendation.ranker import Ranker
from x2vec.recommendation.recommendations import Recommendations
from x2vec.recommendation.selection import Selection
from x2vec.recommendation.stored import ranker_of
from x2vec.recommendation.tastes import SegmentMeans
from x2vec.recommendation.top import top_items
from x2vec.search import TopK

__all__ = ["Recommender"]


@dataclass(frozen=True, eq=False)
class Recommender:
    """Embeddings that are made ready once, and asked many times.

    Attributes:
        embeddings: What is asked.
        ranker: How a history is asked of them.
        selection: What is wanted of the answers.
        allowed: (n_items,) bool, what passes the filters; None where all does.
        bias: (n_items,) float32, what damping adds to each score; None where it adds nothing.
        mixing: How lists are chosen from the best candidates; None where they are the best.
        fallback: Who stands in for the model; None for nobody.
        segment_means: What stands beside short histories; None for nothing.
        preferences: Makes vectors of what queries like.
        unknown: The items of allow and exclude lists that are not known.

    Example:
        >>> vectors = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]
        >>> shop = Embeddings(["tea", "milk", "soap"], vectors, counts=[3, 2, 2])
        >>> recommender = Recommender.of(shop, Selection(k=1))
        >>> found = recommender.answer(Questions.of(shop, {"ann": ["tea"], "bob": ["ham"]}))
        >>> found.item_id.to_pylist(), found.unanswered, found.unknown
        (['milk'], ('bob',), ('ham',))
    """

    embeddings: Embeddings
    ranker: EmbeddingRanker
    selection: Selection
    allowed: NDArray[np.bool_] | None
    bias: NDArray[np.float32] | None
    mixing: Mixing | None
    fallback: Fallback | None
    segment_means: SegmentMeans | None
    preferences: Preferences
    unknown: tuple[Any, ...]

    @classmethod
    def of(
        cls,
        embeddings: Embeddings,
        selection: Selection,
        *,
        fallback: Fallback | None = None,
        unknown: Unknown = "report",
    ) -> Self:
        """Make embeddings ready, to be asked as their manifest says.

        Args:
            embeddings: What is asked.
            selection: What is wanted.
            fallback: Who stands in for the model.
            unknown: ``"error"`` raises for items of the allow and exclude lists that are not known.

        Raises:
            UsageError: The condition cannot be evaluated, or a column of ``max_per`` is not there.
            UnknownItemError: See ``unknown``.
        """
        allowed, missing = allowed_items(
            embeddings,
            where=selection.where,
            allow=selection.allow,
            exclude=selection.exclude,
            unknown=unknown,
        )
        bias = None
        if selection.damping:
            damped = selection.damping * np.log(np.maximum(embeddings.counts, 1))
            bias = -damped.astype(np.float32)
        mixing = None
        if selection.diversity > 0 or selection.max_per:
            mixing = Mixing.of(embeddings, selection, allowed=allowed)
        ranker = _ranker_of(embeddings)
        return cls(
            embeddings=embeddings,
            ranker=ranker,
            selection=selection,
            allowed=allowed,
            bias=bias,
            mixing=mixing,
            fallback=fallback,
            segment_means=None,
            preferences=Preferences(embeddings, ranker),
            unknown=missing,
        )

    def with_segments(self, counted: SegmentCounts) -> Self:
        """Return it with the means of segments, where the selection asks for them."""
        if not self.selection.segment_mean:
            return self
        return replace(self, segment_means=SegmentMeans.of(counted, self.ranker))

    def with_preferences(self, questions: Questions, preferences: Mapping[Any, Any]) -> Questions:
        """Return questions with what the queries prefer as their priors.

        Raises:
            UsageError: See ``Preferences.by_query``.
        """
        vectors = self.preferences.by_query(questions.ids, preferences)
        return replace(questions, histories=self._beside(questions.histories, vectors))

    def answer(self, questions: Questions, *, workers: int = 1) -> Recommendations:
        """Answer questions, in their order, as one table.

        Args:
            questions: In rows of the items of the embeddings.
            workers: Threads; any number gives the same answers.

        Raises:
            UsageError: What they like is nothing that an item has, see ``Preferences.by_column``.
        """
        histories = questions.histories
        if questions.liked:
            vectors = self.preferences.by_column(questions.liked, len(questions))
            histories = self._beside(histories, vectors)
        found, source = self.rank(histories, questions.segments, workers=workers)
        table = answers_of(questions.ids, self.embeddings, found)
        sources = source.take(pa.array(np.repeat(np.arange(len(found)), found.counts)))
        return Recommendations(
            table.add_column(4, "source", sources),
            tuple(dict.fromkeys(questions.unknown + self.unknown)),
            self.embeddings.catalogue,
            n_unknown=questions.n_unknown,
            unanswered=tuple(questions.ids.filter(pa.array(found.counts == 0)).to_pylist()),
        )

    def rank(
        self, histories: Histories, segments: pa.Array | None = None, *, workers: int = 1
    ) -> tuple[TopK, pa.Array]:
        """Answer histories, in rows of the items: what ``answer`` makes a table of.

        Args:
            histories: In rows of the items of the embeddings.
            segments: (n_queries,) the segment of each query, null where it has none; None where
                nobody speaks of segments.
            workers: Threads; any number gives the same answers.

        Returns:
            The items of each query, and (n_queries,) string, who answers it: ``"model"``,
            ``"preferences"`` or ``"segment-mean"`` where there is no history beside them,
            ``"popular"`` or ``"segment-popular"``, whether or not there is an answer.
        """
        source = np.full(len(histories), "model", dtype=object)
        alone = ~self.ranker.answers(replace(histories, priors=None))
        if histories.priors is not None:
            source[alone & histories.priors.known] = "preferences"
        if self.segment_means is not None and segments is not None:
            histories, filled = _with_means(
                histories, self.segment_means(segments), self.selection.prior_events
            )
            source[alone & filled] = "segment-mean"
        found = self._best(self.ranker, histories, self.bias, workers)
        silent = np.flatnonzero(~self.ranker.answers(histories))
        if self.fallback is not None and len(silent):
            popular, source[silent] = self.fallback.answer(
                histories.take(silent),
                None if segments is None else segments.take(pa.array(silent)),
                lambda ranker, asked: self._best(ranker, asked, None, workers),
            )
            found = merged([(np.arange(len(found)), found), (silent, popular)], len(found))
        return found, pa.array(source, pa.string())

    def _beside(self, histories: Histories, vectors: NDArray[np.float32]) -> Histories:
        return replace(histories, priors=Priors(vectors, self.selection.prior_events))

    def _best(
        self, ranker: Ranker, histories: Histories, bias: NDArray[np.float32] | None, workers: int
    ) -> TopK:
        def ask(asked: Histories, k: int) -> TopK:
            return top_items(
                ranker,
                asked,
                k,
                exclude_seen=self.selection.exclude_seen,
                allowed=self.allowed,
                bias=bias,
                workers=workers,
            )

        k = int(self.selection.k)
        if self.mixing is None:
            return ask(histories, k)
        return self.mixing.choose(
            lambda queries, pool: ask(histories.take(queries), pool),
            len(histories),
            k,
            workers=workers,
        )


def _with_means(
    histories: Histories, means: NDArray[np.float32], events: float
) -> tuple[Histories, NDArray[np.bool_]]:
    """Return histories whose priors, where they have none, are these, and which those are."""
    before = histories.priors
    empty = np.ones(len(histories), np.bool_) if before is None else ~before.known
    if before is not None:
        means = np.where(empty[:, None], means, before.vectors)
    priors = Priors(means, events)
    return replace(histories, priors=priors), empty & priors.known


_RANKERS: WeakKeyDictionary[Embeddings, EmbeddingRanker] = WeakKeyDictionary()
"""The rankers of embeddings that were asked: a ranker keeps what it makes of their matrices, which
takes longer than an answer."""


def _ranker_of(embeddings: Embeddings) -> EmbeddingRanker:
    if embeddings not in _RANKERS:
        _RANKERS[embeddings] = ranker_of(embeddings)
    return _RANKERS[embeddings]
