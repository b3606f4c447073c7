"""Who is near whom: arrays in, arrays out. This room knows rows; items belong to others."""

from __future__ import annotations

from x2vec.search.approximate import Approximate
from x2vec.search.cosine import cosine, normalized, row_lengths
from x2vec.search.exact import best_products, top_k
from x2vec.search.excluded import Excluded
from x2vec.search.result import TopK
from x2vec.search.searchable import Searchable

__all__ = [
    "Approximate",
    "Excluded",
    "Searchable",
    "TopK",
    "best_products",
    "cosine",
    "normalized",
    "row_lengths",
    "top_k",
]
