"""The adapter ``walks``: a graph becomes random walks over its nodes."""

from x2vec.adapters.walks.adapter import WalksAdapter
from x2vec.adapters.walks.options import WalksOptions

__all__ = ["WalksAdapter", "WalksOptions"]
