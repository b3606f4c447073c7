"""A small neural network from content to vector, for what is no line."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.rungs.rung import Cold, FittedRung, Known, weighted_mean

__all__ = ["Perceptron"]

_FEWEST: Final = 20
"""Known items, below which no part can be held back to stop by; then the line must do."""


@dataclass(frozen=True)
class Perceptron:
    """One hidden layer of rectified units, scikit-learn's ``MLPRegressor``, stopped early.

    Attributes:
        hidden: Units of the layer.
        epochs: Passes over the known items, at most.
    """

    hidden: int = 128
    epochs: int = 60
    name: str = "perceptron"

    def fit(self, known: Known, *, seed: int) -> FittedRung:
        """Train on the items that have any content, until a tenth held back gets no better."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPRegressor
        from threadpoolctl import threadpool_limits

        centre = weighted_mean(known.targets, known.trust)
        full = known.content.any(axis=1)
        n_full = int(np.count_nonzero(full))
        if n_full < _FEWEST:
            return _Network(None, centre)
        network = MLPRegressor(
            hidden_layer_sizes=(self.hidden,),
            batch_size=min(128, n_full // 2),
            learning_rate_init=2e-3,
            max_iter=self.epochs,
            early_stopping=True,
            n_iter_no_change=5,
            random_state=seed,
        )
        # a batch is too small to share between threads, which would wait for each other
        with threadpool_limits(1, "blas"), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # as many epochs as were asked for
            network.fit(known.content[full], known.targets[full] - centre)
        return _Network(network, centre)


@dataclass(frozen=True, eq=False)
class _Network:
    network: Any
    centre: NDArray[np.float32]

    def answers(self, cold: Cold) -> NDArray[np.bool_]:
        return np.asarray(cold.content.any(axis=1) & (self.network is not None))

    def predict(self, cold: Cold) -> NDArray[np.float32]:
        if self.network is None or not len(cold):
            return np.tile(self.centre, (len(cold), 1))
        off = self.network.predict(cold.content).reshape(len(cold), -1)
        return np.asarray(self.centre + off, dtype=np.float32)
