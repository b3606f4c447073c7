"""Features: an item table as numbers, by the kind of each column."""

from x2vec.coldstart.features.content import Content
from x2vec.coldstart.features.fitted import FittedFeatures
from x2vec.coldstart.features.matrix import GROUPS, Evidence, Features

__all__ = ["GROUPS", "Content", "Evidence", "Features", "FittedFeatures"]
