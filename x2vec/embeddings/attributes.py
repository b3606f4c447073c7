"""Attributes: what items have in common, with vectors trained beside those of the items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec._text import closest
from x2vec.embeddings.checks import as_counts, as_matrix, as_text_column
from x2vec.errors import DataError, UnknownItemError

__all__ = ["Attributes", "shares"]


@dataclass(frozen=True, eq=False, repr=False)
class Attributes:
    """Values of an item table's columns, and their vectors; read-only.

    They lie among the items' vectors: an item without events is the mean of its attributes (see
    ``shares``), and ``embeddings.similar(vector=embeddings.attributes["genre=Comedy"])`` are the
    items that are nearest to one.

    Attributes:
        columns: (n_attributes,) string, the column of the item table.
        values: (n_attributes,) string, the value; a column and a value occur together once.
        counts: (n_attributes,) int64, events of the items that have it.
        vectors: (n_attributes, vector_size) float32, finite.
        context_vectors: Of the same shape, or None where the model has none.

    Raises:
        DataError: Something of this does not hold.

    Example:
        >>> genres = Attributes(["genre", "genre"], ["Comedy", "Drama"], [3, 2], [[1, 0], [0, 1]])
        >>> list(genres), genres["genre=Drama"].tolist()
        (['genre=Comedy', 'genre=Drama'], [0.0, 1.0])
    """

    columns: pa.Array
    values: pa.Array
    counts: NDArray[np.int64]
    vectors: NDArray[np.float32]
    context_vectors: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        n_attributes = len(self.columns)
        context = self.context_vectors
        checked = {
            "columns": as_text_column(self.columns, "columns", n_attributes),
            "values": as_text_column(self.values, "values", n_attributes),
            "counts": as_counts(self.counts, n_attributes),
            "vectors": as_matrix(self.vectors, "attribute vectors", n_attributes),
            "context_vectors": None
            if context is None
            else as_matrix(context, "attribute context vectors", n_attributes),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if self.context_vectors is not None and self.context_vectors.shape != self.vectors.shape:
            raise DataError(
                f"attribute context vectors: shape {self.context_vectors.shape}; expected that of "
                f"the attribute vectors, {self.vectors.shape}."
            )
        if pc.count_distinct(self.names).as_py() < n_attributes:
            raise DataError("attributes: one is there twice; every attribute has one vector.")

    @cached_property
    def names(self) -> pa.Array:
        """The attributes as text, such as ``"genre=Comedy"``, (n_attributes,) string."""
        return pc.binary_join_element_wise(self.columns, self.values, "=")

    def __len__(self) -> int:
        """Return the number of attributes."""
        return len(self.columns)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self.names.to_pylist())

    def __contains__(self, name: Any) -> bool:
        return isinstance(name, str) and pc.index(self.names, name).as_py() >= 0

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        """Return the (vector_size,) float32 vector of an attribute.

        Raises:
            UnknownItemError: There is no such attribute; the message names the closest one.
        """
        if name not in self:
            close = closest(name, self) if isinstance(name, str) else None
            hint = f"; did you mean {close!r}?" if close else ""
            raise UnknownItemError(f"no attribute {name!r}{hint}")
        vector: NDArray[np.float32] = self.vectors[pc.index(self.names, name).as_py()]
        return vector

    def check_size(self, vector_size: int) -> None:
        """Make sure that they fit items with vectors of that size.

        Raises:
            DataError: They do not.
        """
        found = self.vectors.shape[1]
        if found != vector_size:
            raise DataError(
                f"attributes: vectors of {found} numbers beside items of {vector_size}. Take them "
                "from the same training, or leave them out."
            )

    def __repr__(self) -> str:
        columns = ", ".join(dict.fromkeys(self.columns.to_pylist()))
        return f"Attributes({len(self):,} of {columns or 'no column'})"


def shares(owners: NDArray[np.integer], columns: NDArray[np.integer]) -> NDArray[np.float32]:
    """Return what each attribute of an item weighs in their mean, (n_pairs,) float32.

    Columns weigh the same, however many values an item has in each; so do the values of a column.
    Twenty tags then do not drown an artist.

    Args:
        owners: (n_pairs,) the item of each pair.
        columns: (n_pairs,) the column that its attribute is of.

    Example:
        >>> shares(np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1])).tolist()
        [0.5, 0.25, 0.25, 1.0]
    """
    if not len(owners):
        return np.empty(0, np.float32)
    both = np.stack([owners, columns], axis=1)
    places, inverse, n_values = np.unique(both, axis=0, return_inverse=True, return_counts=True)
    n_columns = np.bincount(places[:, 0].astype(np.int64))
    weights: NDArray[np.float32] = (1 / (n_values[inverse.ravel()] * n_columns[owners])).astype(
        np.float32
    )
    return weights
