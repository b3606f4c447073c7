"""Who is measured: the ways to rank by an embedding, and the baselines beside it."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, DataError
from x2vec.progress import Listener, Notice, Progress, silent
from x2vec.recommendation import BASELINES, EmbeddingRanker, QueryForm, Ranker
from x2vec.training import Elsa, Matrices, Model, SessionSoftmax, SkipGram

__all__ = [
    "COSINE",
    "EMBEDDING_RANKERS",
    "HYBRID",
    "MODELS",
    "QUICK",
    "check_askable_as",
    "embedding_rankers",
    "fit_baselines",
    "name_on_trial",
    "ranker_on_trial",
]

IN_OUT, IN_IN, COSINE = EMBEDDING_RANKERS = ("x2vec in-out", "x2vec in-in", "x2vec cosine")
"""What a report calls the rankers that an embedding makes; the one on trial by its scoring."""

MODELS = MappingProxyType({"skipgram": SkipGram, "session-softmax": SessionSoftmax, "elsa": Elsa})
"""The models that a report can hold beside the one on trial, and what a report calls them."""

HYBRID = "hybrid"
"""The mixture of the model on trial, the models beside it and baselines; see ``jobs.hybrid``."""

QUICK = ("cooccurrence", "popularity", "vsknn")
"""The baselines of a run, which is to end soon; an evaluation has all of them."""


def embedding_rankers(
    embeddings: Embeddings,
    model: Model,
    query: QueryForm | None = None,
    *,
    beside: Collection[str] = (COSINE,),
) -> list[Ranker]:
    """Return the ways to rank by embeddings, the one on trial first.

    Args:
        embeddings: With their counts.
        model: How they were trained.
        query: How a history is asked of the one on trial; as the model is trained for unless given.
        beside: Names of the others; those that no embedding makes are passed over.
    """
    counts = embeddings.counts
    trial = ranker_on_trial(embeddings, counts, model, query)
    own = ranker_on_trial(embeddings, counts, model)
    others: dict[str, Ranker] = {
        own.name: own,
        IN_IN: ranker_on_trial(embeddings, counts, model, QueryForm(scoring="in-in")),
        COSINE: EmbeddingRanker(vectors=embeddings.vectors, name=COSINE),
    }
    return [trial, *(others[name] for name in others if name in beside and name != trial.name)]


def check_askable_as(query: QueryForm, model: Model) -> None:
    """Refuse a query form that a model has no vectors for; to be asked before training.

    Raises:
        ConfigError: It is in-out, and the model learns no context vectors.
    """
    if query.scoring == "in-out" and isinstance(model, Elsa):
        raise ConfigError(
            "scoring is 'in-out', and Elsa learns one vector for each item, no context vectors; "
            "leave scoring out, or set 'in-in'"
        )


def name_on_trial(query: QueryForm) -> str:
    """Return what a report calls the ranker that asks in a form."""
    return IN_OUT if query.scoring == "in-out" else IN_IN


def ranker_on_trial(
    trained: Embeddings | Matrices,
    counts: NDArray[np.int64],
    model: Model,
    query: QueryForm | None = None,
) -> EmbeddingRanker:
    """Return the ranker of a query form, by itself in-out with the noise distribution added back.

    Args:
        trained: Both matrices.
        counts: (n_items,) events that were trained on.
        model: How they were trained.
        query: How a history is asked; as the model is trained for unless given.
    """
    query = query or QueryForm.of(model)
    if isinstance(trained, Matrices):
        query = query.with_learnt(model, trained.fades)
    return EmbeddingRanker.of(
        trained,
        query,
        counts=counts,
        ns_exponent=model.ns_exponent if isinstance(model, SkipGram) else 0.0,
        name=name_on_trial(query),
    )


def fit_baselines(
    corpus: Corpus,
    names: Collection[str] = QUICK,
    *,
    seed: int = 1,
    needed: str | None = None,
    listen: Listener = silent,
) -> list[Ranker]:
    """Fit baselines; one that these data are too much for is left out, with a notice.

    Args:
        corpus: The training part.
        names: Which; names of no baseline are passed over.
        seed: For those that draw at random.
        needed: The one that the quality floor is set for, if it is one of them.
        listen: Hears how many are fitted, and what is left out.

    Raises:
        DataError: The one that is needed cannot be fitted.
    """
    chosen = [name for name in names if name in BASELINES]
    fitted: list[Ranker] = []
    for n, name in enumerate(chosen):
        listen(Progress("baselines", n, len(chosen), "fitted"))
        try:
            fitted.append(BASELINES[name](corpus, seed))
        except DataError as error:
            if name == needed:
                raise
            listen(Notice("evaluate", f"{name} is left out of the leaderboard: {error}"))
    if chosen:
        listen(Progress("baselines", len(chosen), len(chosen), "fitted"))
    return fitted
