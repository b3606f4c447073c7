"""Who is measured: the ways to rank by an embedding, and the baselines beside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.embeddings import Embeddings
from x2vec.errors import DataError
from x2vec.progress import Listener, Notice, silent
from x2vec.recommend import BASELINES, EmbeddingRanker, QueryForm, Ranker
from x2vec.training import Matrices, SkipGram

__all__ = [
    "EMBEDDING_RANKERS",
    "embedding_rankers",
    "fit_baselines",
    "ranker_on_trial",
]

IN_OUT, IN_IN, COSINE = EMBEDDING_RANKERS = ("x2vec in-out", "x2vec in-in", "x2vec cosine")
"""What a report calls the rankers that an embedding makes; the one on trial by its scoring."""

_PLAIN = QueryForm()


def embedding_rankers(
    embeddings: Embeddings, model: SkipGram, query: QueryForm = _PLAIN
) -> list[Ranker]:
    """Return the ways to rank by embeddings, the one on trial first, and the plain cosine."""
    trial = ranker_on_trial(embeddings, embeddings.counts, model, query)
    return [trial, EmbeddingRanker(vectors=embeddings.vectors, name=COSINE)]


def ranker_on_trial(
    trained: Embeddings | Matrices,
    counts: NDArray[np.int64],
    model: SkipGram,
    query: QueryForm = _PLAIN,
) -> EmbeddingRanker:
    """Return the ranker of a query form, by itself in-out with the noise distribution added back.

    Args:
        trained: Both matrices.
        counts: (n_items,) events that were trained on.
        model: How they were trained.
        query: How a history is asked.
    """
    return EmbeddingRanker(
        vectors=trained.vectors,
        context_vectors=trained.context_vectors,
        counts=counts,
        scoring=query.scoring,
        prior=query.prior_of(model.ns_exponent),
        decay=query.decay,
        last=query.last,
        name=IN_OUT if query.scoring == "in-out" else IN_IN,
    )


def fit_baselines(
    corpus: Corpus, *, seed: int = 1, needed: str | None = None, listen: Listener = silent
) -> list[Ranker]:
    """Fit the baselines; one that these data are too much for is left out, with a notice.

    Args:
        corpus: The training part.
        seed: For those that draw at random.
        needed: The one that the quality floor is set for, if it is one of them.
        listen: Hears what is left out.

    Raises:
        DataError: The one that is needed cannot be fitted.
    """
    fitted: list[Ranker] = []
    for name, fit in BASELINES.items():
        try:
            fitted.append(fit(corpus, seed))
        except DataError as error:
            if name == needed:
                raise
            listen(Notice("evaluate", f"{name} is left out of the leaderboard: {error}"))
    return fitted
