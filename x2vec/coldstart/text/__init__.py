"""Text of items as vectors: cleaned, cut into words, and encoded one way or another."""

from x2vec.coldstart.text.encoders import Encoder, encoder_of
from x2vec.coldstart.text.tfidf import Tfidf
from x2vec.coldstart.text.words import clean, words_of

__all__ = ["Encoder", "Tfidf", "clean", "encoder_of", "words_of"]
