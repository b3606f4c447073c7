"""The embedding ranker: a history becomes a vector, items are scored by a matrix product."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, UsageError
from x2vec.recommendation.form import QueryForm, Scoring
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.ranker import check_askable
from x2vec.search import Searchable, normalized
from x2vec.training import Matrices

__all__ = ["EmbeddingRanker"]


@dataclass(frozen=True, eq=False, kw_only=True)
class EmbeddingRanker:
    """Scores items by how well their vectors go with the mean vector of the history.

    - ``in-in``: the cosine to the mean of the history's vectors at length 1; finds what is alike.
    - ``in-out``: the dot product of the history's mean vector with each context vector, which is
      what skip-gram is trained for; finds what comes together.

    Skip-gram with negative sampling learns ``log P(item | context) - log noise(item)``, up to a
    constant (Levy and Goldberg, "Neural Word Embedding as Implicit Matrix Factorization", 2014),
    and its noise is ``count ** ns_exponent``. So ``prior = ns_exponent`` adds the noise back and
    gives scores in the order of ``P(item | context)``.

    Attributes:
        vectors: (n_items, vector_size) float32.
        context_vectors: Of the same shape, or None where the model has none.
        counts: (n_items,) training counts, or None. Items never seen count as seen once.
        scoring: ``"in-in"`` or ``"in-out"``.
        prior: What the logarithm of the count is multiplied with before it is added.
        decay: What an item of the history weighs against the one after it; 1 is the plain mean.
        last: So many items at the end of the history count; None for all. One whose last items
            have no vector is not answered, whatever stands before them.
        weights: What each of the last items weighs, the latest first, in place of ``decay`` and
            ``last``.
        idf: Whether it weighs by how rare it is, too: ``log(1 + all counts / its count)``.
        half_life: After how long, such as ``"30d"``, an event weighs half as much as the latest.
        weighted: Whether an event weighs, besides, by its ``event_weights``.
        query_matrix: (vector_size, vector_size), of in-out scoring alone: with ``m`` the weighted
            mean and ``l`` the vector of the last item, the query is ``m + (l - m) Q``.
        name: What reports call it.

    Raises:
        ConfigError: A parameter out of bounds, or one that needs a matrix or counts that are None.
        ValueError: Arrays whose shapes do not agree.

    Example:
        >>> vectors = np.array([[1, 0], [2, 0], [0, 3]], dtype=np.float32)
        >>> ranker = EmbeddingRanker(vectors=vectors)
        >>> ranker.scores(Histories.of([[0]], n_items=3)).tolist()
        [[1.0, 1.0, 0.0]]
    """

    vectors: NDArray[np.float32]
    context_vectors: NDArray[np.float32] | None = None
    counts: NDArray[np.int64] | None = None
    scoring: Scoring = "in-in"
    prior: float = 0.0
    decay: float = 1.0
    last: int | None = None
    weights: tuple[float, ...] | None = None
    idf: bool = False
    half_life: str | None = None
    weighted: bool = False
    query_matrix: NDArray[np.float32] | None = None
    name: str = "embedding"

    def __post_init__(self) -> None:
        self._form  # noqa: B018 - making it checks it
        if self.scoring == "in-out" and self.context_vectors is None:
            raise ConfigError("in-out scoring needs context vectors, and the model has none")
        if (self.prior or self.idf) and self.counts is None:
            what = "idf" if self.idf else f"prior = {self.prior}"
            raise ConfigError(f"{what} needs the counts of the items, not None")
        if self.context_vectors is not None and self.context_vectors.shape != self.vectors.shape:
            raise ValueError(
                f"context vectors {self.context_vectors.shape} beside vectors {self.vectors.shape}"
            )
        matrix, size = self.query_matrix, self.vectors.shape[1]
        if matrix is not None and matrix.shape != (size, size):
            raise ValueError(f"a query matrix {matrix.shape} for vectors of {size} numbers")
        if self.counts is not None and len(self.counts) != self.n_items:
            raise ValueError(f"{len(self.counts)} counts for {self.n_items} vectors")

    @classmethod
    def of(
        cls,
        trained: Embeddings | Matrices,
        form: QueryForm,
        *,
        counts: NDArray[np.int64],
        ns_exponent: float,
        name: str = "embedding",
    ) -> EmbeddingRanker:
        """Ask what was trained in a query form.

        Args:
            trained: The matrices.
            form: How a history is asked.
            counts: (n_items,) events that were trained on.
            ns_exponent: That of the noise, which a form without a prior adds back; 0 for none.
            name: What reports call it.
        """
        return cls(
            vectors=trained.vectors,
            context_vectors=trained.context_vectors,
            counts=counts,
            scoring=form.scoring,
            prior=form.prior_of(ns_exponent),
            decay=form.decay,
            last=form.last,
            weights=form.weights,
            idf=form.idf,
            half_life=form.half_life,
            weighted=form.weighted,
            query_matrix=trained.query_matrix,
            name=name,
        )

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return len(self.vectors)

    def check_events(self, *, have_times: bool, have_weights: bool) -> None:
        """Refuse histories whose events lack what the query form goes by.

        Raises:
            UsageError: It goes by times or weights, and there are none.
        """
        lacks = []
        if self.half_life is not None and not have_times:
            lacks.append((f'half_life = "{self.half_life}"', "time", "timestamps"))
        if self.weighted and not have_weights:
            lacks.append(("weighted = true", "weight", "numbers"))
        if lacks:
            raise UsageError(
                "\n".join(
                    f"{self.name}: its query form has {key}, which needs a {what} of each event of "
                    f"a history, and these have none. Ask with a table and name its column of "
                    f"{values} ({what} = ...), or with Sequences that hold them; lists do not."
                    for key, what, values in lacks
                )
            )

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer the queries with a prior, or an item of a vector other than zero."""
        held = self._counting(histories).hold(self._has_direction)
        return held if histories.priors is None else held | histories.priors.known

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Score every item, (n_queries, n_items) float32."""
        check_askable(self, histories)
        scores: NDArray[np.float32] = self.queries(histories) @ self.targets.T
        if self.bias is not None:
            scores += self.bias
        return scores

    def queries(self, histories: Histories) -> NDArray[np.float32]:
        """Return the vector of each history, (n_queries, vector_size) float32.

        The score of an item is its row of ``targets`` times this, plus its ``bias``. A history
        without items has zeros. Where there are priors, it is what lies between both, by how many
        events either is worth.
        """
        asked = self._asked(histories)
        if histories.priors is None:
            return asked
        mixed = histories.priors.beside(asked, self._weighing(histories).lengths)
        return normalized(mixed) if self.scoring == "in-in" else mixed

    def _asked(self, histories: Histories) -> NDArray[np.float32]:
        """Return what the histories alone ask, (n_queries, vector_size) float32."""
        counting = self._counting(histories)
        weights = counting.weights(
            decay=self.decay,
            places=self.weights,
            half_life=self._form.half_life_microseconds,
            by_event=self.weighted,
        )
        if self.idf:
            weights.data *= self._rarity[weights.indices]
        if self.scoring == "in-in":
            return normalized(weights @ self.targets)
        means: NDArray[np.float32] = weights @ self.vectors
        sums = weights.sum(axis=1)
        means /= np.where(sums > 0, sums, np.float32(1))[:, None]
        if self.query_matrix is not None:
            lasts: NDArray[np.float32] = counting.tail(1).weights() @ self.vectors
            means += (lasts - means) @ self.query_matrix
        return means

    @cached_property
    def targets(self) -> NDArray[np.float32]:
        """What queries are held against, (n_items, vector_size) float32."""
        if self.scoring == "in-in":
            return normalized(self.vectors)
        assert self.context_vectors is not None
        return self.context_vectors

    @cached_property
    def bias(self) -> NDArray[np.float32] | None:
        """What is added to the scores of each item, (n_items,) float32; None adds nothing."""
        if not self.prior:
            return None
        assert self.counts is not None
        return (self.prior * np.log(np.maximum(self.counts, 1))).astype(np.float32)

    @cached_property
    def searchable(self) -> Searchable:
        """Targets and bias, made ready to be searched for the best items of queries."""
        return Searchable.by_product(self.targets, self.bias)

    def _counting(self, histories: Histories) -> Histories:
        weights = histories.event_weights
        if len(histories.rows):
            self.check_events(
                have_times=histories.times is not None, have_weights=weights is not None
            )
        histories = self._weighing(histories)
        last = self.last if self.weights is None else len(self.weights)
        return histories if last is None else histories.tail(last)

    def _weighing(self, histories: Histories) -> Histories:
        """Return histories without the events that are as if they were not there."""
        weights = histories.event_weights
        if not self.weighted or weights is None:
            return histories
        return histories.keep(weights > 0)

    @cached_property
    def _form(self) -> QueryForm:
        return QueryForm(
            self.scoring,
            self.prior or None,
            self.decay,
            self.last,
            self.weights,
            self.idf,
            self.half_life,
            self.weighted,
        )

    @cached_property
    def _rarity(self) -> NDArray[np.float32]:
        """How much an item weighs by how rare it is, (n_items,), above zero."""
        assert self.counts is not None
        counts = np.maximum(self.counts, 1)
        rarity: NDArray[np.float32] = np.log1p(counts.sum() / counts).astype(np.float32)
        return rarity

    @cached_property
    def _has_direction(self) -> NDArray[np.bool_]:
        return np.asarray((self.vectors != 0).any(axis=1))
