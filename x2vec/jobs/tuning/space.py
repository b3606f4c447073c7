"""The space: which settings of a model a tuning searches, and between which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from x2vec.errors import MissingPackageError
from x2vec.training import Elsa, Model, SkipGram

__all__ = ["Space", "optuna"]


def optuna() -> Any:
    """Return the package Optuna, whose log stays quiet.

    Raises:
        MissingPackageError: It is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise MissingPackageError(
            "Tuning needs the package optuna, which is not installed. "
            "Install x2vec-engine with its extra: tune."
        ) from error
    return optuna


@dataclass(frozen=True)
class _Number:
    """A setting between two bounds, whole where these are, drawn on a scale of logarithms."""

    name: str
    low: float
    high: float
    log: bool = True

    def distribution(self, start: Any) -> Any:
        package = optuna().distributions
        is_whole = isinstance(self.low, int)
        kind = package.IntDistribution if is_whole else package.FloatDistribution
        return kind(min(self.low, start), max(self.high, start), log=self.log)

    def of(self, model: Model) -> Any:
        value = getattr(model, self.name)
        return value if isinstance(self.low, int) else float(value)


@dataclass(frozen=True)
class _OneOf:
    """A setting that is one of some values."""

    name: str
    values: tuple[Any, ...]

    def distribution(self, start: Any) -> Any:
        values = list(dict.fromkeys([*self.values, start]))
        return optuna().distributions.CategoricalDistribution(values)

    def of(self, model: Model) -> Any:
        value = getattr(model, self.name)
        return float(value) if isinstance(self.values[0], float) else value


_Setting = _Number | _OneOf

_SKIP_GRAM: Final[tuple[_Setting, ...]] = (
    _Number("ns_exponent", -1.0, 1.0, log=False),
    _Number("negative", 2, 24),
    _Number("epochs", 3, 100),
    _Number("alpha", 0.004, 0.25),
    _OneOf("sample", (0.0, 1e-2, 1e-3, 1e-4, 1e-5)),
    _OneOf("vector_size", (32, 64, 128, 200)),
)
_WINDOW: Final = _Number("window", 1, 24)
_SHRUNK: Final = _OneOf("shrink_windows", (True, False))
_SOFTMAX: Final[tuple[_Setting, ...]] = (
    _Number("ns_exponent", 0.0, 1.0, log=False),
    _Number("negative", 128, 4096),
    _Number("epochs", 2, 20),
    _Number("alpha", 0.005, 0.3),
    _Number("dropout", 0.0, 0.6, log=False),
    _Number("window", 1, 50),
    _OneOf("vector_size", (64, 128, 200, 256)),
    _OneOf("square", (True, False)),
)
_ORDERED_SOFTMAX: Final[tuple[_Setting, ...]] = (
    _Number("decay", 0.1, 1.0, log=False),
    _OneOf("positions", ("decay", "learnt")),
    _OneOf("last_square", (True, False)),
)
_ELSA: Final[tuple[_Setting, ...]] = (
    _Number("epochs", 2, 60),
    _Number("alpha", 0.001, 0.1),
    _Number("batch_size", 128, 4096),
    _OneOf("vector_size", (64, 128, 256, 512)),
)
_HEAT: Final = _Number("temperature", 4.0, 40.0)


@dataclass(frozen=True)
class Space:
    """What is searched, around the settings that a tuning starts from.

    The bounds of skip-gram hold what the literature found best on sequences of items
    (Caselles-Dupré et al. 2018; exponents below zero among it); all are widened to hold the start.

    Attributes:
        start: The settings to start from, which are the first trial.
        ordered: Whether order inside a sequence means something; in baskets there is no window of
            skip-gram, and nothing is last.
        whole: Whether whole sequences are tried as windows of skip-gram, which takes long where
            these are.

    Example:
        >>> space = Space(SkipGram(), ordered=True)
        >>> space.model_of(space.params_of(SkipGram())) == SkipGram()
        True
    """

    start: Model
    ordered: bool
    whole: bool = True

    def distributions(self) -> dict[str, Any]:
        """Return the bounds of each setting, as Optuna's distributions."""
        start = self.params_of(self.start)
        bounds = {one.name: one.distribution(start[one.name]) for one in self._settings}
        if self._has_window:
            whole = _OneOf("whole", (False, True) if self.whole else (start["whole"],))
            for one in (_WINDOW, whole, _SHRUNK):
                bounds[one.name] = one.distribution(start[one.name])
        return bounds

    def params_of(self, model: Model) -> dict[str, Any]:
        """Return the settings of a model that are searched."""
        found = {one.name: one.of(model) for one in self._settings}
        if self._has_window and isinstance(model, SkipGram):
            whole = model.window == "whole"
            found |= {
                "window": SkipGram.window if whole else model.window,
                "whole": whole,
                "shrink_windows": model.shrink_windows,
            }
        return found

    def model_of(self, params: dict[str, Any]) -> Model:
        """Return the model of some settings; where the whole sequence counts, no window does."""
        found = dict(params)
        if found.pop("whole", False):
            found |= {"window": "whole", "shrink_windows": SkipGram.shrink_windows}
        low = min(self.start.min_alpha, found["alpha"])
        return replace(self.start, **found, min_alpha=low)

    def check(self, params: Mapping[str, Any]) -> None:
        """Refuse settings that are none of this space, as from a file that was changed.

        Raises:
            ValueError, TypeError: One is missing, unknown or out of its bounds.
        """
        optuna().trial.create_trial(
            value=0.0, params=dict(params), distributions=self.distributions()
        )

    @property
    def _has_window(self) -> bool:
        return self.ordered and isinstance(self.start, SkipGram)

    @property
    def _settings(self) -> tuple[_Setting, ...]:
        if isinstance(self.start, SkipGram):
            return _SKIP_GRAM
        if isinstance(self.start, Elsa):
            return _ELSA
        heat = () if self.start.temperature is None else (_HEAT,)
        return (*_SOFTMAX, *heat, *(_ORDERED_SOFTMAX if self.ordered else ()))
