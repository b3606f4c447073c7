"""The baselines by name: what an embedding is measured against, each fitted by one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from x2vec.corpus import Corpus
from x2vec.recommendation.als import Als
from x2vec.recommendation.association_rules import AssociationRules
from x2vec.recommendation.bpr import Bpr
from x2vec.recommendation.cooccurrence import CoOccurrence
from x2vec.recommendation.ease import Ease
from x2vec.recommendation.item_knn import ItemKnn
from x2vec.recommendation.markov import Markov
from x2vec.recommendation.neighbours import VSKNN, VSTAN, SessionKNN
from x2vec.recommendation.popularity import Popularity
from x2vec.recommendation.ranker import Ranker
from x2vec.recommendation.sequential_rules import SequentialRules
from x2vec.recommendation.session_popularity import SessionPopularity
from x2vec.recommendation.slist import Slist

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
        "session-popularity": lambda corpus, _seed: SessionPopularity.fit(corpus),
        "markov": lambda corpus, _seed: Markov.fit(corpus),
        "sequential-rules": lambda corpus, _seed: SequentialRules.fit(corpus),
        "association-rules": lambda corpus, _seed: AssociationRules.fit(corpus),
        "item-knn": lambda corpus, _seed: ItemKnn.fit(corpus),
        "ease": lambda corpus, _seed: Ease.fit(corpus),
        "slist": lambda corpus, _seed: Slist.fit(corpus),
        "als": lambda corpus, seed: Als.fit(corpus, seed=seed),
        "bpr": lambda corpus, seed: Bpr.fit(corpus, seed=seed),
    }
)
"""From the name that reports use to what fits it."""
