"""Model parameters: plain values with gensim's spellings, each held to its bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from x2vec.errors import ConfigError

__all__ = ["SkipGram", "check_parameters", "falling", "rate_bounds"]

_MOST = {"vector_size": 65_536, "window": 2**31 - 1, "negative": 1_000, "epochs": 1_000_000}


@dataclass(frozen=True)
class SkipGram:
    """Skip-gram with negative sampling (Mikolov et al. 2013, "Distributed Representations").

    Attributes:
        vector_size: Numbers in a vector.
        window: Events on either side that count as context, or ``"whole"`` for the whole
            sequence. Baskets always train on the whole basket: their order means nothing.
        shrink_windows: Draw each window's reach from ``1 .. window``, so that near events weigh
            more. Has no effect on whole sequences.
        negative: Noise items drawn for each pair.
        ns_exponent: Noise items are drawn from ``count ** ns_exponent``; 0.75 for text, often
            less, even below zero, for items (Caselles-Dupré et al. 2018).
        sample: Share of all events above which the events of an item are skipped at random; 0
            skips none. Text is trained with 1e-3 to 1e-5; in a catalogue of a few hundred items
            every item is above that, so nothing is skipped unless asked for.
        epochs: Passes over the corpus.
        alpha: Learning rate at the start; it falls linearly.
        min_alpha: Learning rate at the end.

    Raises:
        ConfigError: A value out of bounds; the message names all of them.

    Example:
        >>> SkipGram(vector_size=32, epochs=3).negative
        5
    """

    example: ClassVar[str] = "pair"
    """What a loss is the mean over."""

    vector_size: int = 64
    window: int | Literal["whole"] = 5
    shrink_windows: bool = True
    negative: int = 5
    ns_exponent: float = 0.75
    sample: float = 0.0
    epochs: int = 5
    alpha: float = 0.025
    min_alpha: float = 0.0001

    def __post_init__(self) -> None:
        most = {k: v for k, v in _MOST.items() if k != "window" or self.window != "whole"}
        numbers = ("ns_exponent", "sample", "alpha", "min_alpha")
        check_parameters(self, most=most, numbers=numbers, bounds=self._bounds)

    def _bounds(self) -> dict[str, tuple[bool, str]]:
        return {
            "ns_exponent": (-4 <= self.ns_exponent <= 4, "lie between -4 and 4"),
            "sample": (0 <= self.sample < 1, "be at least 0 and below 1"),
            **rate_bounds(self.alpha, self.min_alpha),
        }

    def alpha_at(self, done: float) -> float:
        """Return the learning rate when a share ``done`` of the training is done."""
        return falling(self.alpha, self.min_alpha, done)


def rate_bounds(alpha: float, min_alpha: float) -> dict[str, tuple[bool, str]]:
    """Return whether the learning rates keep their bounds, and the bounds in words."""
    return {
        "alpha": (0 < alpha <= 1, "be above 0 and at most 1"),
        "min_alpha": (0 <= min_alpha <= alpha, f"lie between 0 and alpha, {alpha}"),
    }


def falling(alpha: float, min_alpha: float, done: float) -> float:
    """Return the learning rate on a line from ``alpha`` to ``min_alpha`` at a share ``done``."""
    return alpha - (alpha - min_alpha) * done


def check_parameters(
    parameters: object,
    *,
    most: Mapping[str, int],
    numbers: Iterable[str],
    bounds: Callable[[], Mapping[str, tuple[bool, str]]],
) -> None:
    """Refuse parameters out of bounds, all of them in one message.

    Args:
        parameters: A model's.
        most: Fields that are whole numbers from 1 on, with the highest that each may be.
        numbers: Fields that are any numbers.
        bounds: For some of these whether they keep their bound, and the bound in words; asked
            once all of them are numbers.

    Raises:
        ConfigError: Something is wrong.
    """
    problems = [
        f"{name} is {getattr(parameters, name)!r}; it must be a whole number from 1 to {high:,}"
        for name, high in most.items()
        if not _is_count(getattr(parameters, name), high)
    ]
    strange = [name for name in numbers if not _is_number(getattr(parameters, name))]
    problems += [
        f"{name} is {getattr(parameters, name)!r}; it must be a number" for name in strange
    ]
    if not strange:
        problems += [
            f"{name} is {getattr(parameters, name)}; it must {words}"
            for name, (holds, words) in bounds().items()
            if not holds
        ]
    if problems:
        raise ConfigError("\n".join(problems))


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
