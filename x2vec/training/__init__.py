"""A corpus becomes matrices: model parameters and the engines that fit them, integers only."""

from x2vec.training.engine import Engine, Matrices, fit
from x2vec.training.parameters import SkipGram

__all__ = ["Engine", "Matrices", "SkipGram", "fit"]
