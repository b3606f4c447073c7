"""Stored embeddings as a ranker: they are asked as their manifest says that they want to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from x2vec.embeddings import Embeddings
from x2vec.recommendation.embedding import EmbeddingRanker
from x2vec.recommendation.form import QueryForm, Scoring
from x2vec.training import SkipGram

__all__ = ["form_told", "ranker_of"]


def ranker_of(embeddings: Embeddings, *, scoring: Scoring | None = None) -> EmbeddingRanker:
    """Return the ranker that the provenance of embeddings tells of, in rows of their items.

    The job or training that made them says how a history is asked, and with which noise they were
    trained. Where it says nothing, that is in-out with the noise added back if there are context
    vectors, and the cosine else.

    Args:
        embeddings: As they were trained, loaded or made by hand.
        scoring: Asks in this way, whatever they say.

    Raises:
        ConfigError: The provenance tells a query form that is none.

    Example:
        >>> vectors = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]
        >>> ranker = ranker_of(Embeddings(["tea", "milk", "soap"], vectors, counts=[3, 2, 2]))
        >>> ranker.scoring, ranker.n_items
        ('in-in', 3)
    """
    config = embeddings.provenance.config
    model = (config.get("job") or {}).get("model") or config.get("model") or {}
    names = {field.name for field in fields(QueryForm)}
    told = {key: value for key, value in form_told(config).items() if key in names}
    form = QueryForm(**told)
    if scoring is not None and scoring != form.scoring:
        form = replace(form, scoring=scoring, prior=None)
    if embeddings.context_vectors is None:
        form = replace(form, scoring="in-in", prior=None)
    exponent = model.get("ns_exponent") if model.get("kind") == SkipGram.__name__ else 0.0
    return EmbeddingRanker.of(
        embeddings,
        form,
        counts=embeddings.counts,
        ns_exponent=exponent if isinstance(exponent, int | float) else 0.0,
    )


def form_told(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the query form that a provenance tells, as plain values; {} where it tells none.

    What was learnt or chosen goes before what the job asked for.
    """
    return config.get("query") or (config.get("job") or {}).get("query") or {}
