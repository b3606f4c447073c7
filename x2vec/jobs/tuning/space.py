"""The space: which settings of skip-gram a tuning searches, and between which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from x2vec.errors import MissingPackageError
from x2vec.training import SkipGram

__all__ = ["Space", "optuna"]

_SIZES: Final = (32, 64, 128, 200)
_SAMPLES: Final = (0.0, 1e-2, 1e-3, 1e-4, 1e-5)


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
class Space:
    """What is searched, around the settings that a tuning starts from.

    The bounds hold what the literature found best on sequences of items (Caselles-Dupré et al.
    2018; exponents below zero among it), and are widened to hold the start.

    Attributes:
        start: The settings to start from, which are the first trial.
        ordered: Whether order inside a sequence means something; in baskets there is no window.
        whole: Whether whole sequences are tried as windows, which takes long where these are.

    Example:
        >>> space = Space(SkipGram(), ordered=True)
        >>> space.model_of(space.params_of(SkipGram())) == SkipGram()
        True
    """

    start: SkipGram
    ordered: bool
    whole: bool = True

    def distributions(self) -> dict[str, Any]:
        """Return the bounds of each setting, as Optuna's distributions."""
        package = optuna().distributions
        start = self.params_of(self.start)

        def number(name: str, low: float, high: float, *, log: bool = True) -> Any:
            value = start[name]
            kind = package.IntDistribution if isinstance(value, int) else package.FloatDistribution
            return kind(min(low, value), max(high, value), log=log)

        def one_of(name: str, *values: Any) -> Any:
            return package.CategoricalDistribution(list(dict.fromkeys([*values, start[name]])))

        bounds = {
            "ns_exponent": number("ns_exponent", -1.0, 1.0, log=False),
            "negative": number("negative", 2, 24),
            "epochs": number("epochs", 3, 100),
            "alpha": number("alpha", 0.004, 0.25),
            "sample": one_of("sample", *_SAMPLES),
            "vector_size": one_of("vector_size", *_SIZES),
        }
        if self.ordered:
            bounds["window"] = number("window", 1, 24)
            bounds["whole"] = one_of("whole", *([False, True] if self.whole else []))
            bounds["shrink_windows"] = one_of("shrink_windows", True, False)
        return bounds

    def params_of(self, model: SkipGram) -> dict[str, Any]:
        """Return the settings of a model that are searched."""
        names = ["ns_exponent", "negative", "epochs", "alpha", "sample", "vector_size"]
        found = {name: getattr(model, name) for name in names}
        for name in ("ns_exponent", "alpha", "sample"):
            found[name] = float(found[name])
        if self.ordered:
            whole = model.window == "whole"
            found |= {
                "window": SkipGram.window if whole else model.window,
                "whole": whole,
                "shrink_windows": model.shrink_windows,
            }
        return found

    def model_of(self, params: dict[str, Any]) -> SkipGram:
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
