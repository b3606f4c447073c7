"""Random walks: walks a second, against a plain walker in Python over a graph of NetworkX.

    python -m benchmarks.walks --edges ../data/graphs/blogcatalog_edges.csv.gz --source a --target b

Both make walks of one length with the same p and q, in turn; the ratio is taken round by round, and
the median is printed with the lowest and the highest. The plain walker does what the formula says:
it weighs all neighbours of a node at each step. It makes few walks, for it is slow. Reading the
graph is not counted, and neither is compiling; events made from the walks are.
"""

from __future__ import annotations

import argparse
import random
from time import perf_counter

import networkx
import numpy as np

from x2vec.adapters.walks import WalksAdapter, WalksOptions
from x2vec.adapters.walks.edges import read_edges

__all__ = ["main"]


def plain_walk(graph: networkx.Graph, start: object, length: int, p: float, q: float) -> list:
    """Walk by node2vec's formula, with nothing prepared."""
    walk = [start]
    while len(walk) < length:
        around = list(graph[walk[-1]])
        if not around:
            break
        if len(walk) == 1 or p == q == 1:
            walk.append(random.choice(around))
            continue
        before = walk[-2]
        near = graph[before]
        shares = [1 / p if n == before else 1 if n in near else 1 / q for n in around]
        walk.append(random.choices(around, shares)[0])
    return walk


def ours(options: WalksOptions) -> tuple[int, float]:
    """Return how many walks are made, and the seconds after the graph was read."""
    batches = WalksAdapter().read(options)
    next(batches)  # the graph has been read
    start, last = perf_counter(), 0
    for batch in batches:
        if batch.num_rows:
            last = batch.column("sequence_id")[-1].as_py()
    return last + 1, perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edges", required=True)
    parser.add_argument("--source", default="source")
    parser.add_argument("--target", default="target")
    parser.add_argument("--length", type=int, default=80)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plain", type=int, default=300, help="walks of the plain walker")
    arguments = parser.parse_args()
    graph = {"path": arguments.edges, "source": arguments.source, "target": arguments.target}
    print("| p | q | walks/s | plain walks/s | times plain |\n| --- | --- | --- | --- | --- |")
    peer = networkx.Graph()
    for some in read_edges(WalksOptions(**graph)):
        peer.add_edges_from(zip(some.source.to_pylist(), some.target.to_pylist(), strict=True))
    nodes = sorted(peer)
    for p, q in ((1.0, 1.0), (0.25, 0.25), (4.0, 0.25), (0.25, 4.0)):
        options = WalksOptions(**graph, walk_length=arguments.length, walks_per_node=2, p=p, q=q)
        ours(options)
        paces, plain_paces = [], []
        for turn in range(arguments.rounds):
            n, seconds = ours(options)
            paces.append(n / seconds)
            random.seed(turn)
            starts = random.choices(nodes, k=arguments.plain)
            begin = perf_counter()
            for node in starts:
                plain_walk(peer, node, arguments.length, p, q)
            plain_paces.append(len(starts) / (perf_counter() - begin))
        ratios = np.array(paces) / np.array(plain_paces)
        print(
            f"| {p:g} | {q:g} | {np.median(paces):,.0f} | {np.median(plain_paces):,.0f} | "
            f"{np.median(ratios):,.0f} ({ratios.min():,.0f}-{ratios.max():,.0f}) |",
            flush=True,
        )


if __name__ == "__main__":
    main()
