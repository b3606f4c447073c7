"""The section ``[training]``: how the model is fitted, and which engines can do what it asks."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from x2vec._plugins import ENGINES, find
from x2vec.errors import ConfigError
from x2vec.training import Control

__all__ = ["Training"]


@dataclass(frozen=True)
class Training:
    """How the model is fitted.

    Attributes:
        engine: The engine's name.
        workers: Threads. With one, or ``deterministic``, the same seed gives the same bytes.
        seed: From 0 to 2**32 - 1.
        deterministic: Whether any number of workers shall give the same bytes.
        checkpoint_every: Seconds between two checkpoints; 0 writes one only when interrupted.
        patience: Epochs in a row without a better recall@20 of held-out items after which
            training ends, with the vectors of the best epoch; 0 trains all epochs.
        validation_queries: So many items are held out for that, at most, and at most one from a
            tenth of the training sequences; without ``patience`` none.
    """

    engine: str = "native"
    workers: int = 1
    seed: int = 1
    deterministic: bool = False
    checkpoint_every: float = 600.0
    patience: int = 0
    validation_queries: int = 5_000

    def __post_init__(self) -> None:
        Control(seed=self.seed, workers=self.workers, deterministic=self.deterministic)
        if not 0 <= self.checkpoint_every < inf:
            raise ConfigError(
                f"checkpoint_every is {self.checkpoint_every}; it must be at least 0 seconds"
            )
        for name, least in (("patience", 0), ("validation_queries", 1)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise ConfigError(f"{name} is {value!r}; it must be a whole number from {least} on")
        needs = {"deterministic": self.deterministic, "is_enough": self.patience > 0}
        lacking = {name for name, is_asked in needs.items() if is_asked} - self._engine_can()
        if lacking:
            key = "deterministic" if "deterministic" in lacking else "patience"
            raise ConfigError(
                f"{key} is {getattr(self, key)}, which engine {self.engine!r} has not; set engine "
                f'= "native", or leave {key} out'
            )

    @property
    def keeps_checkpoints(self) -> bool:
        """Whether the engine can hand out its state, and go on from one."""
        return {"keep", "start"} <= self._engine_can()

    def _engine_can(self) -> frozenset[str]:
        can: frozenset[str] = find(ENGINES, self.engine)().can
        return can
