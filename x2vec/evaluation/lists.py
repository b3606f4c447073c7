"""Metrics of lists: what a model shows to all, whether or not it is right; one function each."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.evaluation.ranking import Ranked
from x2vec.evaluation.similarity import ItemColumns, list_similarities

__all__ = ["Catalogue", "ListTotals", "coverage", "gini", "popularity_ranks"]

MOST_LISTS = 1_000
"""Lists whose similarity is looked at, spread evenly over the queries: each has 190 pairs of items,
and an item of a long history may stand in every sequence."""


def coverage(shown: NDArray[np.integer]) -> float:
    """Return the share of the catalogue that stands in at least one list.

    Args:
        shown: (n_items,) in how many lists each item stands.

    Returns:
        From 0 to 1; 0 for an empty catalogue.

    Example:
        >>> coverage(np.array([3, 0, 1, 0]))
        0.5
    """
    return float(np.count_nonzero(shown) / max(len(shown), 1))


def gini(shown: NDArray[np.integer]) -> float | None:
    """Return how unequally the places of all lists go to the items of the catalogue.

    It is the mean difference between the numbers of places of two items, by twice their mean
    (Gini, 1912): 0 where every item is shown as often, and close to 1 where one item has all.
    Items that are never shown count.

    Args:
        shown: (n_items,) in how many lists each item stands.

    Returns:
        From 0 to ``1 - 1 / n_items``; None where nothing is shown.

    Example:
        >>> gini(np.array([2, 2, 2, 2])), gini(np.array([8, 0, 0, 0]))
        (0.0, 0.75)
    """
    n, total = len(shown), int(shown.sum())
    if not total:
        return None
    sizes = np.bincount(shown).astype(np.float64)  # how many items are shown 0, 1, 2 ... times
    middles = np.cumsum(sizes) - (sizes - 1) / 2  # where these stand, items by rising number
    sums = np.arange(len(sizes)) * sizes
    return float(sums @ (2 * middles - n - 1) / (n * total))


def popularity_ranks(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return where each item stands by training events, 1 for the most popular; ties share a rank.

    Args:
        counts: (n_items,) training events.

    Returns:
        (n_items,) float64, the mean of the places that the items of one count take.

    Example:
        >>> popularity_ranks(np.array([5, 9, 5])).tolist()
        [2.5, 1.0, 2.5]
    """
    _, inverse, sizes = np.unique(-counts, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    return np.asarray(last - (sizes - 1) / 2)[inverse]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What the training part says of the items.

    Attributes:
        popularity: (n_items,) the popularity rank of each item.
        columns: Which sequences hold each item.
    """

    popularity: NDArray[np.float64]
    columns: ItemColumns

    @classmethod
    def of(cls, corpus: Corpus | None) -> Catalogue | None:
        """Read it off the training part; None where that is not at hand."""
        if corpus is None:
            return None
        return cls(popularity_ranks(corpus.counts()), ItemColumns.of(corpus))


@dataclass(frozen=True, eq=False)
class ListTotals:
    """What the lists of one model hold, filled block after block; the lists are not kept.

    Attributes:
        ks: Cut-offs.
        groups: (n_queries,) the jackknife group of each query.
        shown: (n_ks, n_groups, n_items) int32, how often each item is shown to each group.
        popularity: (n_queries, n_ks) mean popularity rank in each list, NaN where there is none;
            None without a catalogue.
        similarity: (n_queries, n_ks) mean cosine of the pairs in each list, NaN where there is no
            pair, or where nobody looked (see ``MOST_LISTS``); None without a catalogue.
        catalogue: What the training part says of the items.
    """

    ks: tuple[int, ...]
    groups: NDArray[np.int64]
    shown: NDArray[np.int32]
    popularity: NDArray[np.float64] | None
    similarity: NDArray[np.float64] | None
    catalogue: Catalogue | None

    @classmethod
    def empty(
        cls, groups: NDArray[np.int64], n_items: int, ks: Sequence[int], catalogue: Catalogue | None
    ) -> ListTotals:
        """Make room for the lists of all queries."""
        shape = (len(groups), len(ks))
        n_groups = int(groups.max(initial=-1)) + 1
        return cls(
            ks=tuple(sorted(ks)),
            groups=groups,
            shown=np.zeros((len(ks), n_groups, n_items), dtype=np.int32),
            popularity=None if catalogue is None else np.full(shape, np.nan),
            similarity=None if catalogue is None else np.full(shape, np.nan),
            catalogue=catalogue,
        )

    def add(
        self,
        positions: NDArray[np.int64],
        ranked: Ranked,
        *,
        pool: ThreadPoolExecutor | None = None,
    ) -> None:
        """Count the lists of some queries.

        Args:
            positions: (n_lists,) which queries they belong to.
            ranked: The lists.
            pool: Threads that share the work.
        """
        n_places = ranked.rows.shape[1]
        for at, k in enumerate(self.ks):
            places = np.arange(min(k, n_places))
            is_shown = places < ranked.lengths[:, None]
            rows = ranked.rows[:, : len(places)][is_shown]
            group = np.broadcast_to(self.groups[positions, None], is_shown.shape)[is_shown]
            np.add.at(self.shown[at], (group, rows), 1)
            if self.catalogue is not None and self.popularity is not None:
                lengths = is_shown.sum(axis=1)
                ranks = self.catalogue.popularity[ranked.rows[:, : len(places)]]
                sums = (ranks * is_shown).sum(axis=1)
                has = lengths > 0
                self.popularity[positions[has], at] = sums[has] / lengths[has]
        if self.catalogue is not None and self.similarity is not None:
            looked_at = positions % -(-len(self.groups) // MOST_LISTS) == 0
            self.similarity[positions[looked_at]] = list_similarities(
                self.catalogue.columns,
                ranked.rows[looked_at],
                ranked.lengths[looked_at],
                np.array(self.ks),
                pool=pool,
            )
