"""What tests of search share: random vectors, and whether two answers are one to the bit."""

import numpy as np


def world(n_rows, vector_size=8, seed=1):
    """Return (n_rows, vector_size) float32, normally distributed."""
    return np.random.default_rng(seed).normal(size=(n_rows, vector_size)).astype(np.float32)


def same(a, b):
    """Return whether rows, scores and offsets are the same bytes."""
    return all(
        getattr(a, name).tobytes() == getattr(b, name).tobytes()
        for name in ("rows", "scores", "offsets")
    )
