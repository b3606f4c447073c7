"""Model parameters: plain values with gensim's spellings, each held to its bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from x2vec.errors import ConfigError

__all__ = ["SkipGram", "is_count", "is_number"]

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
        problems = [
            f"{name} is {getattr(self, name)!r}; it must be a whole number from 1 to {most:,}"
            for name, most in _MOST.items()
            if not (name == "window" and self.window == "whole")
            and not is_count(getattr(self, name), most)
        ]
        numbers = ("ns_exponent", "sample", "alpha", "min_alpha")
        strange = [name for name in numbers if not is_number(getattr(self, name))]
        problems += [f"{name} is {getattr(self, name)!r}; it must be a number" for name in strange]
        if not strange:
            problems += self._out_of_bounds()
        if problems:
            raise ConfigError("\n".join(problems))

    def _out_of_bounds(self) -> list[str]:
        bounds = {
            "ns_exponent": (-4 <= self.ns_exponent <= 4, "lie between -4 and 4"),
            "sample": (0 <= self.sample < 1, "be at least 0 and below 1"),
            "alpha": (0 < self.alpha <= 1, "be above 0 and at most 1"),
            "min_alpha": (
                0 <= self.min_alpha <= self.alpha,
                f"lie between 0 and alpha, {self.alpha}",
            ),
        }
        return [
            f"{name} is {getattr(self, name)}; it must {words}"
            for name, (holds, words) in bounds.items()
            if not holds
        ]

    def alpha_at(self, done: float) -> float:
        """Return the learning rate when a share ``done`` of the training is done."""
        return self.alpha - (self.alpha - self.min_alpha) * done


def is_count(value: object, most: int) -> bool:
    """Return whether a value is a whole number from 1 to ``most``."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def is_number(value: object) -> bool:
    """Return whether a value is a number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
