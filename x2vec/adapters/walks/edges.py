"""The edges of a graph in batches, whatever it comes in: tables, lines, an object of NetworkX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from x2vec.adapters.base import BATCH_ROWS, Place
from x2vec.adapters.columns import check_columns
from x2vec.adapters.files.paths import find_files
from x2vec.adapters.files.streams import base_name
from x2vec.adapters.tables.opening import Table, open_tables
from x2vec.adapters.tables.python_values import column_of
from x2vec.adapters.walks.lines import AdjacencyLines, EdgeLines
from x2vec.adapters.walks.options import WalksOptions
from x2vec.adapters.walks.some_edges import SomeEdges
from x2vec.errors import UsageError

__all__ = ["is_graph", "read_edges", "read_nodes"]

_ENDINGS: Final = {
    ".txt": "edges",
    ".edges": "edges",
    ".edgelist": "edges",
    ".adjlist": "adjacency",
}


def is_graph(source: Any) -> bool:
    """Say whether an object is a graph in the way of NetworkX."""
    return all(callable(getattr(source, part, None)) for part in ("edges", "nodes", "is_directed"))


def read_edges(options: WalksOptions) -> Iterator[SomeEdges]:
    """Yield the edges as they come; all files are opened before the first is read.

    Raises:
        SourceError: A file is missing or damaged, lacks a column, or has a line too short.
        UsageError: The path is none.
    """
    if is_graph(options.path):
        yield from _edges_of_graph(options.path, options.weight)
        return
    paths = options.path
    is_list = isinstance(paths, list | tuple) and all(isinstance(p, str | Path) for p in paths)
    if not is_list and not isinstance(paths, str | Path):
        sources: list[Any] = [_EdgeTable(table, options) for table in _tables(paths, options)]
    else:
        sources = [source for file in find_files(paths) for source in _of_file(file, options)]
    for source in sources:
        yield from source.batches()


def read_nodes(options: WalksOptions) -> Iterator[SomeEdges]:
    """Yield the nodes that the option ``nodes`` lists, beside no edges.

    Raises:
        SourceError: The table is missing or damaged, or lacks the column.
    """
    nodes = options.nodes
    if nodes is None:
        return
    if isinstance(nodes, list | tuple | set | frozenset | np.ndarray):
        place = Place("nodes", 1)
        yield SomeEdges.of_nodes(column_of(list(nodes), name="node", place=place), place)
        return
    tables = open_tables(nodes)
    for table in tables:
        check_columns(table, {"node": options.node})
    for table in tables:
        row = 1
        for batch in table.batches([options.node]) if table.columns else ():
            yield SomeEdges.of_nodes(batch.column(0), Place(table.name, row))
            row += batch.num_rows


def _of_file(file: Path, options: WalksOptions) -> list[Any]:
    by_ending = _ENDINGS.get(Path(base_name(file)).suffix, "auto")
    match by_ending if options.format == "auto" else options.format:
        case "edges":
            return [EdgeLines(file, options)]
        case "adjacency":
            return [AdjacencyLines(file, options)]
        case _:
            return [_EdgeTable(table, options) for table in _tables(file, options)]


def _tables(source: Any, options: WalksOptions) -> list[Table]:
    if options.format in ("edges", "adjacency"):
        raise UsageError(
            f'format = "{options.format}" is for files of lines; path is a {type(source).__name__}.'
        )
    return open_tables(source, format=options.format, delimiter=options.delimiter)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _EdgeTable:
    """A table with a row an edge, its columns checked."""

    table: Table
    options: WalksOptions
    columns: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        wanted = {"source": self.options.source, "target": self.options.target}
        if self.options.weight is not None:
            wanted["weight"] = self.options.weight
        object.__setattr__(self, "columns", wanted)
        check_columns(self.table, wanted)

    def batches(self) -> Iterator[SomeEdges]:
        row = 1
        names = list(self.columns.values())
        for batch in self.table.batches(names) if self.table.columns else ():
            yield SomeEdges(*batch.columns, place=Place(self.table.name, row))
            row += batch.num_rows


def _edges_of_graph(graph: Any, weight: str | None) -> Iterator[SomeEdges]:
    """Yield the edges, then the nodes, of which some may have none."""
    name = f"the {type(graph).__module__.partition('.')[0]} {type(graph).__name__}"
    edges = iter(graph.edges() if weight is None else graph.edges(data=weight))
    for row, some in _by_batches(edges):
        place = Place(name, row)
        names = ("source", "target", f"weight '{weight}'")
        parts = zip(names, zip(*(edge[:3] for edge in some), strict=True), strict=False)
        columns = [column_of(values, name=part, place=place) for part, values in parts]
        yield SomeEdges(*columns, place=place, unit="edge")
    for row, some in _by_batches(iter(graph.nodes())):
        place = Place(name, row)
        yield SomeEdges.of_nodes(column_of(some, name="node", place=place), place)


def _by_batches(values: Iterator[Any]) -> Iterator[tuple[int, list[Any]]]:
    row = 1
    while some := list(islice(values, BATCH_ROWS)):
        yield row, some
        row += len(some)
