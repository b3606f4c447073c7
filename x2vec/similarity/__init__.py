"""Views on who is near whom, and why: complements, substitutes, explanations."""

from x2vec.similarity.asking import complements, substitutes
from x2vec.similarity.counting import count_together
from x2vec.similarity.explain import Explanation, explain
from x2vec.similarity.merging import merge
from x2vec.similarity.views import Complements, Substitutes

__all__ = [
    "Complements",
    "Explanation",
    "Substitutes",
    "complements",
    "count_together",
    "explain",
    "merge",
    "substitutes",
]
