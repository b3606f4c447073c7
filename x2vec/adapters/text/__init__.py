"""The adapter ``text``: files, pieces of them, their tokens, and phrases, each in a module."""

from x2vec.adapters.text.adapter import TextAdapter
from x2vec.adapters.text.options import TextOptions

__all__ = ["TextAdapter", "TextOptions"]
