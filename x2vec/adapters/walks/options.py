"""The options of the adapter ``walks``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any, Final, Literal, get_args

from x2vec.adapters.files.paths import absolute_path
from x2vec.errors import UsageError

__all__ = ["GraphFormat", "WalksOptions"]

GraphFormat = Literal["auto", "parquet", "csv", "jsonl", "edges", "adjacency"]

_COUNTS: Final = {
    "walks_per_node": (1, 2**20 - 1),
    "walk_length": (1, 2**31 - 1),
    "seed": (0, 2**32 - 1),
}


@dataclass(frozen=True)
class WalksOptions:
    """Where the graph is, and how it is walked.

    Attributes:
        path: A file, a list of files or a glob; ``package:NAME/inside/file`` for a file in an
            installed package; in Python also a table, or a graph of NetworkX.
        source: The column of the nodes where edges start.
        target: The column of the nodes where edges end.
        weight: The column of weights, above 0; None where all edges weigh the same. In lines of
            ``edges`` it is the third column, whatever its name; of NetworkX an edge's attribute.
        directed: Whether edges lead one way only; a graph of NetworkX knows, others do not unless
            told.
        walks_per_node: Walks that start at each node.
        walk_length: Nodes of a walk, the first one included.
        p: The greater, the less a walk goes back to where it just was.
        q: Above 1, a walk stays near where it came from; below, it leads away.
        seed: From 0 to 2**32 - 1; the same seed gives the same walks.
        nodes: A table with all nodes, to hear of those without an edge; in Python also a list.
        node: Its column of nodes.
        format: ``parquet``, ``csv`` and ``jsonl`` are tables; ``edges`` are lines ``source target``
            without a header, ``adjacency`` lines ``node neighbour neighbour ...``; ``auto`` goes
            by the ending: ``.txt``, ``.edges`` and ``.edgelist`` are edges, ``.adjlist`` adjacency.
        delimiter: What separates columns; None for a comma in a CSV (a tab in ``.tsv``), and for
            blanks or tabs in lines of edges or adjacency.
        comment: Lines of edges or adjacency that start with it are left out; None for no such.
        max_missing_edges: Share of the edges that may lack a node, 0 to 1.
    """

    path: Any
    source: str = "source"
    target: str = "target"
    weight: str | None = None
    directed: bool | None = None
    walks_per_node: int = 10
    walk_length: int = 80
    p: float = 1.0
    q: float = 1.0
    seed: int = 1
    nodes: Any = None
    node: str = "node"
    format: GraphFormat = "auto"
    delimiter: str | None = None
    comment: str | None = "#"
    max_missing_edges: float = 0.01

    def __post_init__(self) -> None:
        for name, (least, most) in _COUNTS.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise UsageError(
                    f"{name} is {value!r}; it must be a whole number from {least} to {most:,}."
                )
        for name in ("p", "q"):
            if not 0 < getattr(self, name) < inf:
                raise UsageError(f"{name} is {getattr(self, name)}; it must be a number above 0.")
        if self.format not in get_args(GraphFormat):
            allowed = ", ".join(repr(choice) for choice in get_args(GraphFormat))
            raise UsageError(f"format: expected one of {allowed}, got {self.format!r}.")
        if self.delimiter is not None and len(self.delimiter) != 1:
            raise UsageError(f"delimiter: expected one character, got {self.delimiter!r}.")
        if self.comment == "":
            raise UsageError("comment is empty, with which every line starts. Leave it out.")
        named = [self.source, self.target, *([] if self.weight is None else [self.weight])]
        if len(set(named)) < len(named):
            raise UsageError(
                f"source, target and weight are {', '.join(map(repr, named))}; they must be "
                "different columns."
            )
        if not 0 <= self.max_missing_edges <= 1:
            raise UsageError(
                f"max_missing_edges is {self.max_missing_edges}; it must lie between 0 and 1."
            )

    def located(self, base: Path) -> WalksOptions:
        """Return the options with both paths made absolute, relative to a directory."""
        nodes = (
            absolute_path(self.nodes, base) if isinstance(self.nodes, str | Path) else self.nodes
        )
        return replace(self, path=absolute_path(self.path, base), nodes=nodes)
