"""Views on who is near whom, and why: complements, substitutes, explanations."""

from x2vec.similarity.counting import count_together

__all__ = ["count_together"]
