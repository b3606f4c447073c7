"""Several rankers as one: their scores on a common scale, weighed as a validation part says."""

from x2vec.recommend.hybrid.hybrid import Hybrid, Part
from x2vec.recommend.hybrid.mixture import Mixture, Share, learn_mixture
from x2vec.recommend.hybrid.scale import Scale

__all__ = ["Hybrid", "Mixture", "Part", "Scale", "Share", "learn_mixture"]
