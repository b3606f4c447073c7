"""ELSA: a linear autoencoder of whole baskets, with one vector for each item."""

from x2vec.training.elsa.model import Elsa

__all__ = ["Elsa"]
