"""A batch of edges, as they come."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.adapters.base import Place

__all__ = ["SomeEdges"]


@dataclass(frozen=True, eq=False)
class SomeEdges:
    """A batch of edges, and of nodes that are there with or without one.

    Attributes:
        source: (n_edges,) ids, as they come.
        target: (n_edges,).
        weight: (n_edges,), or None.
        place: Where they come from.
        rows: (n_edges,) int64, the lines they stand in; None where there is one edge a row.
        unit: What messages call a row.
        nodes: (n_nodes,) ids, or None.
        notes: What is to be said of the source.
    """

    source: pa.Array
    target: pa.Array
    weight: pa.Array | None = None
    _: KW_ONLY
    place: Place
    rows: NDArray[np.int64] | None = None
    unit: str = "row"
    nodes: pa.Array | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of_nodes(cls, nodes: pa.Array, place: Place) -> SomeEdges:
        """Make a batch of nodes without edges."""
        return cls(nodes.slice(0, 0), nodes.slice(0, 0), place=place, nodes=nodes)

    def at(self, index: int) -> str:
        """Name one edge.

        >>> ends = pa.array(["a", "b"]), pa.array(["b", "c"])
        >>> SomeEdges(*ends, place=Place("edges.csv", 11)).at(1)
        'edges.csv, row 12'
        """
        if self.rows is not None:
            return f"{self.place.source}, {self.unit} {self.rows[index]}"
        return f"{self.place.source}, {self.unit} {self.place.first_row + index}"
