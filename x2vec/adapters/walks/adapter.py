"""The adapter ``walks``: each node starts walks, and each walk is a sequence of nodes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from x2vec.adapters.base import BATCH_ROWS, ITEM_ID, SEQUENCE_ID, Place, marked
from x2vec.adapters.walks.edges import is_graph, read_edges, read_nodes
from x2vec.adapters.walks.options import WalksOptions

__all__ = ["WalksAdapter"]


class WalksAdapter:
    """Walks over a graph at random: which nodes are near each other says something.

    Walks are numbered round by round, and each round starts once at every node that has an edge,
    in a shuffled order. What a walk draws depends on seed, round and start alone.
    """

    name = "walks"
    options = WalksOptions
    ordered = True

    def read(self, options: WalksOptions) -> Iterator[pa.RecordBatch]:
        """Read the graph, which stays in memory, and yield its walks batch by batch.

        Raises:
            SourceError: The graph cannot be read, or has ids or weights that are none.
        """
        from x2vec.adapters.walks.graph import make_graph  # late: Numba takes half a second
        from x2vec.adapters.walks.kernel import shuffled, walk_from

        graph = make_graph(
            chain(read_edges(options), read_nodes(options)),
            directed=_is_directed(options),
            weighted=options.weight is not None,
            max_missing=options.max_missing_edges,
        )
        yield _batch([], [], graph.nodes, graph.left_out, graph.notes)
        n_starts, n_short, n_events = len(graph.starts), 0, 0
        n_at_once = max(1, BATCH_ROWS // options.walk_length)
        walks = np.empty((min(n_at_once, n_starts), options.walk_length), np.int32)
        is_far = np.arange(options.walk_length)
        for turn in range(options.walks_per_node):
            order = shuffled(graph.starts, options.seed, turn)
            for first in range(0, n_starts, n_at_once):
                starts = order[first : first + n_at_once]
                lengths = walk_from(
                    graph.net, starts, options.seed, turn, options.p, options.q, walks
                )
                numbers = turn * n_starts + first + np.arange(len(starts))
                nodes = walks[: len(starts)][is_far < lengths[:, None]]
                yield _batch(
                    np.repeat(numbers, lengths), nodes, graph.nodes, first_row=n_events + 1
                )
                n_events += len(nodes)
                n_short += int(np.count_nonzero(lengths < options.walk_length))
        if n_short:
            note = f"{n_short:,} of {n_starts * options.walks_per_node:,} walks ended early"
            yield _batch([], [], graph.nodes, notes=(note,))


def _is_directed(options: WalksOptions) -> bool:
    if options.directed is None and is_graph(options.path):
        return bool(options.path.is_directed())
    return bool(options.directed)


def _batch(
    numbers: Any,
    nodes: Any,
    ids: pa.Array,
    left_out: dict[str, int] | None = None,
    notes: tuple[str, ...] = (),
    *,
    first_row: int = 1,
) -> pa.RecordBatch:
    """Return events: the numbers of walks, and the nodes by their place among the ids."""
    columns = {
        SEQUENCE_ID: pa.array(numbers, pa.int64()),
        ITEM_ID: ids.take(pa.array(nodes, pa.int64())),
    }
    batch = pa.RecordBatch.from_pydict(columns)
    return marked(batch, Place("the walks", first_row), left_out=left_out, notes=notes)
