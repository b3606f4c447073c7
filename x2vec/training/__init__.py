"""A corpus becomes matrices: model parameters and the engines that fit them, integers only."""

from x2vec.training.control import Control, Matrices, State
from x2vec.training.engine import Engine, fit
from x2vec.training.memory import Memory, estimate
from x2vec.training.parameters import SkipGram

__all__ = ["Control", "Engine", "Matrices", "Memory", "SkipGram", "State", "estimate", "fit"]
