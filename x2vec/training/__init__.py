"""A corpus becomes matrices: model parameters and the engines that fit them, integers only."""

from x2vec.training.control import Control, Matrices, State
from x2vec.training.elsa import Elsa
from x2vec.training.engine import KINDS, Engine, Model, engine_for, fit
from x2vec.training.memory import Memory, estimate
from x2vec.training.parameters import SkipGram
from x2vec.training.session_softmax import SessionSoftmax
from x2vec.training.side import Side

__all__ = [
    "KINDS",
    "Control",
    "Elsa",
    "Engine",
    "Matrices",
    "Memory",
    "Model",
    "SessionSoftmax",
    "Side",
    "engine_for",
    "SkipGram",
    "State",
    "estimate",
    "fit",
]
