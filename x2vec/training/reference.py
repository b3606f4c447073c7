"""Skip-gram with negative sampling, as readable as it gets: the oracle for the fast engines.

For a pair of an item ``c`` and an item ``o`` near it, with in-vector ``v = V[c]``, out-vectors
``U``, and noise items ``n_1 .. n_k`` drawn from ``count ** ns_exponent``, the loss is
(Mikolov et al. 2013, equation 4)

    L = -log s(U[o] . v) - sum_i log s(-U[n_i] . v),      s(x) = 1 / (1 + exp(-x)),

and with ``label`` 1 for ``o`` and 0 for noise, one step of gradient descent is

    g = label - s(u . v),     v += alpha * sum(g * u),     u += alpha * g * v.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from x2vec.corpus import Corpus
from x2vec.progress import Listener, Progress
from x2vec.training.engine import Matrices, keep_chances, refuse_divergence
from x2vec.training.parameters import SkipGram

__all__ = ["ReferenceEngine", "pair_gradient"]


class ReferenceEngine:
    """Plain NumPy, one pair at a time: for small corpora, and for checking other engines."""

    name = "reference"

    def fit(
        self, corpus: Corpus, parameters: SkipGram, *, seed: int, workers: int, listen: Listener
    ) -> Matrices:
        """Train; ``workers`` has no effect, as there is one thread."""
        size = parameters.vector_size
        counts = corpus.counts()
        noise = counts.astype(np.float64) ** parameters.ns_exponent
        noise /= noise.sum()
        start = np.random.default_rng(seed).random((corpus.n_items, size))
        vectors = ((start - 0.5) / size).astype(np.float32)
        contexts = np.zeros_like(vectors)
        losses: list[float] = []
        last_good = None
        for epoch in range(parameters.epochs):
            loss, pairs = 0.0, 0
            for index in range(len(corpus)):
                done = (epoch + corpus.offsets[index] / corpus.n_tokens) / parameters.epochs
                alpha = parameters.alpha - (parameters.alpha - parameters.min_alpha) * done
                random = np.random.default_rng((seed, epoch, index))  # not of the thread
                for center, context in _pairs(corpus, index, counts, parameters, random):
                    drawn = random.choice(corpus.n_items, parameters.negative, p=noise)
                    rows = np.append(context, drawn[drawn != context])
                    gradient, pair_loss = pair_gradient(vectors[center], contexts[rows])
                    step = alpha * (gradient @ contexts[rows])
                    np.add.at(contexts, rows, alpha * np.outer(gradient, vectors[center]))
                    vectors[center] += step
                    loss, pairs = loss + pair_loss, pairs + 1
            losses.append(loss / max(pairs, 1))
            matrices = Matrices(vectors, contexts, tuple(losses))
            refuse_divergence(matrices, last_good, epoch=epoch + 1, alpha=alpha)
            last_good = Matrices(vectors.copy(), contexts.copy(), tuple(losses))
            total = corpus.n_tokens * parameters.epochs
            figures = {"epoch": epoch + 1, "alpha": alpha, "loss": losses[-1]}
            listen(Progress("train", corpus.n_tokens * (epoch + 1), total, "tokens", figures))
        return matrices


def pair_gradient(
    vector: NDArray[np.float32], contexts: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    """Return ``g = label - s(u . v)`` of each out-vector, and the loss of the pair in float64.

    Args:
        vector: (vector_size,) the in-vector.
        contexts: (1 + negatives, vector_size) out-vectors, that of the true context first.
    """
    scores = contexts @ vector
    labels = np.zeros_like(scores)
    labels[0] = 1
    signed = np.where(labels == 1, scores, -scores).astype(np.float64)
    return labels - expit(scores), float(np.logaddexp(0, -signed).sum())


def _pairs(
    corpus: Corpus,
    index: int,
    counts: NDArray[np.int64],
    parameters: SkipGram,
    random: np.random.Generator,
) -> Iterator[tuple[int, int]]:
    """Give each (item, item near it) of one sequence, after subsampling."""
    rows = corpus.rows[corpus.offsets[index] : corpus.offsets[index + 1]]
    chances = keep_chances(counts, parameters.sample)
    rows = rows[random.random(len(rows)) < chances[rows]]
    window = parameters.window if corpus.ordered else "whole"
    for position, center in enumerate(rows):
        reach = len(rows) if window == "whole" else window
        if parameters.shrink_windows and window != "whole":
            reach = int(random.integers(1, window + 1))
        for other in range(max(0, position - reach), min(len(rows), position + reach + 1)):
            if other != position:
                yield int(center), int(rows[other])
