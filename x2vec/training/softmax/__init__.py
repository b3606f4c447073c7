"""The session softmax: matrix products, the same bytes for any number of threads."""

from x2vec.training.softmax.engine import fit_session_softmax

__all__ = ["fit_session_softmax"]
