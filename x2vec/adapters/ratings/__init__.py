"""The adapter ``ratings``: who rated what, how, and when; and what the items are called."""

from x2vec.adapters.ratings.adapter import RatingsAdapter
from x2vec.adapters.ratings.options import RatingsOptions

__all__ = ["RatingsAdapter", "RatingsOptions"]
