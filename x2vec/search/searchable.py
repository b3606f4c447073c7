"""A matrix made ready to be searched: checked once, and asked as often as one likes."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import UsageError
from x2vec.search.blocks import Asked, answer
from x2vec.search.cosine import normalized, row_lengths
from x2vec.search.excluded import Excluded, protect
from x2vec.search.result import TopK

__all__ = ["Searchable"]

_ROUNDING = 2.0**-24  # of float32, relative
_SMALLEST = 2.0**-126  # what vanishes below it is not relative


@dataclass(frozen=True, eq=False)
class Searchable:
    """Rows to be searched, by cosine or by inner product; make one with one of the two verbs.

    Attributes:
        vectors: (n_rows, vector_size) float32, what scores are made of.
        matrix: Of the same shape, what finds candidates: the vectors, or the same at length 1.
        lengths: (n_rows,) float64, of the vectors; a product is divided by them for a cosine.
        bias: (n_rows,) float32, added to each score.
        by_angle: Whether scores are cosines.
        tile_rows: Rows in a tile; it changes no answer. None fits it to the cache.

    Example:
        >>> shelf = Searchable.by_cosine(np.array([[1, 0], [2, 0], [0, 1]], dtype=np.float32))
        >>> shelf.best(np.array([[3, 0]], dtype=np.float32), 2).rows.tolist()
        [0, 1]
    """

    vectors: NDArray[np.float32]
    matrix: NDArray[np.float32]
    lengths: NDArray[np.float64]
    bias: NDArray[np.float32]
    _: KW_ONLY
    by_angle: bool
    tile_rows: int | None = None

    def __post_init__(self) -> None:
        protect(self, "vectors", "matrix", "lengths", "bias")

    @classmethod
    def by_cosine(cls, vectors: NDArray[np.float32]) -> Searchable:
        """Make vectors ready to be searched by cosine; a row of zeros has cosine 0 with all.

        Raises:
            UsageError: Not a matrix, or a number is not finite.
        """
        vectors = _matrix(vectors, "vectors")
        lengths = _finite_lengths(vectors, "vectors")
        no_bias = np.zeros(len(vectors), np.float32)
        return cls(vectors, normalized(vectors), lengths, no_bias, by_angle=True)

    @classmethod
    def by_product(
        cls, vectors: NDArray[np.float32], bias: NDArray[np.float32] | None = None
    ) -> Searchable:
        """Make vectors ready to be searched by inner product, plus the (n_rows,) ``bias``.

        Raises:
            UsageError: Shapes do not fit, or a number is not finite.
        """
        vectors = _matrix(vectors, "items")
        n_rows = len(vectors)
        lengths = _finite_lengths(vectors, "items")
        added = np.zeros(n_rows) if bias is None else np.asarray(bias)
        if added.shape != (n_rows,):
            raise UsageError(f"bias has shape {added.shape}; expected one number an item, {n_rows}")
        with np.errstate(over="ignore"):
            added = added.astype(np.float32)
        if not np.isfinite(added).all():
            raise UsageError("bias holds NaN or infinity; search takes finite numbers.")
        return cls(vectors, vectors, lengths, added, by_angle=False)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.vectors)

    def best(
        self,
        queries: NDArray[np.float32],
        k: int,
        *,
        exclude: Excluded | None = None,
        allowed: NDArray[np.bool_] | None = None,
        workers: int = 1,
    ) -> TopK:
        """Return the ``k`` best rows of every query; see ``best_products`` and ``top_k``."""
        queries = _matrix(queries, "queries")
        query_lengths = _finite_lengths(queries, "queries")
        self._check(queries, k, allowed, workers)
        exclude = exclude or Excluded(np.zeros(len(queries) + 1, np.int64), np.empty(0, np.int32))
        exclude.check(len(queries), len(self))
        if allowed is not None and _pays_to_gather(allowed, len(queries)):
            kept = np.flatnonzero(allowed)
            found = self._only(kept).best(
                queries, k, exclude=exclude.among(allowed), workers=workers
            )
            return replace(found, rows=kept[found.rows])
        slacks = self._slacks(query_lengths)
        added = self.bias if allowed is None else np.where(allowed, self.bias, np.float32(-np.inf))
        asked = Asked(
            queries,
            normalized(queries) if self.by_angle else queries,
            query_lengths if self.by_angle else np.ones_like(query_lengths),
            slacks,
            added,
            exclude,
        )
        return answer(self, asked, min(k, len(self)), workers=workers)

    def rank(self, queries: NDArray[np.float32], candidates: NDArray[np.int64], k: int) -> TopK:
        """Return the ``k`` best of a query's own candidates, by the scores that ``best`` gives.

        Args:
            queries: (n_queries, vector_size) float32, finite.
            candidates: (n_queries, n_each) rows, distinct; below 0 stands for none.
            k: How many rows a query gets; fewer where there are fewer.
        """
        from x2vec.search.kernel import score_pairs

        values = np.empty(candidates.shape, np.float32)
        lengths = row_lengths(queries) if self.by_angle else np.ones(len(queries))
        limit = 1.0 if self.by_angle else np.inf
        score_pairs(
            candidates, queries, lengths, self.vectors, self.divisors, self.bias, limit, values
        )
        order = np.lexsort((candidates, -values), axis=1)[:, :k]
        counts = np.minimum((candidates >= 0).sum(axis=1), k)
        rows = np.take_along_axis(candidates, order, axis=1)
        return TopK.of_first(rows, np.take_along_axis(values, order, axis=1), counts)

    def _only(self, kept: NDArray[np.int64]) -> Searchable:
        """Return some rows alone, in their order."""
        vectors = self.vectors[kept]
        return replace(
            self,
            vectors=vectors,
            matrix=self.matrix[kept] if self.by_angle else vectors,
            lengths=self.lengths[kept],
            bias=self.bias[kept],
        )

    def _slacks(self, query_lengths: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return (n_queries,) how far below the k-th score a candidate of the true best may lie.

        A float32 product errs by at most about ``vector_size * 2**-24`` of the product of the
        lengths (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1); twice that,
        as the k-th score errs too, and some for rounding unit vectors, bias and answer.

        Raises:
            UsageError: A score may be too large for float32.
        """
        size = self.vectors.shape[1]
        most = (
            np.ones(len(query_lengths))
            if self.by_angle
            else query_lengths * self.lengths.max(initial=0)
        )
        reach = most + self._most_bias
        if reach.max(initial=0) > np.finfo(np.float32).max / 2:
            raise UsageError(
                f"Scores may reach {reach.max():.3g}, too large for float32; scale the vectors."
            )
        slacks: NDArray[np.float64] = (2 * size + 32) * (_ROUNDING * reach + _SMALLEST)
        return slacks.astype(np.float32)

    @cached_property
    def divisors(self) -> NDArray[np.float64]:
        """(n_rows,) what a product is divided by: the lengths for a cosine, else 1."""
        divisors = self.lengths if self.by_angle else np.ones_like(self.lengths)
        divisors.flags.writeable = False
        return divisors

    @cached_property
    def _most_bias(self) -> float:
        return float(np.abs(self.bias).max(initial=0))

    def _check(
        self,
        queries: NDArray[np.float32],
        k: int,
        allowed: NDArray[np.bool_] | None,
        workers: int,
    ) -> None:
        if queries.shape[1] != self.vectors.shape[1]:
            raise UsageError(
                f"The queries have {queries.shape[1]} dimensions; the vectors that are searched "
                f"have {self.vectors.shape[1]}. Both must come from the same model."
            )
        if k < 1:
            raise UsageError(f"k is {k}; it must be 1 or more.")
        if workers < 1:
            raise UsageError(f"workers is {workers}; it must be 1 or more.")
        if allowed is not None and (allowed.shape != (len(self),) or allowed.dtype != np.bool_):
            raise UsageError(
                f"allowed: {allowed.dtype} of shape {allowed.shape}; expected bool, one a row, "
                f"({len(self)},)."
            )


def _pays_to_gather(allowed: NDArray[np.bool_], n_queries: int) -> bool:
    """Return whether copying the allowed rows costs less than scoring the others.

    A row that is copied out of its place takes about as long as four that are read in a stream
    by a few queries, or as one that is scored against thirty.
    """
    n_allowed = int(np.count_nonzero(allowed))
    return 4 * n_allowed < (len(allowed) - n_allowed) * max(1.0, n_queries / 8)


def _matrix(array: Any, name: str) -> NDArray[np.float32]:
    matrix = np.ascontiguousarray(array, dtype=np.float32)
    if np.ndim(array) != 2:
        raise UsageError(f"{name} has shape {np.shape(array)}; expected two dimensions.")
    return matrix


def _finite_lengths(matrix: NDArray[np.float32], name: str) -> NDArray[np.float64]:
    lengths = row_lengths(matrix)
    if not np.isfinite(lengths).all():
        row = int(np.flatnonzero(~np.isfinite(lengths))[0])
        raise UsageError(f"Row {row} of {name} holds NaN or infinity; search takes finite numbers.")
    return lengths
