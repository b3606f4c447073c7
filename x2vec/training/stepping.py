"""Training in steps: epochs of batches, between any two of which it may be kept and go on.

What is random depends on seed, epoch and step alone, so a training goes on from a state as if it
had not stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import DivergedError
from x2vec.progress import Progress
from x2vec.training.control import Control, Matrices, State

__all__ = ["Learner", "Paced", "train_in_steps"]

_TELL_EVERY = 0.2  # seconds


class Paced(Protocol):
    """A model that learns by batches, at a rate that changes."""

    @property
    def epochs(self) -> int:
        """Passes over the examples."""

    @property
    def batch_size(self) -> int:
        """Examples in a step."""

    def alpha_at(self, done: float) -> float:
        """Return the learning rate when a share ``done`` of the training is done."""


class Learner(Protocol):
    """What is learnt so far, and how a batch moves it."""

    def __len__(self) -> int:
        """Return the number of examples."""

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Return the order of the examples in an epoch, (n_examples,)."""

    def step(self, chosen: NDArray[np.int64], *, epoch: int, at: int, alpha: float) -> float:
        """Learn from some examples; where the loss is not finite, nothing is moved.

        Args:
            chosen: (n_chosen,) the examples of step ``at``.
            epoch: From 0.
            at: From 0.
            alpha: The learning rate.

        Returns:
            Their summed loss.
        """

    def matrices(self, losses: tuple[float, ...]) -> Matrices:
        """Return what is published of it, in arrays that no step changes."""

    @property
    def extra(self) -> Mapping[str, NDArray[np.float32]]:
        """All there is beside the vectors, by name; training goes on in these arrays."""


def train_in_steps(learner: Learner, model: Paced, control: Control, *, n_tokens: int) -> Matrices:
    """Train the epochs that are left.

    Args:
        learner: As it was made, or made again from ``control.start``.
        model: How many epochs, and at which rate.
        control: How it is run.
        n_tokens: Events of the corpus, by which progress is told.

    Raises:
        DivergedError: The loss stopped being finite.
    """
    run = _Run(learner, model, control, n_tokens)
    try:
        return run.train()
    except (DivergedError, MemoryError):
        raise
    except BaseException:
        if control.keep is not None:
            control.keep(run.state())
        raise


class _Run:
    """One training: where it stands."""

    def __init__(self, learner: Learner, model: Paced, control: Control, n_tokens: int) -> None:
        self._learner, self._model, self._control = learner, model, control
        self._n_tokens = n_tokens
        self._n_steps = -(-len(learner) // model.batch_size)
        self._matrices: Matrices | None = None
        self._told_at = self._kept_at = monotonic()
        start = State(learner.matrices(())) if control.start is None else control.start
        self._epoch, self._done, self._loss = start.epoch, start.steps, start.loss
        self._losses = start.matrices.losses or ()

    def train(self) -> Matrices:
        """Train the epochs that are left."""
        while self._epoch < self._model.epochs:
            self._train_epoch()
            self._matrices = self._learner.matrices(self._losses)
            enough = self._control.is_enough
            if enough is not None and enough(self._matrices):
                break
        if self._matrices is None:  # it went on from its end
            return self._learner.matrices(self._losses)
        return self._matrices

    def state(self) -> State:
        """Return where it stands, between two steps."""
        return State(
            self._learner.matrices(self._losses),
            epoch=self._epoch,
            steps=self._done,
            loss=self._loss,
            pairs=float(min(self._done * self._model.batch_size, len(self._learner))),
            extra=self._learner.extra,
        )

    def _train_epoch(self) -> None:
        order, size = self._learner.order(self._epoch), self._model.batch_size
        began, before, alpha = monotonic(), self._done, 0.0
        for at in range(self._done, self._n_steps):
            alpha = self._model.alpha_at((self._epoch + at / self._n_steps) / self._model.epochs)
            self._step(order[at * size : (at + 1) * size], at, alpha)
            self._look_around()
        n_examples = len(self._learner)
        pace = (n_examples - before * size) / max(monotonic() - began, 1e-9)
        self._losses = (*self._losses, self._loss / n_examples)
        self._epoch, self._done, self._loss = self._epoch + 1, 0, 0.0
        self._tell(
            {"epoch": self._epoch, "alpha": alpha, "loss": self._losses[-1], "examples/s": pace}
        )

    def _step(self, chosen: NDArray[np.int64], at: int, alpha: float) -> None:
        loss = self._learner.step(chosen, epoch=self._epoch, at=at, alpha=alpha)
        if not np.isfinite(loss):
            raise DivergedError(
                f"Training diverged: the loss is {loss} in epoch {self._epoch + 1}, learning "
                f"rate {alpha:.4g}. Set a lower alpha.",
                epoch=self._epoch + 1,
                alpha=alpha,
                last_good=self._matrices,
            )
        self._done, self._loss = at + 1, self._loss + loss

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
        done = int(self._n_tokens * (self._epoch + self._done / self._n_steps))
        total = self._n_tokens * self._model.epochs
        self._control.listen(Progress("train", done, total, "tokens", figures))
