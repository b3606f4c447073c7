"""Rules "who has this comes to that": a sparse table of items by items, asked with a history.

What the counting baselines share; they differ in what they count and in how much of a history
counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.errors import ConfigError, DataError
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.ranker import check_askable

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Rules", "check_ordered", "shares"]


@dataclass(frozen=True, eq=False)
class Rules:
    """Scores an item by the rules that lead to it from the history.

    Attributes:
        table: (n_items, n_items) float32, sparse: what each item of a history brings to the others.
        last: How many items at the end of a history count; None for all of them.
        name: What reports call it.

    Raises:
        ConfigError: ``last`` is below 1.

    Example:
        >>> from scipy.sparse import csr_array
        >>> rules = Rules(csr_array(np.array([[0, 0.75], [0, 0]], dtype=np.float32)), last=1)
        >>> rules.scores(Histories.of([[1, 0]], n_items=2)).tolist()
        [[0.0, 0.75]]
    """

    table: csr_array
    last: int | None = None
    name: str = "rules"

    def __post_init__(self) -> None:
        if self.last is not None and self.last < 1:
            raise ConfigError(f"last must be at least 1, or None for all, not {self.last}")

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return int(self.table.shape[0])

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer the queries where what counts of the history leads anywhere."""
        return self._counting(histories).hold(self._leads_on)

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Sum the rules up, (n_queries, n_items) float32; 0 for an item that none leads to."""
        check_askable(self, histories)
        scores: NDArray[np.float32] = (self._counting(histories).weights() @ self.table).toarray()
        return scores

    def _counting(self, histories: Histories) -> Histories:
        return histories if self.last is None else histories.tail(self.last)

    @cached_property
    def _leads_on(self) -> NDArray[np.bool_]:
        return np.asarray(np.diff(self.table.indptr) > 0)


def check_ordered(corpus: Corpus, *, name: str, instead: str) -> None:
    """Refuse baskets, for a baseline that learns from the order.

    Args:
        corpus: The training part.
        name: Which baseline it is.
        instead: Which one to take for baskets.

    Raises:
        DataError: The sequences are baskets.
    """
    if not corpus.ordered:
        raise DataError(
            f"{name}: learns from the order of a sequence, and the order inside a basket means "
            f"nothing. Take {instead}, or read the source as ordered events."
        )


def shares(table: csr_array) -> csr_array:
    """Return a table whose rows are divided by their sums, so that rules are probabilities.

    Example:
        >>> from scipy.sparse import csr_array
        >>> shares(csr_array(np.array([[1, 3], [0, 0]], dtype=np.float32))).toarray().tolist()
        [[0.25, 0.75], [0.0, 0.0]]
    """
    from scipy.sparse import csr_array

    lengths = np.diff(table.indptr)
    sums = np.repeat(np.asarray(table.sum(axis=1)), lengths)
    values = (table.data / sums).astype(np.float32)
    return csr_array((values, table.indices, table.indptr), shape=table.shape)
