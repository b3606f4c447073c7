"""Who is near whom: arrays in, arrays out. This room knows rows; items belong to others."""

from __future__ import annotations

from x2vec.search.cosine import cosine, normalized, row_lengths
from x2vec.search.exact import top_k
from x2vec.search.result import TopK

__all__ = ["TopK", "cosine", "normalized", "row_lengths", "top_k"]
