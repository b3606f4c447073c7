"""How a training is run, apart from what is learnt: where it starts, who watches, when it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import ConfigError
from x2vec.progress import Listener, silent
from x2vec.training.side import Side

__all__ = ["Control", "Matrices", "State"]


@dataclass(frozen=True, eq=False)
class Matrices:
    """What training makes: two rows for each item.

    Attributes:
        vectors: (n_items, vector_size) float32, the in-vectors.
        context_vectors: (n_items, vector_size) float32, the out-vectors; an in-vector times an
            out-vector is the log-odds that the second item stands near the first.
        losses: Mean loss in each epoch, of a pair or of a query in nats, or of a sequence as ELSA
            measures it; None where the engine does not know it truly.
        query_matrix: (vector_size, vector_size) float32: a history is asked as ``m + (l - m) Q``,
            with ``m`` the mean of its vectors and ``l`` the last one. None asks as ``m``.
        fades: (window,) float32, what an item of the history weighs so many places before the last
            one, where that is learnt.
        attributes: (n_attributes, vector_size) float32, the in-vectors of the attributes that were
            trained with the items, if any; those of the items hold what they add.
        attribute_contexts: Their out-vectors.
    """

    vectors: NDArray[np.float32]
    context_vectors: NDArray[np.float32]
    losses: tuple[float, ...] | None = None
    query_matrix: NDArray[np.float32] | None = None
    fades: NDArray[np.float32] | None = None
    attributes: NDArray[np.float32] | None = None
    attribute_contexts: NDArray[np.float32] | None = None

    @property
    def is_tied(self) -> bool:
        """Whether one matrix serves as both, as in ELSA; its copies are the same."""
        return np.array_equal(self.vectors, self.context_vectors)

    @property
    def is_finite(self) -> bool:
        """Whether every number of the matrices is finite."""
        beside = (self.attributes, self.attribute_contexts)
        both = (self.vectors, self.context_vectors, *(one for one in beside if one is not None))
        ends = [end for matrix in both for end in (matrix.min(), matrix.max())]  # NaN is both
        return bool(np.isfinite(ends).all())


@dataclass(frozen=True, eq=False)
class State:
    """Where a training stands: all that it takes to go on.

    Attributes:
        matrices: Both matrices as they are, and the losses of the epochs that are done. Of items
            with attributes it is their own vectors, to which the attributes' are still to be added.
        epoch: The epoch under way, from 0.
        steps: Steps of it that are done; what a step is, the engine knows.
        loss: Summed loss of these steps, in nats.
        pairs: Their pairs.
        extra: What else the engine needs to go on, by name; training goes on in these arrays.
    """

    matrices: Matrices
    epoch: int = 0
    steps: int = 0
    loss: float = 0.0
    pairs: float = 0.0
    extra: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


@dataclass(frozen=True)
class Control:
    """How a training is run.

    Attributes:
        seed: From 0 to 2**32 - 1. Same seed and one worker, or ``deterministic``: same bytes.
        workers: Threads.
        deterministic: Whether any number of workers shall give the same bytes.
        listen: Hears the progress, and each epoch's loss.
        start: Where to go on from; the beginning unless given.
        keep: Is given the state every ``keep_every`` seconds, and once more before an interrupt
            (any exception that is raised while training waits) goes on its way. Training goes on
            in the matrices of the state: write or copy them at once.
        keep_every: Seconds.
        is_enough: Asked after each epoch; training ends where it says yes.
        side: What is known of the items beside their events; None for nothing.

    Raises:
        ConfigError: ``seed``, ``workers`` or ``keep_every`` is out of bounds.
    """

    seed: int = 1
    workers: int = 1
    deterministic: bool = False
    listen: Listener = silent
    start: State | None = None
    keep: Callable[[State], None] | None = None
    keep_every: float = 600.0
    is_enough: Callable[[Matrices], bool] | None = None
    side: Side | None = None

    def __post_init__(self) -> None:
        for name, value in (("workers", self.workers), ("seed", self.seed)):
            if not isinstance(value, int) or isinstance(value, bool):
                raise ConfigError(f"{name} is {value!r}; it must be a whole number")
        if self.workers < 1:
            raise ConfigError(f"workers is {self.workers}; it must be at least 1")
        if not 0 <= self.seed < 2**32:
            raise ConfigError(f"seed is {self.seed}; it must lie between 0 and {2**32 - 1}")
        if not self.keep_every >= 0:
            raise ConfigError(f"keep_every is {self.keep_every}; it must be at least 0 seconds")

    @property
    def needs(self) -> frozenset[str]:
        """What this asks of an engine beyond plain training."""
        asked = {
            "deterministic": self.deterministic,
            "start": self.start is not None,
            "keep": self.keep is not None,
            "is_enough": self.is_enough is not None,
            "side information": self.side is not None,
        }
        return frozenset(name for name, is_asked in asked.items() if is_asked)
