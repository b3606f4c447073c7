"""ELSA: a third model, learnt to say what else is in a basket."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from x2vec.training.parameters import check_parameters, falling, rate_bounds

__all__ = ["Elsa"]

_ITEMS_TO_A_SEQUENCE = 8
_MOST = {"vector_size": 65_536, "epochs": 1_000_000, "batch_size": 65_536}


@dataclass(frozen=True)
class Elsa:
    """ELSA, a linear autoencoder of the sets of items (Vančura et al., RecSys 2022).

    A sequence is the set of its items, ``x`` of zeros and ones; with a vector of length 1 for each
    item, the rows of ``Z``, it is said again as ``y = x Z Z' - x``, where no item speaks for
    itself. The loss is the squared distance of ``x`` and ``y``, both brought to length 1. So two
    items have a high cosine where one of them tells of the other beyond what the rest of the
    sequence tells, which is what EASE (Steck 2019) learns without vectors. A history is asked by
    the mean of its vectors, ``in-in``. Order means nothing to it.

    ``|y|^2 = h Z'Z h' - 2 h h' + |x|^2`` with ``h = x Z``, so no step makes a row of the size of
    the catalogue: it costs ``n_items * vector_size^2``. Rows are moved by Adam (Kingma and Ba
    2015) and brought back to length 1.

    Attributes:
        vector_size: Numbers in a vector.
        epochs: Passes over the corpus.
        alpha: Learning rate at the start; it falls linearly.
        min_alpha: Learning rate at the end.
        batch_size: Sequences in a step; an eighth of the items where that is more.

    Raises:
        ConfigError: A value out of bounds; the message names all of them.

    Example:
        >>> Elsa(vector_size=32, epochs=3).batch_size
        512
    """

    example: ClassVar[str] = "sequence"
    """What a loss is the mean over."""

    vector_size: int = 256
    epochs: int = 15
    alpha: float = 0.01
    min_alpha: float = 0.0
    batch_size: int = 512

    def __post_init__(self) -> None:
        check_parameters(self, most=_MOST, numbers=("alpha", "min_alpha"), bounds=self._bounds)

    def _bounds(self) -> dict[str, tuple[bool, str]]:
        return rate_bounds(self.alpha, self.min_alpha)

    def for_catalogue(self, n_items: int) -> Elsa:
        """Return the model with batches in proportion to the catalogue, as is what a step costs.

        Example:
            >>> Elsa().for_catalogue(3_000).batch_size, Elsa().for_catalogue(80_000).batch_size
            (512, 10000)
        """
        least = min(n_items // _ITEMS_TO_A_SEQUENCE, _MOST["batch_size"])
        return replace(self, batch_size=max(self.batch_size, least))

    def alpha_at(self, done: float) -> float:
        """Return the learning rate when a share ``done`` of the training is done."""
        return falling(self.alpha, self.min_alpha, done)
