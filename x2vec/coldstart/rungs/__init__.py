"""The rungs of the ladder: ways from what is known about an item to a vector, best to plainest."""

from x2vec.coldstart.rungs.attribute_vectors import AttributeVectors
from x2vec.coldstart.rungs.centroids import CatalogueCentroid, CategoryCentroid
from x2vec.coldstart.rungs.nearest import Nearest
from x2vec.coldstart.rungs.perceptron import Perceptron
from x2vec.coldstart.rungs.ridge import Ridge
from x2vec.coldstart.rungs.rung import Cold, FittedRung, Known, Rung
from x2vec.coldstart.rungs.shared import SharedAttributes

__all__ = [
    "AttributeVectors",
    "CatalogueCentroid",
    "CategoryCentroid",
    "Cold",
    "FittedRung",
    "Known",
    "Nearest",
    "Perceptron",
    "Ridge",
    "Rung",
    "SharedAttributes",
]
