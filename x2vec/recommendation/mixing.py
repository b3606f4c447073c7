"""Mixing: lists chosen from a pool of the best candidates, so that they are not of one kind."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec._text import closest
from x2vec.corpus.blocks import offsets_of
from x2vec.embeddings import Embeddings
from x2vec.errors import UsageError
from x2vec.recommendation.merging import merged
from x2vec.recommendation.mixing_kernel import mix_queries
from x2vec.recommendation.selection import Selection
from x2vec.search import TopK

__all__ = ["Mixing"]

_WIDER: Final = 4
"""By so much a pool grows in which limits left too few items."""

_CANDIDATES: Final = 1 << 21
"""Of the queries that are mixed at once: 25 MB."""


@dataclass(frozen=True, eq=False)
class Mixing:
    """How a list is chosen from the best candidates, one item after the other.

    The next item is the one of highest ``(1 - diversity) * relevance - diversity * likeness``
    among those whose limits are not reached: maximal marginal relevance (Carbonell and Goldstein,
    "The Use of MMR, Diversity-Based Reranking for Reordering Documents and Producing Summaries",
    SIGIR 1998). Relevance is the score, scaled so that the query's best candidate has 1 and its
    last one 0; likeness the highest cosine to an item that is in the list already. Ties go to the
    better candidate. With ``diversity = 0`` the list is the plain one, within the limits.

    Attributes:
        diversity: From 0 to 1.
        pool: How many candidates a query has. Where limits leave fewer than a list needs, it has
            four times as many, and so on to the last item that may be shown.
        vectors: (n_items, vector_size) float32, for the cosines.
        groups: (n_limits, n_items) int32, the group of each item that each limit counts.
        limits: (n_limits,) int64, how many items of a group a list holds at most.
        allowed: (n_items,) bool, which items may be shown at all; None for all.
    """

    diversity: float
    pool: int
    vectors: NDArray[np.float32]
    groups: NDArray[np.int32]
    limits: NDArray[np.int64]
    allowed: NDArray[np.bool_] | None = None

    @classmethod
    def of(
        cls,
        embeddings: Embeddings,
        selection: Selection,
        *,
        allowed: NDArray[np.bool_] | None = None,
    ) -> Self:
        """Take vectors and groups from embeddings.

        Args:
            embeddings: Whose items are mixed.
            selection: How.
            allowed: (n_items,) which of them may be shown; None for all.

        Raises:
            UsageError: There is no such column, or it holds lists or the like.
        """
        groups = [_groups(embeddings, column) for column in selection.max_per]
        return cls(
            diversity=float(selection.diversity),
            pool=selection.pool_size,
            vectors=embeddings.vectors,
            groups=np.array(groups, dtype=np.int32).reshape(len(groups), len(embeddings)),
            limits=np.array(list(selection.max_per.values()), dtype=np.int64),
            allowed=allowed,
        )

    def choose(
        self,
        ask: Callable[[NDArray[np.int64], int], TopK],
        n_queries: int,
        k: int,
        *,
        workers: int = 1,
    ) -> TopK:
        """Return the mixed list of each query.

        Args:
            ask: Returns so many of the best candidates of some queries, by their positions.
            n_queries: How many there are.
            k: How many items a list holds; fewer where limits and candidates leave fewer.
            workers: Threads; any number gives the same lists.

        Returns:
            Items in the order of the lists, with the scores that they came with.
        """
        parts: list[tuple[NDArray[np.int64], TopK]] = []
        enough = min(k, self._longest)
        waiting = [(np.arange(n_queries), max(self.pool, k))]
        while waiting:
            queries, pool = waiting.pop()
            size = max(1, _CANDIDATES // pool)
            for start in range(0, len(queries), size):
                asked = queries[start : start + size]
                candidates = ask(asked, pool)
                mixed = self._mixed(candidates, k, workers)
                is_short = (mixed.counts < enough) & (candidates.counts == pool)
                parts.append((asked[~is_short], _of(mixed, ~is_short)))
                if is_short.any():
                    waiting.append((asked[is_short], pool * _WIDER))
        return merged(parts, n_queries)

    @cached_property
    def _longest(self) -> int:
        """How many items a list can hold at most, whoever asks: all limits used up."""
        allowed = slice(None) if self.allowed is None else self.allowed
        shown = self.groups[:, allowed]
        n_shown = [
            np.minimum(np.bincount(row), most) for row, most in zip(shown, self.limits, strict=True)
        ]
        return min((int(n.sum()) for n in n_shown), default=len(self.vectors))

    def _mixed(self, candidates: TopK, k: int, workers: int) -> TopK:
        n_queries = len(candidates)
        chosen = np.zeros((n_queries, k), dtype=np.int64)
        lengths = np.zeros(n_queries, dtype=np.int64)

        def mix(first: int, last: int) -> None:
            mix_queries(
                candidates.rows,
                candidates.scores,
                candidates.offsets,
                first,
                last,
                self.vectors,
                self.diversity,
                self.groups,
                self.limits,
                chosen,
                lengths,
            )

        cuts = np.linspace(0, n_queries, 1 + min(n_queries, workers), dtype=np.int64)
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(mix, cuts[:-1].tolist(), cuts[1:].tolist()))
        places = chosen[np.arange(k) < lengths[:, None]]
        return TopK(candidates.rows[places], candidates.scores[places], offsets_of(lengths))


def _of(found: TopK, queries: NDArray[np.bool_]) -> TopK:
    """Return the answers to the marked queries."""
    kept = np.repeat(queries, found.counts)
    return TopK(found.rows[kept], found.scores[kept], offsets_of(found.counts[queries]))


def _groups(embeddings: Embeddings, column: str) -> NDArray[np.int32]:
    """Return the group of each item by the value of a column; what has no value is alone in one."""
    table = embeddings.metadata
    known = [] if table is None else table.column_names
    if table is None or column not in known:
        near = closest(column, known)
        meant = f"did you mean '{near}'?" if near else f"there are: {', '.join(known) or 'none'}."
        raise UsageError(f"max_per: no column '{column}'; {meant}")
    try:
        encoded = table[column].combine_chunks().dictionary_encode()
    except pa.ArrowNotImplementedError as error:
        raise UsageError(
            f"max_per: the column '{column}' is of type {table[column].type}; expected one value "
            "an item."
        ) from error
    alone = np.asarray(encoded.indices.is_null())
    codes = np.asarray(encoded.indices.fill_null(0)).astype(np.int32)
    codes[alone] = len(encoded.dictionary) + np.arange(np.count_nonzero(alone))
    return codes
