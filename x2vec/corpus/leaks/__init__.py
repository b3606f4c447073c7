"""The leak detector: the same sequence or event on both sides is an error."""

from x2vec.corpus.leaks.find import check_leaks, find_leaks
from x2vec.corpus.leaks.found import Leaks

__all__ = ["Leaks", "check_leaks", "find_leaks"]
