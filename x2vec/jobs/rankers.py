"""Who is measured: the ways to rank by an embedding, and the baselines beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from x2vec.corpus import Corpus
from x2vec.embeddings import Embeddings
from x2vec.errors import DataError
from x2vec.progress import Listener, Notice, silent
from x2vec.recommend import CoOccurrence, EmbeddingRanker, Popularity, Ranker
from x2vec.training import SkipGram

__all__ = ["BASELINES", "EMBEDDING_RANKERS", "embedding_rankers", "fit_baselines"]

IN_OUT, COSINE = EMBEDDING_RANKERS = ("x2vec in-out", "x2vec cosine")
"""The models of a report that an embedding makes; the first is the one on trial."""

BASELINES: Mapping[str, Callable[[Corpus], Ranker]] = MappingProxyType(
    {"cooccurrence": CoOccurrence.fit, "popularity": Popularity.fit}
)
"""From the name that reports use to what fits it."""


def embedding_rankers(embeddings: Embeddings, model: SkipGram) -> list[Ranker]:
    """Return the ways to rank by embeddings, the one on trial first.

    That is in-vectors against out-vectors, with the noise distribution added back.
    """
    in_out = EmbeddingRanker(
        vectors=embeddings.vectors,
        context_vectors=embeddings.context_vectors,
        counts=embeddings.counts,
        scoring="in-out",
        prior=model.ns_exponent,
        name=IN_OUT,
    )
    return [in_out, EmbeddingRanker(vectors=embeddings.vectors, name=COSINE)]


def fit_baselines(
    corpus: Corpus, *, needed: str | None = None, listen: Listener = silent
) -> list[Ranker]:
    """Fit the baselines; one that these data are too much for is left out, with a notice.

    Args:
        corpus: The training part.
        needed: The one that the quality floor is set for, if it is one of them.
        listen: Hears what is left out.

    Raises:
        DataError: The one that is needed cannot be fitted.
    """
    fitted: list[Ranker] = []
    for name, fit in BASELINES.items():
        try:
            fitted.append(fit(corpus))
        except DataError as error:
            if name == needed:
                raise
            listen(Notice("evaluate", f"{name} is left out of the leaderboard: {error}"))
    return fitted
