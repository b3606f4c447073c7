"""Which rung answers for which evidence, by what each was worth on hidden items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.calibration import Calibration, calibration_error, cross_fitted
from x2vec.coldstart.features import Evidence
from x2vec.coldstart.simulation import Tried
from x2vec.evaluation.intervals import ends, resampled_ratios

__all__ = ["Choice", "Step", "choices"]


Figure = tuple[float, float, float]
"""A mean, and the ends of its 95 % interval."""


@dataclass(frozen=True, eq=False)
class Step:
    """A rung for one kind of evidence, and what it was worth.

    Attributes:
        rung: Its name.
        factors: What brings the lengths of its predictions to those of the truth.
        n: Hidden items that it was tried on.
        answered: The share of them that it had an answer to.
        nearer: The share whose vector was nearer than the catalogue centroid.
        cosine: Its mean, and the ends of its 95 % interval.
        recall: The same of its recall.
        calibration: From signals to confidence; None for a rung that is not better than the
            catalogue centroid, whose confidence is 0.
        error: The expected calibration error of the confidence, each item's by a curve fitted to
            others; None where there is none.
        reach: How far its context vectors stand from those of the rarest items, in parts of what is
            predicted; None where there are none, or none was measured, as by older versions.
    """

    rung: str
    factors: tuple[float, ...]
    n: int
    answered: float
    nearer: float
    cosine: Figure
    recall: Figure
    calibration: Calibration | None
    error: float | None
    reach: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it; ``Step.of`` reads it."""
        curve = self.calibration
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**plain, "calibration": None if curve is None else curve.to_dict()}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Step:
        """Return what ``to_dict`` wrote down."""
        curve = plain["calibration"]
        figures = {name: tuple(plain[name]) for name in ("factors", "cosine", "recall")}
        read = None if curve is None else Calibration.of(curve)
        return cls(**{**plain, **figures, "calibration": read})


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

    def __post_init__(self) -> None:
        if not {*self.order} <= {*range(len(self.steps))}:
            raise ValueError(f"order names {self.order}; there are {len(self.steps)} steps")

    @property
    def answering(self) -> tuple[str, ...]:
        """The rungs that may answer, the best first."""
        return tuple(self.steps[place].rung for place in self.order)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it; ``Choice.of`` reads it.

        Example:
            >>> figure = (0.5, 0.4, 0.6)
            >>> step = Step("ridge", (1.5,), 40, 1.0, 0.9, figure, figure, None, None)
            >>> choice = Choice(("text",), (step,), (0,))
            >>> Choice.of(choice.to_dict()).to_dict() == choice.to_dict()
            True
        """
        steps = [step.to_dict() for step in self.steps]
        return {"evidence": [*self.evidence], "steps": steps, "order": [*self.order]}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Choice:
        """Return what ``to_dict`` wrote down."""
        steps = tuple(Step.of(step) for step in plain["steps"])
        return cls(tuple(plain["evidence"]), steps, tuple(plain["order"]))


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
    last = len(tried) - 1
    cosine = np.column_stack([one.cosine for one in tried])
    recall = np.column_stack([one.recall for one in tried])
    figures = _figures(np.hstack([cosine, recall, cosine - cosine[:, last:]]), seed=seed)
    gains = figures[2 * len(tried) :]
    better = [place for place in range(last) if gains[place][1] > 0]
    of = figures[: len(tried)] if by == "cosine" else figures[len(tried) : 2 * len(tried)]
    better.sort(key=lambda place: (-of[place][0], place))
    steps = tuple(
        _step(
            one, figures[place], figures[len(tried) + place], is_better=place in better, seed=seed
        )
        for place, one in enumerate(tried)
    )
    return Choice(evidence, steps, (*better, last))


def _step(tried: Tried, cosine: Figure, recall: Figure, *, is_better: bool, seed: int) -> Step:
    inside = tried.answered
    shares = (float(inside.mean()), float(tried.nearer.mean()))
    about = (tried.rung, tried.factors, len(tried.cosine), *shares)
    if not is_better or np.count_nonzero(inside) < 2:
        return Step(*about, cosine, recall, None, None, tried.reach)
    found, nearer = tried.signals[inside], tried.nearer[inside]
    error = calibration_error(cross_fitted(found, nearer, seed=seed), nearer)
    return Step(*about, cosine, recall, Calibration.fit(found, nearer), error, tried.reach)


def _figures(values: NDArray[np.float64], *, seed: int) -> list[Figure]:
    """Return the mean of each column and its 95 % interval, each item drawn by itself."""
    ratios = resampled_ratios(
        values, np.ones((len(values), 1)), which=np.zeros(values.shape[1], np.int64), seed=seed
    )
    low, high = ends(ratios)
    return list(zip(values.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True))


def for_evidence(choice: Iterable[Choice], evidence: Evidence) -> Choice | None:
    """Return the choice for the most groups that are all known; None if there is none.

    Example:
        >>> measured = [Choice(("text", "numbers"), (), ()), Choice(("text",), (), ())]
        >>> for_evidence(measured, ("attributes", "text")).evidence
        ('text',)
    """
    fitting = [one for one in choice if set(one.evidence) <= set(evidence)]
    return max(fitting, key=lambda one: len(one.evidence), default=None)
