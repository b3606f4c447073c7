"""What comes next by the sessions most like this one: session-kNN, V-SKNN and VSTAN."""

from x2vec.recommendation.neighbours.decays import Decay
from x2vec.recommendation.neighbours.index import SessionIndex
from x2vec.recommendation.neighbours.session_knn import SessionKNN
from x2vec.recommendation.neighbours.vsknn import VSKNN
from x2vec.recommendation.neighbours.vstan import VSTAN

__all__ = ["Decay", "SessionIndex", "SessionKNN", "VSKNN", "VSTAN"]
