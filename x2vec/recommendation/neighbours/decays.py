"""Decays: what an event of a history weighs by its place, and how weights fall with distance."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import ConfigError
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.neighbours.arrays import LEAST

__all__ = ["Decay", "check_decay", "check_stretch", "exponential", "steps_back", "weights_by"]

Decay = Literal["same", "linear", "log", "inverse", "quadratic"]
"""How an event's weight falls with its place in the history, see :func:`weights_by`."""


def steps_back(histories: Histories) -> NDArray[np.int64]:
    """Return how many events follow each one in its history, (n_tokens,) int64.

    Example:
        >>> steps_back(Histories.of([[2, 0], [1]], n_items=3)).tolist()
        [1, 0, 0]
    """
    after = np.repeat(histories.offsets[1:], histories.lengths)
    return np.asarray(after - 1 - np.arange(len(histories.rows)))


def weights_by(decay: Decay, histories: Histories) -> NDArray[np.float64]:
    """Return what each event weighs, (n_tokens,) float64, above 0; 1 for the last of a history.

    With ``back`` events after this one, in a history of ``n``:

    - ``same``: 1.
    - ``linear``: ``(n - back) / n``.
    - ``log``: ``log(1.7) / log(back + 1.7)``.
    - ``inverse``: ``1 / (back + 1)``.
    - ``quadratic``: ``1 / (back + 1) ** 2``.

    Example:
        >>> weights_by("linear", Histories.of([[2, 0, 1, 0]], n_items=3)).tolist()
        [0.25, 0.5, 0.75, 1.0]
    """
    back = steps_back(histories)
    if decay == "linear":
        return np.asarray(1 - back / np.repeat(histories.lengths, histories.lengths))
    if decay == "log":
        return np.asarray(np.log(1.7) / np.log(back + 1.7))
    if decay == "same":
        return np.ones(len(back))
    return np.asarray(1 / (back + 1.0) ** (1 if decay == "inverse" else 2))


def exponential(distance: NDArray[np.int64], stretch: float | None) -> NDArray[np.float64]:
    """Return ``exp(-distance / stretch)``, never below 1e-8; 1 where the stretch is None."""
    if stretch is None:
        return np.ones(len(distance))
    return np.asarray(np.maximum(np.exp(-distance / stretch), LEAST))


def check_decay(name: str, decay: str) -> None:
    """Refuse a decay that does not exist.

    Raises:
        ConfigError: It names those that do.
    """
    if decay not in get_args(Decay):
        raise ConfigError(f"{name} must be one of {', '.join(get_args(Decay))}, not {decay!r}")


def check_stretch(name: str, stretch: float | None) -> None:
    """Refuse a stretch that is no finite number above 0, and not None.

    Raises:
        ConfigError: It says so.
    """
    if stretch is not None and not 0 < stretch < np.inf:
        raise ConfigError(f"{name} must be above 0 and finite, or None, not {stretch}")
