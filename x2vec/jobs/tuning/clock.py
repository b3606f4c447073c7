"""The clock: how much time is left, and what a training will probably take of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from x2vec.adapters.durations import microseconds
from x2vec.errors import ConfigError
from x2vec.jobs.tuning.rungs import Rung, company
from x2vec.training import Elsa, Model, SessionSoftmax

__all__ = ["Clock", "Limit"]

_MARGIN = 1.2  # trainings of one size take this much longer now and then


@dataclass(frozen=True)
class Limit:
    """When a search ends: after some time, or after some trials.

    Attributes:
        budget: Such as ``"10m"``.
        trials: How many, the start among them. The same seed then finds the same.

    Raises:
        ConfigError: Neither is given, or both, or one is out of bounds.
    """

    budget: str | None = None
    trials: int | None = None

    def __post_init__(self) -> None:
        if (self.budget is None) == (self.trials is None):
            found = "neither" if self.budget is None else "both"
            raise ConfigError(
                f"budget and trials: found {found}; give one, such as a budget of 10m or 30 trials"
            )
        if self.budget is not None:
            if not isinstance(self.budget, str):
                raise ConfigError(f"budget is {self.budget!r}; write it as text, such as '10m'")
            microseconds(self.budget, name="budget")
        elif not isinstance(self.trials, int) or isinstance(self.trials, bool) or self.trials < 1:
            raise ConfigError(f"trials is {self.trials!r}; it must be a whole number from 1 on")

    def __str__(self) -> str:
        """Say it as the command line takes it."""
        return f"--trials {self.trials}" if self.budget is None else f"--budget {self.budget}"

    @property
    def seconds(self) -> float | None:
        """The budget in seconds, if there is one."""
        return None if self.budget is None else microseconds(self.budget, name="budget") / 1e6


@dataclass
class Clock:
    """Measures trainings, and says what fits into the time that is left.

    Attributes:
        limit: Seconds, or None where time does not count.
        spent: Seconds that were spent before.
        now: The time in seconds; another clock in tests.
    """

    limit: float | None
    spent: float = 0.0
    now: Callable[[], float] = monotonic
    _start: float = 0.0
    _trained: float = 0.0
    _work: float = 0.0
    _asked: dict[float, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._start = self.now()

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning, with those before."""
        return self.spent + self.now() - self._start

    @property
    def left(self) -> float:
        """Seconds left; without a limit they never end."""
        return float("inf") if self.limit is None else self.limit - self.elapsed

    def note(self, model: Model, rung: Rung, *, trained: float, asked: float) -> None:
        """Learn from the seconds that one training took, and its questions."""
        self._trained += trained
        self._work += _work(model, rung)
        self._asked[rung.share] = asked

    def foresee(self, model: Model, rung: Rung) -> float:
        """Return the seconds that a training and its questions will take; 0 before the first."""
        if not self._work:
            return 0.0
        asked = self._asked.get(rung.share, max(self._asked.values()))
        return _MARGIN * (self._trained / self._work * _work(model, rung) + asked)


def _work(model: Model, rung: Rung) -> float:
    """Return about how many numbers a training touches: a centre's contexts and noise, by size.

    The constant is what a row costs whatever its size.
    """
    corpus = rung.prepared.corpus
    if isinstance(model, SessionSoftmax):
        rows = min(model.negative, corpus.n_items) + model.window
        return model.epochs * corpus.n_tokens * rows * (model.vector_size + 64)
    if isinstance(model, Elsa):
        steps = -(-len(corpus) // model.for_catalogue(corpus.n_items).batch_size)
        return model.epochs * model.vector_size * (steps * corpus.n_items * model.vector_size)
    reach = company(corpus)
    if corpus.ordered and model.window != "whole":
        reach = min(reach, float(model.window * (1 if model.shrink_windows else 2)))
    return model.epochs * corpus.n_tokens * (reach + model.negative) * (model.vector_size + 64)
