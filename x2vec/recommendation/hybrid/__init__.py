"""Several rankers as one: their scores on a common scale, weighed as a validation part says."""

from x2vec.recommendation.hybrid.hybrid import Hybrid, Part
from x2vec.recommendation.hybrid.mixture import Mixture, Share, learn_mixture
from x2vec.recommendation.hybrid.scale import Scale

__all__ = ["Hybrid", "Mixture", "Part", "Scale", "Share", "learn_mixture"]
