"""The baselines by name: what an embedding is measured against, each fitted by one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from x2vec.corpus import Corpus
from x2vec.recommend.cooccurrence import CoOccurrence
from x2vec.recommend.neighbours import VSKNN, VSTAN, SessionKNN
from x2vec.recommend.popularity import Popularity
from x2vec.recommend.ranker import Ranker

__all__ = ["BASELINES", "Fit"]

Fit = Callable[[Corpus, int], Ranker]
"""From the training part and a seed, which most have no use for, to a fitted ranker."""


BASELINES: Mapping[str, Fit] = MappingProxyType(
    {
        "cooccurrence": lambda corpus, _seed: CoOccurrence.fit(corpus),
        "popularity": lambda corpus, _seed: Popularity.fit(corpus),
        "session-knn": lambda corpus, _seed: SessionKNN.fit(corpus),
        "vsknn": lambda corpus, _seed: VSKNN.fit(corpus),
        "vstan": lambda corpus, _seed: VSTAN.fit(corpus),
    }
)
"""From the name that reports use to what fits it."""
