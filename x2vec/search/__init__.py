"""Who is near whom: arrays in, arrays out. This room knows rows; items belong to others."""

from __future__ import annotations

from x2vec.search.cosine import cosine, normalized, row_lengths
from x2vec.search.exact import top_k
from x2vec.search.excluded import Excluded
from x2vec.search.products import best_products
from x2vec.search.result import TopK

__all__ = [
    "Excluded",
    "TopK",
    "best_products",
    "cosine",
    "normalized",
    "row_lengths",
    "top_k",
]
