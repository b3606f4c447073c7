"""Approximate search by cosine: a faiss index finds candidates, and exact scores order them.

What is found has the score and the place that exact search would give it; what an answer may miss
is measured as recall. Where an index is no help - few rows allowed, many barred, an answer that
came out short - the exact search answers instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import MissingPackageError, UsageError
from x2vec.search.excluded import Excluded
from x2vec.search.result import TopK
from x2vec.search.searchable import Searchable

__all__ = ["Approximate", "Kind", "faiss"]

Kind = Literal["hnsw", "ivf"]
_LINKS: Final = 32  # of a node of the graph
_BUILD_BREADTH: Final = 100
_LEAST_BREADTH: Final = 128  # of a walk through the graph, in nodes
_LIST_SHARE: Final = 0.1  # of the lists of an IVF, read for a query
_LEAST_SHARE: Final = 0.1  # of allowed rows; with fewer the walk finds too little on its way
_MOST_BARRED: Final = 500  # rows a query; they are asked for beside the k, and dropped


def faiss() -> Any:
    """Return the package faiss.

    Raises:
        MissingPackageError: It is not installed.
    """
    try:
        import faiss
    except ImportError as error:
        raise MissingPackageError(
            "Approximate search needs the package faiss-cpu, which is not installed: "
            "pip install 'x2vec-engine[ann]'."
        ) from error
    return faiss


@dataclass(frozen=True, eq=False)
class Approximate:
    """An index over the rows of a matrix, beside that matrix.

    Attributes:
        shelf: The matrix, ready to be searched exactly by cosine.
        kind: ``"hnsw"``, a graph that is walked, or ``"ivf"``, lists of which a few are read.
        index: The faiss index of the shelf's unit vectors.
    """

    shelf: Searchable
    kind: Kind
    index: Any = field(repr=False)

    def __post_init__(self) -> None:
        found, expected = (self.index.ntotal, self.index.d), self.shelf.vectors.shape
        if found != expected:
            raise UsageError(f"The index holds {found} vectors; expected {expected}.")

    @classmethod
    def build(cls, shelf: Searchable, kind: Kind) -> Approximate:
        """Build an index; it takes all cores, so two builds may differ in what they miss.

        Raises:
            UsageError: There is no such kind, or no vector.
            MissingPackageError: faiss is not installed.
        """
        if kind not in get_args(Kind):
            raise UsageError(f"index is {kind!r}; there are {' and '.join(get_args(Kind))}.")
        package = faiss()
        n_rows, size = shelf.matrix.shape
        if not n_rows or not size:
            raise UsageError("There are no vectors to build an index of.")
        product = package.METRIC_INNER_PRODUCT
        if kind == "hnsw":
            index = package.IndexHNSWFlat(size, _LINKS, product)
            index.hnsw.efConstruction = _BUILD_BREADTH
        else:
            n_lists = max(1, min(int(4 * n_rows**0.5), n_rows // 39))  # 39: what faiss asks for
            index = package.IndexIVFFlat(package.IndexFlatIP(size), size, n_lists, product)
            index.train(shelf.matrix)
        index.add(shelf.matrix)
        return cls(shelf, kind, index)

    @property
    def parameters(self) -> dict[str, int]:
        """What the index was built with, by name."""
        if self.kind == "hnsw":
            return {"links": _LINKS, "build_breadth": _BUILD_BREADTH}
        return {"lists": int(self.index.nlist)}

    def best(
        self,
        queries: NDArray[np.float32],
        k: int,
        *,
        exclude: Excluded | None = None,
        allowed: NDArray[np.bool_] | None = None,
    ) -> TopK:
        """Return for every query about the ``k`` nearest rows; filters hold as in exact search.

        As many answers as exact search gives, with the scores that it gives to these rows.

        Raises:
            UsageError: As exact search does.
        """
        exclude = exclude or Excluded.of([()] * len(queries))
        most_barred = int(np.diff(exclude.offsets).max(initial=0))
        n_allowed = len(self.shelf) if allowed is None else int(np.count_nonzero(allowed))
        n_asked = k + most_barred
        small = n_allowed < max(_LEAST_SHARE * len(self.shelf), 2 * n_asked)
        nothing = self.shelf.best(queries[:0], k, allowed=allowed)  # checks what is asked
        if not len(queries):
            return nothing
        if small or most_barred > _MOST_BARRED:
            return self.shelf.best(queries, k, exclude=exclude, allowed=allowed)
        exclude.check(len(queries), len(self.shelf))
        units = Searchable.by_cosine(queries).matrix
        _, candidates = self.index.search(units, n_asked, params=self._asking(n_asked, allowed))
        _drop(candidates, exclude)
        found = self.shelf.rank(np.ascontiguousarray(queries, np.float32), candidates, k)
        if (found.counts < k).any():  # an index may come out short; exact search never does
            return self.shelf.best(queries, k, exclude=exclude, allowed=allowed)
        return found

    def recall(self, k: int = 10, *, n_sampled: int = 1000, seed: int = 1) -> float:
        """Return the share of the exact ``k`` nearest that it finds, over rows drawn as queries."""
        n_rows = len(self.shelf)
        drawn = np.random.default_rng(seed).permutation(n_rows)[:n_sampled]
        queries, own = self.shelf.vectors[drawn], Excluded.of(drawn[:, None])
        exact = self.shelf.best(queries, k, exclude=own)
        found = self.best(queries, k, exclude=own)
        shared = [
            len(np.intersect1d(exact.of(query)[0], found.of(query)[0]))
            for query in range(len(drawn))
        ]
        return sum(shared) / max(len(exact.rows), 1)

    def _asking(self, n_asked: int, allowed: NDArray[np.bool_] | None) -> Any:
        """Return how the index is to be asked."""
        package = faiss()
        chosen: dict[str, Any] = {}
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = package.IDSelectorBitmap(len(allowed), package.swig_ptr(bits))
            selector.keeps = bits  # faiss holds a bare pointer to it
            chosen["sel"] = selector
        if self.kind == "hnsw":
            return package.SearchParametersHNSW(efSearch=max(_LEAST_BREADTH, 4 * n_asked), **chosen)
        n_read = max(8, int(_LIST_SHARE * self.index.nlist))
        return package.SearchParametersIVF(nprobe=min(n_read, self.index.nlist), **chosen)


def _drop(candidates: NDArray[np.int64], exclude: Excluded) -> None:
    """Put -1 in the place of what a query bars."""
    for query, found in enumerate(candidates):
        barred = exclude.rows[exclude.offsets[query] : exclude.offsets[query + 1]]
        if len(barred):
            found[np.isin(found, barred)] = -1
