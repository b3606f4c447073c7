"""A graph in compressed rows, ready to be walked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.adapters.walks.kernel import Net
from x2vec.adapters.walks.pile import Pile
from x2vec.adapters.walks.rows import alias_tables, merge_rows, sort_into_rows, totals_of
from x2vec.adapters.walks.some_edges import SomeEdges

__all__ = ["Graph", "make_graph"]

_SHOWN: Final = 5
_ALONE: Final = "node without an edge"


@dataclass(frozen=True, eq=False)
class Graph:
    """A graph and what is to be said of it.

    Attributes:
        nodes: (n_nodes,) string or int64, ascending.
        net: Its edges; each of an undirected graph leads both ways.
        starts: Nodes with an edge, ascending, (n_starts,) int32.
        left_out: How many edges and nodes are not walked, by reason.
        notes: What the user should know.
    """

    nodes: pa.Array
    net: Net
    starts: NDArray[np.int32]
    left_out: dict[str, int]
    notes: tuple[str, ...]


def make_graph(
    batches: Iterable[SomeEdges], *, directed: bool, weighted: bool, max_missing: float
) -> Graph:
    """Read edges into a graph; the same edges make the same graph, in whatever order they come.

    An edge that comes more than once is one edge: with weights their sum, without them just one.
    An undirected edge may come either way round.

    Args:
        batches: The edges.
        directed: Whether edges lead one way only.
        weighted: Whether they have weights.
        max_missing: Share of the edges that may lack a node.

    Raises:
        SourceError: An id or a weight is none, or too many edges lack a node.
    """
    pile = Pile(weighted)
    for batch in batches:
        pile.add(batch)
    pile.refuse_losses(max_missing)
    sources, targets, weights, nodes, notes = pile.finished()
    n_given = len(sources)
    if not directed:
        sources, targets, weights = _both_ways(sources, targets, weights)
    offsets, neighbours, weights = sort_into_rows(sources, targets, weights, len(nodes))
    del sources, targets
    offsets, n_loops = merge_rows(offsets, neighbours, weights)
    neighbours = neighbours[: offsets[-1]].copy()
    weights = weights[: offsets[-1]].copy()
    totals = totals_of(offsets, weights)
    net = Net(offsets, neighbours, weights, alias_tables(offsets, weights, totals), totals)
    n_edges = len(neighbours) if directed else (len(neighbours) + n_loops) // 2
    kind = f"{'' if directed else 'un'}directed, {'' if weighted else 'un'}weighted"
    told = [f"graph: {len(nodes):,} nodes, {n_edges:,} edges, {kind}", *notes]
    if n_loops:
        told.append(f"{n_loops:,} of the edges lead from a node to itself")
    if n_given > n_edges and not pile.repeats_are_usual:
        taken = "their weights were summed" if weighted else "each is one edge"
        told.append(f"{n_given - n_edges:,} edges came more than once: {taken}")
    leads_on = np.diff(offsets) > 0
    is_met = leads_on.copy()
    is_met[neighbours] = True
    alone, dead = np.flatnonzero(~is_met), np.flatnonzero(is_met & ~leads_on)
    if len(alone):
        told.append(f"nodes without an edge, so without a walk: {_some(nodes, alone)}")
    if len(dead):
        told.append(f"nodes without an edge that leads on end a walk: {_some(nodes, dead)}")
    left_out = {**pile.left_out, **({_ALONE: len(alone)} if len(alone) else {})}
    starts = np.flatnonzero(is_met).astype(np.int32)
    return Graph(nodes, net, starts, left_out, tuple(told))


def _both_ways(
    sources: NDArray[np.int32], targets: NDArray[np.int32], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Return each edge, and the way back of each that is no self-loop."""
    returns = sources != targets
    both = (
        np.concatenate([sources, targets[returns]]),
        np.concatenate([targets, sources[returns]]),
    )
    return *both, np.concatenate([weights, weights[returns]]) if len(weights) else weights


def _some(nodes: pa.Array, which: NDArray[np.int64]) -> str:
    """Say how many nodes, and which are the first.

    >>> _some(pa.array(["a", "b"]), np.array([1]))
    "1, such as 'b'"
    """
    shown = ", ".join(repr(node) for node in nodes.take(pa.array(which[:_SHOWN])).to_pylist())
    return f"{len(which):,}, such as {shown}"
