"""One step of skip-gram with negative sampling, in NumPy: what the compiled kernels must equal.

An event is a target; the events in its window are its inputs, with in-vectors ``V_t``. They shall
tell the target's out-vector, output 0, from those of noise items, drawn from
``count ** ns_exponent``. With labels ``y = (1, 0, 0 ...)``, weights ``w`` that say how often an
item stands in the block, and out-vectors ``U_o``, the loss (Mikolov et al. 2013, equation 4) is

    L = sum_ot w_ot * (softplus(U_o . V_t) - y_o * U_o . V_t),    softplus(x) = log(1 + exp(x)),

and one step of gradient descent, all from the values before it, is

    G = alpha * w * (y - s(U V')),    U += G V,    V += G' U,    s(x) = 1 / (1 + exp(-x)).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

__all__ = ["MOST_SCORE", "step"]

MOST_SCORE = 8.0
"""A pair whose score is beyond this takes no step. Rightly so large, it has nothing left to learn;
wrongly, its step would overshoot to the other side, and vectors that overshoot together grow
without end. gensim and word2vec do the same beyond 6."""


def step(
    vectors: NDArray[np.float32],
    contexts: NDArray[np.float32],
    inputs: NDArray[np.int32],
    input_weights: NDArray[np.float32],
    outputs: NDArray[np.int32],
    output_weights: NDArray[np.float32],
    *,
    positive: np.float32,
    alpha: np.float32,
) -> float:
    """Take one step in place.

    Args:
        vectors: (n_items + 1, width) in-vectors.
        contexts: (n_items + 1, width) out-vectors.
        inputs: Rows of ``vectors``, each once; the last row stands for none and has weight 0.
        input_weights: How often each counts.
        outputs: Rows of ``contexts``, likewise.
        output_weights: How often each counts.
        positive: The label of the first output: 1 for the target, 0 where all are noise.
        alpha: The learning rate.

    Returns:
        The weighted loss before the step, in nats.
    """
    v, u = vectors[inputs], contexts[outputs]
    labels = np.zeros((len(outputs), 1), np.float32)
    labels[0] = positive
    weights = np.outer(output_weights, input_weights)
    scores = u @ v.T
    errors = np.where(np.abs(scores) <= MOST_SCORE, labels - expit(scores), 0)
    steps = alpha * weights * errors
    vectors[inputs] = v + steps.T @ u
    contexts[outputs] = u + steps @ v
    return float((weights * (np.logaddexp(0, scores) - labels * scores)).sum(dtype=np.float64))
