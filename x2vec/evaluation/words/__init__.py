"""Words: similarity against human scores, and analogies."""

from x2vec.evaluation.words.analogies import Analogies, Section, analogies
from x2vec.evaluation.words.files import read_analogies, read_word_pairs
from x2vec.evaluation.words.similarity import WordSimilarity, word_similarity

__all__ = [
    "Analogies",
    "Section",
    "WordSimilarity",
    "analogies",
    "read_analogies",
    "read_word_pairs",
    "word_similarity",
]
