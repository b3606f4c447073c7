"""What comes next: rankers that score the whole catalogue for a history."""

from x2vec.recommendation.als import Als
from x2vec.recommendation.association_rules import AssociationRules
from x2vec.recommendation.baselines import BASELINES, Fit
from x2vec.recommendation.bpr import Bpr
from x2vec.recommendation.cooccurrence import CoOccurrence
from x2vec.recommendation.ease import Ease
from x2vec.recommendation.embedding import EmbeddingRanker
from x2vec.recommendation.fallback import Fallback, SegmentCounts
from x2vec.recommendation.form import QueryForm, Scoring
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.hybrid import Hybrid, Mixture, Part, Scale, learn_mixture
from x2vec.recommendation.item_knn import ItemKnn
from x2vec.recommendation.markov import Markov
from x2vec.recommendation.neighbours import VSKNN, VSTAN, SessionKNN
from x2vec.recommendation.popularity import Popularity
from x2vec.recommendation.preferences import Preferences, columns_named, listed
from x2vec.recommendation.question_table import questions_of_table
from x2vec.recommendation.questions import Questions
from x2vec.recommendation.ranker import Ranker, check_askable, check_vocabulary
from x2vec.recommendation.recommendations import Recommendations
from x2vec.recommendation.recommender import Recommender
from x2vec.recommendation.selection import FallbackKind, Selection
from x2vec.recommendation.sequential_rules import SequentialRules
from x2vec.recommendation.session_popularity import SessionPopularity
from x2vec.recommendation.slist import Slist
from x2vec.recommendation.stored import form_told, ranker_of
from x2vec.recommendation.top import top_items

__all__ = [
    "Als",
    "AssociationRules",
    "BASELINES",
    "Bpr",
    "CoOccurrence",
    "Ease",
    "EmbeddingRanker",
    "Fallback",
    "FallbackKind",
    "Fit",
    "Histories",
    "Hybrid",
    "ItemKnn",
    "Markov",
    "Mixture",
    "Part",
    "Popularity",
    "Preferences",
    "QueryForm",
    "Questions",
    "Ranker",
    "Recommendations",
    "Recommender",
    "Scale",
    "Scoring",
    "SegmentCounts",
    "Selection",
    "SequentialRules",
    "SessionPopularity",
    "Slist",
    "SessionKNN",
    "VSKNN",
    "VSTAN",
    "check_askable",
    "check_vocabulary",
    "columns_named",
    "learn_mixture",
    "listed",
    "form_told",
    "questions_of_table",
    "ranker_of",
    "top_items",
]
