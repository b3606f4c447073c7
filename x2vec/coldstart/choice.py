"""Which rung answers for which evidence, by what each was worth on hidden items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.calibration import Calibration, calibration_error, cross_fitted
from x2vec.coldstart.features import Evidence
from x2vec.coldstart.simulation import Tried
from x2vec.evaluation.intervals import interval

__all__ = ["Choice", "Step", "choices"]


@dataclass(frozen=True, eq=False)
class Step:
    """A rung for one kind of evidence.

    Attributes:
        tried: What it was worth.
        calibration: From signals to confidence; None for a rung that is not better than the
            catalogue centroid, whose confidence is 0.
        error: The expected calibration error of the confidence, each item's by a curve fitted to
            others; None where there is none.
    """

    tried: Tried
    calibration: Calibration | None
    error: float | None

    @property
    def rung(self) -> str:
        """Return its name."""
        return self.tried.rung


@dataclass(frozen=True, eq=False)
class Choice:
    """The rungs for one kind of evidence.

    Attributes:
        evidence: The groups that something is known of.
        steps: All the rungs in the order of the ladder.
        order: Their places, the best first, down to the catalogue centroid; what is worse than
            that is left out.
    """

    evidence: Evidence
    steps: tuple[Step, ...]
    order: tuple[int, ...]


def choices(tried: Sequence[Tried], *, by: str, seed: int) -> tuple[Choice, ...]:
    """Order the rungs for each evidence that was simulated.

    A rung is chosen only if it is better than the catalogue centroid by cosine beyond chance: the
    95 % interval of the difference, item by item, lies above 0.

    Args:
        tried: As ``simulate`` returns it.
        by: ``"recall"`` or ``"cosine"``: what the best has most of.
        seed: Of intervals and folds.
    """
    return tuple(
        _choice(evidence, list(ones), by=by, seed=seed)
        for evidence, ones in groupby(tried, key=lambda one: one.evidence)
    )


def _choice(evidence: Evidence, tried: Sequence[Tried], *, by: str, seed: int) -> Choice:
    centroid = tried[-1]
    better = [
        place
        for place, one in enumerate(tried[:-1])
        if mean_of(one.cosine - centroid.cosine, seed=seed)[1] > 0
    ]
    better.sort(key=lambda place: (-float(getattr(tried[place], by).mean()), place))
    steps = tuple(
        _step(one, is_better=place in better, seed=seed) for place, one in enumerate(tried)
    )
    return Choice(evidence, steps, (*better, len(tried) - 1))


def _step(tried: Tried, *, is_better: bool, seed: int) -> Step:
    inside = tried.answered
    if not is_better or np.count_nonzero(inside) < 2:
        return Step(tried, None, None)
    found, nearer = tried.signals[inside], tried.nearer[inside]
    error = calibration_error(cross_fitted(found, nearer, seed=seed), nearer)
    return Step(tried, Calibration.fit(found, nearer), error)


def mean_of(values: NDArray[np.float64], *, seed: int) -> tuple[float, float, float]:
    """Return the mean of some items and its 95 % interval, each item drawn by itself."""
    low, high = interval(values, np.ones(len(values)), np.arange(len(values)), seed=seed)
    return float(values.mean()), low, high


def for_evidence(choice: Iterable[Choice], evidence: Evidence) -> Choice | None:
    """Return the choice for the most groups that are all known; None if there is none.

    Example:
        >>> measured = [Choice(("text", "numbers"), (), ()), Choice(("text",), (), ())]
        >>> for_evidence(measured, ("attributes", "text")).evidence
        ('text',)
    """
    fitting = [one for one in choice if set(one.evidence) <= set(evidence)]
    return max(fitting, key=lambda one: len(one.evidence), default=None)
