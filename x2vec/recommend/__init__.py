"""What comes next: rankers that score the whole catalogue for a history."""

from x2vec.recommend.baselines import BASELINES, Fit
from x2vec.recommend.cooccurrence import CoOccurrence
from x2vec.recommend.embedding import EmbeddingRanker
from x2vec.recommend.form import QueryForm, Scoring
from x2vec.recommend.histories import Histories
from x2vec.recommend.neighbours import VSKNN, VSTAN, SessionKNN
from x2vec.recommend.popularity import Popularity
from x2vec.recommend.ranker import Ranker, check_askable, check_vocabulary

__all__ = [
    "BASELINES",
    "CoOccurrence",
    "EmbeddingRanker",
    "Fit",
    "Histories",
    "Popularity",
    "QueryForm",
    "Ranker",
    "Scoring",
    "SessionKNN",
    "VSKNN",
    "VSTAN",
    "check_askable",
    "check_vocabulary",
]
