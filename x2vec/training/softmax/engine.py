"""Trains the session softmax: steps that are a few matrix products each."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.training.control import Control, Matrices
from x2vec.training.session_softmax import SessionSoftmax
from x2vec.training.softmax.examples import Examples
from x2vec.training.softmax.learner import Learner
from x2vec.training.softmax.noise import Noise
from x2vec.training.softmax.step import Sample, step
from x2vec.training.stepping import train_in_steps

__all__ = ["fit_session_softmax"]


def fit_session_softmax(corpus: Corpus, parameters: SessionSoftmax, control: Control) -> Matrices:
    """Train; the same seed gives the same bytes with any number of workers.

    Raises:
        DivergedError: The loss stopped being finite.
    """
    from threadpoolctl import threadpool_limits

    pool = ThreadPoolExecutor(control.workers, thread_name_prefix="x2vec-train")
    with threadpool_limits(1, "blas"), pool:  # the tiles of a step run side by side instead
        learner = _Stepper(corpus, parameters, control, pool if control.workers > 1 else None)
        return train_in_steps(learner, parameters, control, n_tokens=corpus.n_tokens)


class _Stepper:
    """Draws the batches of a corpus, and lets a learner learn from them."""

    def __init__(
        self,
        corpus: Corpus,
        parameters: SessionSoftmax,
        control: Control,
        pool: ThreadPoolExecutor | None,
    ) -> None:
        self._parameters, self._seed, self._pool = parameters, control.seed, pool
        self._examples = Examples(corpus, parameters, control.seed)
        self._noise = Noise(corpus.counts(), parameters.negative, parameters.ns_exponent)
        if control.start is None:
            self._learner = Learner.start(
                corpus.n_items, parameters, control.seed, ordered=corpus.ordered
            )
        else:
            extra = {name: one.copy() for name, one in control.start.extra.items()}
            self._learner = Learner.of(control.start.matrices.vectors.copy(), extra)

    def __len__(self) -> int:
        return len(self._examples)

    def order(self, epoch: int) -> NDArray[np.int64]:
        return self._examples.order(epoch)

    def step(self, chosen: NDArray[np.int64], *, epoch: int, at: int, alpha: float) -> float:
        learner = self._learner
        batch = self._examples.batch(chosen, epoch, learner.turns.fades)
        sample = Sample(*self._noise.draw(np.random.default_rng((self._seed, epoch, at, 1))))
        found = step(
            learner.vectors,
            learner.contexts,
            learner.turns,
            batch,
            sample,
            temperature=self._parameters.temperature,
            pool=self._pool,
        )
        if np.isfinite(found.loss):
            learner.move(found, batch, sample, alpha)
        return found.loss

    def matrices(self, losses: tuple[float, ...]) -> Matrices:
        return self._learner.matrices(self._parameters.temperature, losses)

    @property
    def extra(self) -> Mapping[str, NDArray[np.float32]]:
        return self._learner.extra
