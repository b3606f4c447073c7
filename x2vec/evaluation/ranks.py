"""Where the target stands among the whole catalogue, with every tie counted against the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ranks", "target_ranks"]


@dataclass(frozen=True, eq=False)
class Ranks:
    """Where one model put the target of each query; what intervals and paired tests start from.

    Attributes:
        ranked: (n_queries,) bool, whether the target has a rank: the model answers the query, the
            vocabulary holds the target, and it did not leave with its own history.
        ranks: (number of ranked,) int64 from 1, in the order of the queries.

    Raises:
        ValueError: Not as many ranks as queries marked as ranked.

    Example:
        >>> ranks = Ranks(np.array([True, False, True]), np.array([1, 4]))
        >>> ranks.per_query(1 / ranks.ranks).tolist()
        [1.0, 0.0, 0.25]
    """

    ranked: NDArray[np.bool_]
    ranks: NDArray[np.int64]

    def __post_init__(self) -> None:
        if len(self.ranks) != np.count_nonzero(self.ranked):
            raise ValueError(
                f"{len(self.ranks)} ranks for {np.count_nonzero(self.ranked)} ranked targets"
            )

    def per_query(self, gains: NDArray[np.float64]) -> NDArray[np.float64]:
        """Spread what each rank earns over all queries, (n_queries,) float64; a miss earns 0."""
        spread = np.zeros(len(self.ranked))
        spread[self.ranked] = gains
        return spread


def target_ranks(
    scores: NDArray[np.float32],
    targets: NDArray[np.int32],
    *,
    excluded: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> NDArray[np.int64]:
    """Return 1 plus the number of other items whose score is at least the target's.

    A constant scorer thus ranks every target last; with ties in its favour it would be perfect.

    Args:
        scores: (n_queries, n_items), finite.
        targets: (n_queries,) rows of the right items.
        excluded: Pairs of a query and a row that leave the ranking, each pair once; a pair that
            names the query's own target is passed over.

    Returns:
        (n_queries,) int64, from 1 to n_items.

    Example:
        >>> scores = np.array([[0.9, 0.5, 0.5, 0.1]], dtype=np.float32)
        >>> target_ranks(scores, np.array([1])).tolist()
        [3]
    """
    of_target = scores[np.arange(len(scores)), targets]
    at_least = scores >= of_target[:, None]
    ranks: NDArray[np.int64] = np.count_nonzero(at_least, axis=1)  # the target counts for the 1
    if excluded is not None:
        queries, rows = excluded
        ahead = at_least[queries, rows] & (rows != targets[queries])
        ranks -= np.bincount(queries[ahead], minlength=len(scores))
    return ranks
