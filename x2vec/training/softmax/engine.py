"""Trains the session softmax: epochs of steps, each a few matrix products.

What is random depends on seed, epoch and step alone, so a training goes on from a state as if it
had not stopped.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.errors import DivergedError
from x2vec.progress import Progress
from x2vec.training.control import Control, Matrices, State
from x2vec.training.session_softmax import SessionSoftmax
from x2vec.training.softmax.examples import Examples
from x2vec.training.softmax.learner import Learner
from x2vec.training.softmax.noise import Noise
from x2vec.training.softmax.step import Sample, step

__all__ = ["fit_session_softmax"]

_TELL_EVERY = 0.2  # seconds


def fit_session_softmax(corpus: Corpus, parameters: SessionSoftmax, control: Control) -> Matrices:
    """Train; the same seed gives the same bytes with any number of workers.

    Raises:
        DivergedError: The loss stopped being finite.
    """
    from threadpoolctl import threadpool_limits

    pool = ThreadPoolExecutor(control.workers, thread_name_prefix="x2vec-train")
    with threadpool_limits(1, "blas"), pool:  # the tiles of a step run side by side instead
        run = _Run(corpus, parameters, control, pool)
        try:
            return run.train()
        except (DivergedError, MemoryError):
            raise
        except BaseException:
            if control.keep is not None:
                control.keep(run.state())
            raise


class _Run:
    """One training: where it stands, and what it works on."""

    def __init__(
        self,
        corpus: Corpus,
        parameters: SessionSoftmax,
        control: Control,
        pool: ThreadPoolExecutor,
    ) -> None:
        self._corpus, self._parameters, self._control = corpus, parameters, control
        self._pool = pool if control.workers > 1 else None
        self._examples = Examples(corpus, parameters, control.seed)
        self._noise = Noise(corpus.counts(), parameters.negative, parameters.ns_exponent)
        self._n_steps = -(-len(self._examples) // parameters.batch_size)
        self._epoch, self._done, self._loss = 0, 0, 0.0
        self._losses: tuple[float, ...] = ()
        self._matrices: Matrices | None = None
        self._told_at = self._kept_at = monotonic()
        if control.start is None:
            self._learner = Learner.start(
                corpus.n_items, parameters, control.seed, ordered=corpus.ordered
            )
        else:
            start = control.start
            extra = {name: one.copy() for name, one in start.extra.items()}
            self._learner = Learner.of(start.matrices.vectors.copy(), extra)
            self._epoch, self._done, self._loss = start.epoch, start.steps, start.loss
            self._losses = start.matrices.losses or ()

    def train(self) -> Matrices:
        """Train the epochs that are left."""
        while self._epoch < self._parameters.epochs:
            self._train_epoch()
            self._matrices = self._learner.matrices(self._parameters.temperature, self._losses)
            enough = self._control.is_enough
            if enough is not None and enough(self._matrices):
                break
        if self._matrices is None:  # it went on from its end
            return self._learner.matrices(self._parameters.temperature, self._losses)
        return self._matrices

    def state(self) -> State:
        """Return where it stands, between two steps."""
        return State(
            self._learner.matrices(self._parameters.temperature, self._losses),
            epoch=self._epoch,
            steps=self._done,
            loss=self._loss,
            pairs=float(min(self._done * self._parameters.batch_size, len(self._examples))),
            extra=self._learner.extra,
        )

    def _train_epoch(self) -> None:
        order, size = self._examples.order(self._epoch), self._parameters.batch_size
        began, before, alpha = monotonic(), self._done, 0.0
        for at in range(self._done, self._n_steps):
            alpha = self._step(order[at * size : (at + 1) * size], at)
            self._look_around()
        n_examples = len(self._examples)
        pace = (n_examples - before * size) / max(monotonic() - began, 1e-9)
        self._losses = (*self._losses, self._loss / n_examples)
        self._epoch, self._done, self._loss = self._epoch + 1, 0, 0.0
        self._tell(
            {"epoch": self._epoch, "alpha": alpha, "loss": self._losses[-1], "pairs/s": pace}
        )

    def _step(self, chosen: NDArray[np.int64], at: int) -> float:
        """Do step ``at`` of the epoch, and return the learning rate it had."""
        parameters, learner = self._parameters, self._learner
        batch = self._examples.batch(chosen, self._epoch, learner.turns.fades)
        draws = np.random.default_rng((self._control.seed, self._epoch, at, 1))
        sample = Sample(*self._noise.draw(draws))
        found = step(
            learner.vectors,
            learner.contexts,
            learner.turns,
            batch,
            sample,
            temperature=parameters.temperature,
            pool=self._pool,
        )
        alpha = parameters.alpha_at((self._epoch + at / self._n_steps) / parameters.epochs)
        if not np.isfinite(found.loss):
            raise DivergedError(
                f"Training diverged: the loss is {found.loss} in epoch {self._epoch + 1}, learning "
                f"rate {alpha:.4g}. Set a lower alpha.",
                epoch=self._epoch + 1,
                alpha=alpha,
                last_good=self._matrices,
            )
        learner.move(found, batch, sample, alpha)
        self._done, self._loss = at + 1, self._loss + found.loss
        return alpha

    def _look_around(self) -> None:
        """Tell how far it is, and hand out the state, where it is time to."""
        now, control = monotonic(), self._control
        if now - self._told_at > _TELL_EVERY:
            self._told_at = now
            self._tell({})
        if control.keep is not None and now - self._kept_at >= control.keep_every:
            control.keep(self.state())
            self._kept_at = monotonic()

    def _tell(self, figures: dict[str, float]) -> None:
        n_tokens = self._corpus.n_tokens
        done = int(n_tokens * (self._epoch + self._done / self._n_steps))
        total = n_tokens * self._parameters.epochs
        self._control.listen(Progress("train", done, total, "tokens", figures))
