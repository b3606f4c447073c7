"""Stored embeddings as a ranker: they are asked as their manifest says that they want to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from x2vec.embeddings import Embeddings
from x2vec.recommend.embedding import EmbeddingRanker
from x2vec.recommend.form import QueryForm
from x2vec.training import SkipGram

__all__ = ["ranker_of"]


def ranker_of(embeddings: Embeddings) -> EmbeddingRanker:
    """Return the ranker that the provenance of embeddings tells of, in rows of their items.

    The job or training that made them says how a history is asked, and with which noise they were
    trained. Where it says nothing, that is in-out with the noise added back if there are context
    vectors, and the cosine else.

    Args:
        embeddings: As they were trained, loaded or made by hand.

    Raises:
        ConfigError: The provenance tells a query form that is none.

    Example:
        >>> vectors = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]
        >>> ranker = ranker_of(Embeddings(["tea", "milk", "soap"], vectors, counts=[3, 2, 2]))
        >>> ranker.scoring, ranker.n_items
        ('in-in', 3)
    """
    model, told = _told(embeddings.provenance.config)
    names = {field.name for field in fields(QueryForm)}
    form = QueryForm(**{key: value for key, value in told.items() if key in names})
    if embeddings.context_vectors is None:
        form = replace(form, scoring="in-in", prior=None)
    exponent = model.get("ns_exponent") if model.get("kind") == SkipGram.__name__ else 0.0
    return EmbeddingRanker(
        vectors=embeddings.vectors,
        context_vectors=embeddings.context_vectors,
        counts=embeddings.counts,
        scoring=form.scoring,
        prior=form.prior_of(exponent if isinstance(exponent, int | float) else 0.0),
        decay=form.decay,
        last=form.last,
        weights=form.weights,
        idf=form.idf,
        query_matrix=embeddings.query_matrix,
    )


def _told(config: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what a provenance says of the model and of the query form; nothing is said by {}."""
    job = config.get("job") or {}
    model = job.get("model") or config.get("model") or {}
    query = config.get("query") or job.get("query") or {}
    return model, query
