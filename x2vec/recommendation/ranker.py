"""The ranker protocol: a history goes in, a score for every item of the catalogue comes out."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import UsageError
from x2vec.recommendation.histories import Histories

__all__ = ["Ranker", "check_askable", "check_vocabulary"]


@runtime_checkable
class Ranker(Protocol):
    """What every model of the leaderboard is: a frozen, fitted value that scores histories.

    The same histories give the same scores, whichever others are asked in the same call, up to
    float32 rounding: a matrix product of another shape may add in another order.
    """

    @property
    def name(self) -> str:
        """What reports call the model."""

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary that it was fitted to."""

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Return which queries the model has something to say about, (n_queries,) bool."""

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Score the whole catalogue for queries that the model answers.

        Returns:
            (n_queries, n_items) float32, finite, higher is better; may be a read-only view.

        Raises:
            UsageError: A history that ``answers`` marks as False, or one that is written in the
                rows of another vocabulary.
        """


def check_vocabulary(ranker: Ranker, histories: Histories) -> None:
    """Refuse histories that are written in the rows of another vocabulary.

    Raises:
        UsageError: The vocabularies differ in size.
    """
    if histories.n_items != ranker.n_items:
        raise UsageError(
            f"{ranker.name}: the histories are rows of a vocabulary of {histories.n_items} items, "
            f"the model was fitted to {ranker.n_items}. Write both with the same vocabulary."
        )


def check_askable(ranker: Ranker, histories: Histories) -> None:
    """Refuse histories that a ranker has no answer to; for use at the start of ``scores``.

    Raises:
        UsageError: See :meth:`Ranker.scores`.
    """
    check_vocabulary(ranker, histories)
    unanswered = np.flatnonzero(~ranker.answers(histories))
    if len(unanswered):
        raise UsageError(
            f"{ranker.name}: has no answer to {len(unanswered)} of {len(histories)} histories, the "
            f"first of them query {unanswered[0]}. Ask only those that answers() marks as True."
        )
