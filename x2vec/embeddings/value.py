"""Embeddings: matrices bound to the items that their rows stand for."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.embeddings import nearest
from x2vec.embeddings.attributes import Attributes
from x2vec.embeddings.checks import checked_parts
from x2vec.embeddings.evidence import Evidence
from x2vec.embeddings.inferred import Inferred, with_inferred
from x2vec.embeddings.lookup import Lookup, Unknown
from x2vec.embeddings.neighbors import Neighbors
from x2vec.embeddings.provenance import Provenance
from x2vec.errors import UsageError
from x2vec.search import Approximate, Searchable

__all__ = ["Embeddings"]


@dataclass(frozen=True, eq=False, repr=False)
class Embeddings:
    """Items and their vectors, read-only; look-up is by item, a row number is no key.

    Making one checks everything. Array-likes are converted; a float32 C-contiguous matrix is
    not copied, so do not write to it afterwards.

    Attributes:
        items: (n_items,) Arrow string or int64, distinct, not null.
        vectors: (n_items, vector_size) float32, C-contiguous, finite, read-only.
        counts: (n_items,) int64, how often each item was seen in training.
        context_vectors: The output matrix, of the same shape, where the model has one.
        query_matrix: (vector_size, vector_size) float32, where the model has one: a history with
            the mean vector ``m`` and the last vector ``l`` asks as ``m + (l - m) Q`` what of the
            context vectors comes next; without one, as ``m``.
        origin: (n_items,) Arrow string, where each vector comes from, such as ``"trained"``;
            one text stands for all items.
        metadata: Columns of the item table, a row an item in the order of ``items``; none may be
            called ``item_id``, ``count``, ``origin`` or ``embedding``.
        provenance: Config, fingerprint, counts and metrics for the manifest.
        evidence: How often the training sequences held two items together, of the same items in
            their order; None where that was not kept.
        attributes: What was trained beside the items, of side information; None where there was
            none.
        index: What ``similar(..., approximate=True)`` asks; ``load(path, index="hnsw")`` sets it,
            and a change of the embeddings leaves it behind.

    Raises:
        DataError: Something of this does not hold; the message says where and what to do.

    Examples:
        >>> vectors = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]
        >>> embeddings = Embeddings(["bread", "butter", "soap"], vectors, counts=[3, 2, 2])
        >>> embeddings["butter"].tolist()
        [0.8999999761581421, 0.10000000149011612]
        >>> embeddings.similar("bread", k=1).item_id.to_pylist()
        ['butter']
    """

    items: pa.Array
    vectors: NDArray[np.float32]
    _: KW_ONLY
    counts: NDArray[np.int64]
    context_vectors: NDArray[np.float32] | None = None
    query_matrix: NDArray[np.float32] | None = None
    origin: pa.Array = "trained"
    metadata: pa.Table | None = None
    provenance: Provenance = field(default_factory=Provenance)
    evidence: Evidence | None = None
    attributes: Attributes | None = None
    index: Approximate | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        for name, value in checked_parts(self).items():
            object.__setattr__(self, name, value)

    @property
    def vector_size(self) -> int:
        """Return the number of dimensions."""
        return int(self.vectors.shape[1])

    @cached_property
    def has_inferred(self) -> bool:
        """Whether the vector of any item comes from elsewhere than training."""
        return bool(pc.any(pc.not_equal(self.origin, "trained")).as_py())

    @property
    def catalogue(self) -> pa.Table | None:
        """Return the items with their metadata, ``item_id`` first; None where there is none."""
        if self.metadata is None:
            return None
        return self.metadata.add_column(0, "item_id", self.items)

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the items, in the order of their rows."""
        return (item.as_py() for item in self.items)

    def __contains__(self, item: Any) -> bool:
        return item in self.lookup

    def __getitem__(self, item: Any) -> NDArray[np.float32]:
        """Return the (vector_size,) float32 vector of an item.

        Raises:
            UnknownItemError: There is no such item; the message names the closest known ones.
        """
        vector: NDArray[np.float32] = self.vectors[self.lookup.known_row(item)]
        return vector

    def __repr__(self) -> str:
        context = "" if self.context_vectors is None else ", with context vectors"
        return (
            f"Embeddings({len(self):,} items of {self.items.type}, "
            f"{self.vector_size} dimensions{context})"
        )

    def metadata_of(self, item: Any) -> dict[str, Any]:
        """Return what the item table says of an item, by column; {} where there is no table.

        Raises:
            UnknownItemError: There is no such item; the message names the closest known ones.

        Examples:
            >>> metadata = pa.table({"name": ["Rye bread", "Butter"]})
            >>> shop = Embeddings([17, 4], [[1], [2]], counts=[1, 1], metadata=metadata)
            >>> shop.metadata_of(4)
            {'name': 'Butter'}
        """
        row = self.lookup.known_row(item)
        if self.metadata is None:
            return {}
        found: dict[str, Any] = self.metadata.slice(row, 1).to_pylist()[0]
        return found

    def mean(self, items: Any) -> NDArray[np.float32]:
        """Return the average vector of some items, (vector_size,) float32.

        An item that is given twice counts twice.

        Raises:
            UnknownItemError: An item is unknown.
            UsageError: There are no items, and so there is no average.
        """
        rows, _ = self.lookup.found(items, unknown="error")
        if not len(rows):
            raise UsageError("mean: no items given; an average needs at least one.")
        average: NDArray[np.float32] = self.vectors[rows].mean(axis=0, dtype=np.float64)
        return average.astype(np.float32)

    def similar(
        self,
        items: Any = None,
        *,
        k: int = 10,
        like: Any = None,
        unlike: Any = None,
        vector: Any = None,
        where: str | None = None,
        allow: Any = None,
        exclude: Any = None,
        unknown: Unknown = "error",
        approximate: bool = False,
    ) -> Neighbors:
        """Return the nearest items by cosine, exact, ties in the order of the items.

        Ask in one of three ways. An item is never its own neighbour, nor are those in ``like``
        and ``unlike``.

        Args:
            items: One item or many, each a query of its own.
            k: How many neighbours a query gets; fewer where there are fewer.
            like: Items to be near to: one query, the mean of their unit vectors ...
            unlike: ... minus those of these. Its ``query_id`` reads ``"king + woman - man"``.
            vector: (vector_size,) or (n_queries, vector_size) numbers; ``query_id`` is
                ``"vector"``, or ``"vector 0"`` and so on.
            where: A condition in SQL that neighbours meet, over the columns of the metadata,
                ``item_id``, ``count`` and ``origin``: ``"category = 'snacks' AND price < 5"``.
            allow: The only items that may be neighbours; None for all.
            exclude: Items that are no neighbours.
            unknown: ``"error"`` raises for unknown items; ``"report"`` answers the others and
                lists these in ``Neighbors.unknown``.
            approximate: Whether to ask ``index``, which is faster among very many items and
                misses some; the scores of what it finds are exact.

        Raises:
            UnknownItemError: An item is unknown; the message names the closest known ones.
            UsageError: Not exactly one way was taken, ``k`` is below 1, a vector has another
                number of dimensions than these embeddings, ``where`` is no condition, or there
                is no index to be asked.
        """
        return nearest.similar(
            self,
            items,
            k=k,
            like=like,
            unlike=unlike,
            vector=vector,
            where=where,
            allow=allow,
            exclude=exclude,
            unknown=unknown,
            approximate=approximate,
        )

    def with_index(self, index: Approximate) -> Embeddings:
        """Return the same embeddings with an index over them.

        Raises:
            UsageError: It is one of other vectors.
        """
        if index.shelf is not self.by_cosine:
            raise UsageError("The index is not one of these vectors.")
        indexed = copy(self)
        object.__setattr__(indexed, "index", index)
        return indexed

    def with_inferred(self, inferred: Inferred, *, replace: bool = False) -> Embeddings:
        """Return these embeddings with inferred items after the trained ones.

        They are items like any other: ``similar``, ``save`` and rankers take them. Their origin
        is what they were inferred by, their counts are 0, their metadata are those of the item
        table, and the metadata column ``confidence`` holds theirs; it is null for trained items.

        Args:
            inferred: As ``embed`` of a fitted ``ColdStart`` returns it.
            replace: Whether items that are there without events take the new vectors, where
                they stand.

        Raises:
            DataError: An item is there already, or types or dimensions are others than here.

        Examples:
            >>> shop = Embeddings(["tea"], [[1.0, 0.0]], counts=[3])
            >>> both = shop.with_inferred(Inferred(["mate"], [[0.9, 0.1]], "ridge", [0.8]))
            >>> both.origin.to_pylist(), both.similar("mate").item_id.to_pylist()
            (['trained', 'ridge'], ['tea'])
        """
        return with_inferred(self, inferred, replace=replace)

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the embeddings to one directory, or to a bare Parquet file.

        A path that ends in ``.parquet`` becomes a file with items, vectors and metadata: no
        context vectors, no manifest, so no provenance either. Any other path becomes a directory
        with all of it. For versions that replace each other while others read, ``publish``.

        Args:
            path: Where to write; its parents are made.
            overwrite: Replace what is there, if it is embeddings of the same kind.

        Raises:
            StorageError: Something is there already, or the disk is full or refuses.
        """
        from x2vec.embeddings.files import save

        return save(self, Path(path), overwrite=overwrite)

    @cached_property
    def by_cosine(self) -> Searchable:
        """The vectors, ready to be searched by cosine; made when it is first asked for."""
        return Searchable.by_cosine(self.vectors)

    @cached_property
    def lookup(self) -> Lookup:
        """From an item to its row; for rooms that bind rows to items, never for users."""
        return Lookup(self.items)
