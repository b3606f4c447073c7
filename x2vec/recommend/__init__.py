"""What comes next: rankers that score the whole catalogue for a history."""

from x2vec.recommend.als import Als
from x2vec.recommend.association_rules import AssociationRules
from x2vec.recommend.baselines import BASELINES, Fit
from x2vec.recommend.bpr import Bpr
from x2vec.recommend.cooccurrence import CoOccurrence
from x2vec.recommend.ease import Ease
from x2vec.recommend.embedding import EmbeddingRanker
from x2vec.recommend.fallback import Fallback, SegmentCounts
from x2vec.recommend.form import QueryForm, Scoring
from x2vec.recommend.histories import Histories
from x2vec.recommend.hybrid import Hybrid, Mixture, Part, Scale, learn_mixture
from x2vec.recommend.item_knn import ItemKnn
from x2vec.recommend.markov import Markov
from x2vec.recommend.neighbours import VSKNN, VSTAN, SessionKNN
from x2vec.recommend.popularity import Popularity
from x2vec.recommend.question_table import questions_of_table
from x2vec.recommend.questions import Questions
from x2vec.recommend.ranker import Ranker, check_askable, check_vocabulary
from x2vec.recommend.recommendations import Recommendations
from x2vec.recommend.recommender import Recommender
from x2vec.recommend.selection import FallbackKind, Selection
from x2vec.recommend.sequential_rules import SequentialRules
from x2vec.recommend.session_popularity import SessionPopularity
from x2vec.recommend.slist import Slist
from x2vec.recommend.stored import form_told, ranker_of
from x2vec.recommend.top import top_items

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
    "learn_mixture",
    "form_told",
    "questions_of_table",
    "ranker_of",
    "top_items",
]
